"""What noise suppression and gain control do to the wake word and to a speech recogniser.

python -m tests.bench.noise --data DIR --json FILE [--clips N]

Requests go to the local server's recogniser, wake words to the shipped model, each with the same sound before it: as it
is, or through a suppressor or a gain control that heard two seconds of the room first.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from oyez.hearing.blocks import BLOCK_MS, RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.engine import MicroWakeEngine, WakeJudge
from oyez_local.recogniser import MoonshineRecogniser
from tests.bench._noisy import (
    LEAD_S,
    Clean,
    Recording,
    Scenery,
    after,
    at_level,
    blocks_of,
    controlling,
    every,
    louder,
    recordings,
    suppressing,
    through,
)
from tests.bench._words import word_errors, words
from tests.bench.report import write_report
from tests.doubles.speech import say

WORD = "alexa"
"""The only shipped word with many human speakers in the collection."""
CONDITIONS: dict[str, float | None] = {"clean": None, "10dB": 10.0, "5dB": 5.0, "0dB": 0.0}
SETTINGS: dict[str, Clean | None] = {
    "off": None,
    "low": suppressing("low"),
    "medium": suppressing("medium"),
    "high": suppressing("high"),
    "agc": controlling,
    "medium_agc": after(suppressing("medium"), controlling),
}
FAINT_DBFS = (-50.0, -60.0)
FAINT: dict[str, Clean | None] = {"off": None, "plus_24dB": louder(24.0), "agc": controlling}
KNOWN = (
    "Turn on the kitchen light.",
    "Switch off the lamp in the living room.",
    "What is the weather like tomorrow?",
    "Set a timer for ten minutes.",
    "Play some music in the bedroom.",
    "Close the blinds in the office.",
    "How warm is it outside?",
    "Remind me to call my mother this evening.",
    "Add milk and bread to the shopping list.",
    "Make the heating two degrees warmer.",
    "What time is it in London?",
    "Wake me up at seven in the morning.",
    "Is the front door locked?",
    "Stop the washing machine.",
    "Tell me a story about a whale.",
    "How long does it take to boil an egg?",
)
REFRACTORY_S = 1.5
HOW = (
    "Requests: {known} synthesised sentences whose words are known (wer) and {human} recorded commands without a "
    "transcript, against what the same recogniser understood of the clean recording (disagreement: 0 by definition for "
    "clean and off). Recogniser: the local server's, in process. Wake: {wakes} recordings of {word} by people, the "
    "shipped model at its own threshold; false accepts over {hours:.2f} h of other speech, keywords, noise and music. "
    "Noise: a clip for each recording by its name, levels of both over frames that are no pauses, {lead:g} s of it "
    "first. Faint: speech at the level, microphone noise at -75 dBFS. Blocks of 10 ms, 16 kHz mono."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument(
        "--clips", type=int, default=30, help="at most so many recorded requests, and four times as many wake words"
    )
    options = parser.parse_args()
    scenery = Scenery(recordings(options.data, lambda row: row["kind"] == "noise"))
    human = every(options.clips, recordings(options.data, lambda row: row["label"] == "command"))
    wakes = recordings(options.data, lambda row: row["kind"] == "wake_positive" and row["label"] == WORD)
    wakes = every(options.clips * 4, wakes)
    others = recordings(options.data, lambda row: row["kind"].startswith("negative") or row["kind"] in ALSO_OTHER)
    if lacking := [name for name, has in (("noise", not scenery.empty), (WORD, wakes)) if not has]:
        print(f"{options.data} has no {' and no '.join(lacking)}: left out", file=sys.stderr)
    figures = {
        "requests": requests(scenery, human),
        "wake": {WORD: waking(scenery, wakes, others)},
        "cpu_s_per_hour": costs(),
    }
    hours = sum(len(one.sound) for one in others) / RATE_HZ / 3600
    how = HOW.format(known=len(KNOWN), human=len(human), wakes=len(wakes), word=WORD, hours=hours, lead=LEAD_S)
    print(json.dumps(write_report(options.json, "noise", how, len(human) + len(KNOWN), figures)))


ALSO_OTHER = ("noise", "music")


def conditions(scenery: Scenery) -> dict[str, float | None]:
    return {"clean": None} if scenery.empty else CONDITIONS


def passed(clean: Clean | None, sound: Mono) -> Mono:
    return sound if clean is None else through(clean(), sound)


# --- requests ---------------------------------------------------------------------------------------------------------


Understand = Callable[[Mono], list[str]]


def requests(scenery: Scenery, human: list[Recording]) -> dict[str, Any]:
    recogniser = MoonshineRecogniser()

    def understood(sound: Mono) -> list[str]:
        return words(recogniser.transcribe(sound[round((LEAD_S - 0.3) * RATE_HZ) :], RATE_HZ))

    known = [Recording(text, "known", _spoken(text)) for text in KNOWN]
    wanted = [words(text) for text in KNOWN]
    own = [understood(scenery.noisy(clip, None)) for clip in human]
    kinds = {"wer": (known, wanted), "disagreement": (human, own)}
    found: dict[str, Any] = {}
    for condition, snr_db in conditions(scenery).items():
        found[condition] = {name: {} for name in SETTINGS}
        for kind, (clips, texts) in kinds.items():
            sounds = [scenery.noisy(clip, snr_db) for clip in clips]
            for name, clean in SETTINGS.items():
                found[condition][name][kind] = error_rate(sounds, texts, clean, understood)
        print(f"requests, {condition}: {found[condition]}", file=sys.stderr, flush=True)
    for level_dbfs in FAINT_DBFS:
        found[f"{level_dbfs:g}dBFS"] = {name: {} for name in FAINT}
        for kind, (clips, texts) in kinds.items():
            sounds = [faint(scenery, clip, level_dbfs) for clip in clips]
            for name, clean in FAINT.items():
                found[f"{level_dbfs:g}dBFS"][name][kind] = error_rate(sounds, texts, clean, understood)
    return found


def error_rate(sounds: list[Mono], texts: list[list[str]], clean: Clean | None, understood: Understand) -> float | None:
    """Errors a word over all clips together; None: no words."""
    errors = sum(word_errors(text, understood(passed(clean, sound))) for sound, text in zip(sounds, texts, strict=True))
    count = sum(map(len, texts))
    return round(errors / count, 4) if count else None


def _spoken(text: str) -> Mono:
    sound, rate_hz = say(text)
    return np.asarray(soxr.resample(sound, rate_hz, RATE_HZ), np.int16)


# --- the wake word ----------------------------------------------------------------------------------------------------


def waking(scenery: Scenery, wakes: list[Recording], others: list[Recording]) -> dict[str, Any]:
    engine = MicroWakeEngine(WORD)
    found: dict[str, Any] = {}
    for condition, snr_db in conditions(scenery).items():
        sounds = [scenery.noisy(clip, snr_db) for clip in wakes]
        found[condition] = {name: missed(engine, sounds, clean) for name, clean in SETTINGS.items()}
        print(f"wake, {condition}: {found[condition]}", file=sys.stderr, flush=True)
    for level_dbfs in FAINT_DBFS:
        sounds = [faint(scenery, clip, level_dbfs) for clip in wakes]
        found[f"{level_dbfs:g}dBFS"] = {name: missed(engine, sounds, clean) for name, clean in FAINT.items()}
    hours = sum(len(one.sound) for one in others) / RATE_HZ / 3600
    if hours:
        wrong = {name: sum(wakings(engine, one.sound, clean) for one in others) for name, clean in SETTINGS.items()}
        found["fa_per_hour"] = {name: round(count / hours, 2) for name, count in wrong.items()}
    return found


def missed(engine: MicroWakeEngine, sounds: list[Mono], clean: Clean | None) -> dict[str, Any]:
    misses = sum(wakings(engine, sound, clean, since_s=LEAD_S) == 0 for sound in sounds)
    return {"frr": round(misses / len(sounds), 4) if sounds else None, "n": len(sounds)}


def wakings(engine: MicroWakeEngine, sound: Mono, clean: Clean | None, since_s: float = 0.0) -> int:
    """How often it wakes, as the ears judge it, from that moment of the sound on."""
    engine.reset()
    judge = WakeJudge(engine.threshold, REFRACTORY_S)
    stage = clean() if clean else None
    count = 0
    for number, block in enumerate(blocks_of(sound)):
        time_s = (number + 1) * BLOCK_MS / 1000
        woke = judge.judge(engine.score(stage(block) if stage else block), time_s)
        count += woke and time_s >= since_s
    return count


def faint(scenery: Scenery, clip: Recording, level_dbfs: float) -> Mono:
    return at_level(scenery.noisy(clip, None), clip, level_dbfs)


# --- what it costs ----------------------------------------------------------------------------------------------------


def costs() -> dict[str, float]:
    sound = (np.random.default_rng(1).standard_normal(RATE_HZ * 20) * 300).astype(np.int16)
    spent: dict[str, float] = {}
    for name, clean in SETTINGS.items():
        if clean is not None:
            stage, begun_s = clean(), time.process_time()
            through(stage, sound)
            spent[name] = round((time.process_time() - begun_s) * 180, 2)
    return spent


if __name__ == "__main__":
    main()
