"""Where the ears let a request begin, on wake phrases joined to spoken requests, so that the border is known.

python -m tests.bench.phrase_end --data DIR --json FILE [--clips N]
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config_hearing import SHIPPED_WORDS, Hearing
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.phrase_end import WINDOW_S, request_age_s
from oyez.hearing.wake.bank import WakeBank
from oyez_local.recogniser import MoonshineRecogniser, Recogniser
from tests.bench._noisy import LEAD_S, Recording, Scenery, active_rms, blocks_of, every, recordings
from tests.bench._recognised import Outcome, outcome, shares
from tests.bench.report import write_report

PAUSES_MS = (0, 100, 300)
CONDITIONS: dict[str, float | None] = {"clean": None, "10dB": 10.0}
EDGE_DB = 30.0
"""Speech begins and ends at the outermost 10 ms less than this under the loudest."""
CUT_MS = 20.0
"""A first word that loses more than this counts as cut off."""
HOW = (
    "Recordings of the shipped wake words, cut at the ends of the phrase, joined to {requests} spoken requests at the "
    "same level after 0, 100 and 300 ms, in silence and in noise of 10 dB. Where the bank wakes at its default, "
    "request_age_s of the last 350 ms against the border. cut: the share whose first word loses more than 20 ms; "
    "cut_ms_worst; rest_ms: how much of the wake phrase is sent, median and 95 %; delay_ms: from the end of the phrase "
    "to the bank's answer, least, median, most. recognised (clean): the first two words that oyez-local's recogniser "
    "writes of the request as it is sent, against those it writes from the border on."
)


@dataclass(frozen=True, slots=True)
class Answer:
    delay_ms: float
    lost_ms: float
    """Of the request's first word; below 0: nothing, and so long before it begins."""
    rest_ms: float
    """Of the wake phrase that is sent."""
    recognised: Outcome | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--clips", type=int, default=80, help="at most so many recordings of a kind")
    options = parser.parse_args()
    scenery = Scenery(recordings(options.data, lambda row: row["kind"] == "noise"))
    requests = [trimmed(one) for one in recordings(options.data, lambda row: row["label"] == "command")]
    if not requests:
        raise SystemExit(f"{options.data} has no requests (label command): nothing can be joined")
    recogniser = MoonshineRecogniser()
    figures: dict[str, Any] = {}
    for kind in ("wake_positive", "wake_synthetic"):
        clips = [one for one in wakes(options.data, kind) if one.label in SHIPPED_WORDS]
        phrases = [trimmed(clip) for clip in every(options.clips, clips)]
        figures[kind] = measured(phrases, requests, scenery, recogniser)
        print(f"{kind}: {figures[kind]}", file=sys.stderr, flush=True)
    n = sum(one["n"] for kind in figures.values() for one in kind.values())
    print(json.dumps(write_report(options.json, "phrase_end", HOW.format(requests=len(requests)), n, figures)))


def measured(
    phrases: list[Recording], requests: list[Recording], scenery: Scenery, recogniser: Recogniser
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    banks = {word: WakeBank(Hearing(wake_words=(word,))) for word in {phrase.label for phrase in phrases}}
    for condition, snr_db in CONDITIONS.items():
        if snr_db is not None and scenery.empty:
            continue
        for pause_ms in PAUSES_MS:
            answers: list[Answer] = []
            for number, phrase in enumerate(phrases):
                joint, end, start = joined(phrase, requests[number % len(requests)], pause_ms)
                sound = scenery.noisy(joint, snr_db)
                before = round(LEAD_S * RATE_HZ)
                answer = heard(
                    banks[phrase.label], sound, before + end, before + start, recogniser if snr_db is None else None
                )
                answers += [answer] if answer else []
            found[f"{condition}_{pause_ms}ms"] = summary(answers, len(phrases))
    return found


def wakes(data: Path, kind: str) -> list[Recording]:
    return recordings(data, lambda row: row["kind"] == kind)


def trimmed(clip: Recording) -> Recording:
    """From the first to the last sound of the voice."""
    whole = clip.sound[: len(clip.sound) // BLOCK * BLOCK].astype(np.float64).reshape(-1, BLOCK)
    level_db = 10 * np.log10((whole**2).mean(axis=1) + 1.0)
    (loud,) = np.nonzero(level_db > level_db.max() - EDGE_DB)
    return Recording(clip.path, clip.label, clip.sound[loud[0] * BLOCK : (loud[-1] + 1) * BLOCK])


def joined(phrase: Recording, request: Recording, pause_ms: int) -> tuple[Recording, int, int]:
    """The whole; the sample after the phrase; the sample with which the request begins."""
    same_level = request.sound * (active_rms(phrase.sound) / max(1.0, active_rms(request.sound)))
    pause = np.zeros(RATE_HZ * pause_ms // 1000, np.int16)
    end, start = len(phrase.sound), len(phrase.sound) + len(pause)
    tail = np.clip(same_level[: RATE_HZ * 2], -32_768, 32_767).astype(np.int16)
    return Recording(phrase.path, phrase.label, np.concatenate([phrase.sound, pause, tail])), end, start


def heard(bank: WakeBank, sound: Mono, end: int, start: int, recogniser: Recogniser | None) -> Answer | None:
    """None: it does not wake, or not at the phrase. recogniser: writes down what is sent, where there is one."""
    bank.reset()
    for number, block in enumerate(blocks_of(sound), start=1):
        at = number * BLOCK
        if any(found.kind == "wake" for found in bank.hear([(block, at / RATE_HZ)], False)):
            if at < end - RATE_HZ // 2 or at > end + RATE_HZ:
                return None
            begin = at - request_age_s(sound[at - round(WINDOW_S * RATE_HZ) : at]) * RATE_HZ
            per_ms = RATE_HZ / 1000
            written = outcome(recogniser, sound[round(begin) :], sound[start:]) if recogniser else None
            return Answer((at - end) / per_ms, (begin - start) / per_ms, max(0.0, (end - begin) / per_ms), written)
    return None


def summary(answers: list[Answer], said: int) -> dict[str, Any]:
    if not answers:
        return {"n": 0, "said": said}
    lost = np.array([one.lost_ms for one in answers])
    rest = np.array([one.rest_ms for one in answers])
    delay = np.array([one.delay_ms for one in answers])
    return {
        "n": len(answers),
        "said": said,
        "cut": round(float((lost > CUT_MS).mean()), 4),
        "cut_ms_worst": round(float(max(0.0, lost.max())), 1),
        "rest_ms": [round(float(at), 1) for at in np.percentile(rest, (50, 95))],
        "recognised": shares(one.recognised for one in answers),
        "delay_ms": [round(float(at), 1) for at in np.percentile(delay, (0, 50, 100))],
    }


if __name__ == "__main__":
    main()
