"""What the echo canceller takes out and what it leaves, on recorded pairs and in scenes.

python -m tests.bench.echo --data DIR --json FILE [--sers 6 0 -6 -12] [--drifts 0 50 100] [--delays 0 80 -80]

Pairs: recorded far end and microphone. Barge: 25 wake words said over a reply, from a nonlinear loudspeaker through
recorded impulse responses; both cards jitter by 2 ms and idled for two minutes before. What is compared: the microphone
itself, bare AEC3 (the uplink branch) and the branch for the wake word.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import webrtcvad

from oyez.hearing.echo.aec3 import DELAY as AEC3_DELAY, EchoCanceller
from oyez.hearing.echo.cancelling import DELAY, TwoBranches
from oyez.hearing.wake.engine import MicroWakeEngine
from tests.bench._echo_cards import BLOCK, RATE_HZ, Cards, Mono, hear
from tests.bench._echo_scenes import Data, Floats, barge_scene, echo_of, evenly, far_end
from tests.bench.report import write_report

WORD, WORDS, AFTER_S = "alexa", 25, 6.0
WINDOW = 1600
"""100 ms."""
SEEDS = 5
"""So many different two minutes of idling."""
HOW = (
    "recorded pairs: median over 100 ms windows with a loud far end of microphone power over output power; near_kept: "
    "projection on the known near end, else power kept while only the near end speaks. barge: {words} clips of {word}, "
    "ratio by the word's loudest 0.6 s and the echo under it, no earlier than {after:.0f} s into the reply, "
    "pymicro-wakeword at its own threshold; 2 ms of jitter, 120 s of idling before. CPU: process seconds per second."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--sers", type=float, nargs="*", default=[6.0, 0.0, -6.0, -12.0], help="speech to echo, dB")
    parser.add_argument("--drifts", type=float, nargs="*", default=[0.0, 50.0, 100.0], help="ppm")
    parser.add_argument("--delays", type=float, nargs="*", default=[80.0, -80.0], help="ms; at -6 dB without drift")
    options = parser.parse_args()
    data = Data(options.data)
    figures: dict[str, Any] = {"notes": []}
    pairs = measure_pairs(data)
    figures["pairs"] = pairs
    if pairs:
        for branch in ("erle_db", "erle_wake_db", "erle_aec3_db"):
            figures[f"median_{branch}"] = round(
                float(np.median([pair[branch] for pair in pairs if pair[branch] is not None])), 1
            )
    else:
        figures["notes"].append("no aec_far with its aec_mic: no pairs measured")
    missing = [kind for kind in ("rir", "negative_speech", "wake_positive") if not data.rows(kind)]
    if missing or not data.rows("wake_positive", WORD):
        figures["notes"].append(f"no {', '.join(missing) or WORD}: no scenes measured")
    else:
        conditions = [(ser, ppm, 0.0) for ser in options.sers for ppm in options.drifts]
        conditions += [(-6.0, 0.0, delay) for delay in options.delays]
        figures["barge"] = [barge(data, *condition) for condition in conditions]
        figures["convergence"] = convergence(data)
    how = HOW.format(words=WORDS, word=WORD, after=AFTER_S)
    print(json.dumps(write_report(options.json, "echo", how, max(1, len(pairs)), figures)))


def measure_pairs(data: Data) -> list[dict[str, Any]]:
    nears = {row["path"].replace("_near.", "_mic."): row for row in data.rows("aec_near")}
    mics = {row["path"]: row for row in data.rows("aec_mic")}
    pairs = []
    for row in data.rows("aec_far"):
        mic_row = mics.get(row["path"].replace("_far.", "_mic."))
        if mic_row is None:
            continue
        far, mic = data.sound(row), data.sound(mic_row)
        near = data.sound(nears[mic_row["path"]]) if mic_row["path"] in nears else None
        pairs.append({"pair": Path(row["path"]).stem, "label": row["label"], **measure_pair(far, mic, near)})
    return pairs


def measure_pair(far: Floats, mic: Floats, near: Floats | None) -> dict[str, Any]:
    length = min(len(sound) for sound in (far, mic, near) if sound is not None)
    heard = mic[:length] + (near[:length] if near is not None else 0)
    played, captured = whole(far[:length]), whole(heard)
    branches, aec3 = TwoBranches(), EchoCanceller()
    began = time.process_time()
    both = [branches.cancel(n, f) for n, f in blocks(captured, played)]
    cpu_s, began = time.process_time() - began, time.process_time()
    bare = np.concatenate([aec3.cancel(n, f) for n, f in blocks(captured, played)])[AEC3_DELAY:]
    aec3_cpu_s = time.process_time() - began
    clean = np.concatenate([each.clean for each in both])[DELAY:]
    wake = np.concatenate([each.for_wake for each in both])[DELAY:]
    known = None if near is None else whole(near[:length])
    answer: dict[str, Any] = {"cpu_both": round(cpu_s * RATE_HZ / length, 4)}
    answer["cpu_aec3"] = round(aec3_cpu_s * RATE_HZ / length, 4)
    for name, out in (("", clean), ("_wake", wake), ("_aec3", bare)):
        answer[f"erle{name}_db"] = erle_db(captured, out, played)
        answer[f"near_kept{name}_db"] = near_kept_db(captured, out, played, known)
    return answer


def erle_db(mic: Mono, out: Mono, far: Mono) -> float | None:
    before, after, played = (window_powers(sound) for sound in cut(mic, out, far))
    loud = (played > 300.0**2) & (before > 30.0**2)
    if not loud.any():
        return None
    return round(float(np.median(10 * np.log10((before[loud] + 1) / (after[loud] + 1)))), 1)


def near_kept_db(mic: Mono, out: Mono, far: Mono, near: Mono | None) -> float | None:
    """With a known near end: how much of it is in the output while both speak. Else: power kept in its solo."""
    mic, out, far = cut(mic, out, far)
    if near is not None:
        loud = np.repeat((window_powers(near[: len(far)]) > 300.0**2) & (window_powers(far) > 300.0**2), WINDOW)
        talker, left = near[: len(loud)][loud].astype(np.float64), out[: len(loud)][loud].astype(np.float64)
        return round(20 * float(np.log10(max(1e-3, float(talker @ left) / (float(talker @ talker) + 1)))), 1)
    played, before, after = window_powers(far), window_powers(mic), window_powers(out)
    alone = np.array([bool(played[max(0, at - 4) : at + 1].max() < 20.0**2) for at in range(len(played))])
    solo = alone & (before > 300.0**2)
    if solo.sum() < 3:
        return None
    return round(float(10 * np.log10((after[solo].sum() + 1) / before[solo].sum())), 1)


def barge(data: Data, ser_db: float, ppm: float, wrong_ms: float) -> dict[str, Any]:
    engine, vad = MicroWakeEngine(WORD), webrtcvad.Vad(3)
    names = ("none", "aec3", "wake")
    hits, false, voiced = dict.fromkeys(names, 0), dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
    drifts: list[float] = []
    count = len(evenly(data.rows("wake_positive", WORD), WORDS))
    for index in range(count):
        scene = barge_scene(data, WORD, index, WORDS, ser_db, ppm, AFTER_S)
        mic = whole(scene.mic)
        cards = Cards(ppm=ppm, wrong_s=wrong_ms / 1000, seed=index % SEEDS)
        heard = hear(cards, whole(scene.far), mic, TwoBranches())
        drifts.append(heard.drift_ppm if heard.drift_ppm is not None else float("nan"))
        for name, sound in zip(names, (mic, heard.clean, heard.for_wake), strict=True):
            scores = scored(engine, sound)
            first = scene.start // BLOCK
            hits[name] += bool(scores[first:].max() > engine.threshold)
            false[name] += bool(scores[:first].max() > engine.threshold)
            speech = [vad.is_speech(part.tobytes(), RATE_HZ) for (part,) in blocks(sound[2 * RATE_HZ : scene.start])]
            voiced[name] += float(np.mean(speech)) / count
    off = np.abs(np.array(drifts) - ppm)
    return {
        "ser_db": ser_db,
        "drift_ppm": ppm,
        "delay_wrong_ms": wrong_ms,
        "n": count,
        "hits": hits,
        "false": false,
        "far_end_called_speech": {name: round(share, 3) for name, share in voiced.items()},
        "drift_left_ppm": {"median": round(float(np.median(off)), 1), "max": round(float(off.max()), 1)},
    }


def convergence(data: Data, seconds: float = 24.0) -> dict[str, Any]:
    """Echo alone, no drift: ERLE of both branches second by second; the path changes in the middle; then once more,
    begun with what was learned of the first path."""
    rooms = data.rows("rir")
    length = round(seconds * RATE_HZ)
    far = far_end(data, 3, length)
    responses = [data.sound(room) for room in evenly(rooms, 2)]
    echo = echo_of(far, [responses[0], responses[-1]], 0.0, switch_at=length // 2)[:length]
    noise = np.random.default_rng(1).normal(0, 1e-3, length).astype(np.float32)
    played, captured = whole(far), whole(echo + noise)
    first = TwoBranches()
    half = length // 2
    begin = [first.cancel(n, f) for n, f in blocks(captured[:half], played[:half])]
    learned = first.learned()
    rest = [first.cancel(n, f) for n, f in blocks(captured[half:], played[half:])]
    quick = TwoBranches()
    accepted = learned is not None and quick.begin_with(learned)
    again = [quick.cancel(n, f) for n, f in blocks(captured[:half], played[:half])]
    slow = np.concatenate([each.for_wake for each in begin + rest])
    fast = np.concatenate([each.for_wake for each in again])
    clean = np.concatenate([each.clean for each in begin + rest])
    return {
        "path_changes_at_s": seconds / 2,
        "fast_start_accepted": accepted,
        "wake_db": by_second(captured, slow),
        "wake_fast_start_db": by_second(captured, fast),
        "clean_db": by_second(captured, clean),
    }


def by_second(mic: Mono, out: Mono) -> list[float]:
    out = out[DELAY:]
    rows = [(mic[at : at + RATE_HZ], out[at : at + RATE_HZ]) for at in range(0, len(out) - RATE_HZ // 2, RATE_HZ)]
    return [round(float(10 * np.log10((power(a) + 1) / (power(b) + 1))), 1) for a, b in rows]


def scored(engine: MicroWakeEngine, sound: Mono) -> npt.NDArray[np.float64]:
    engine.reset()
    return np.array([engine.score(block) for (block,) in blocks(sound)])


def blocks(*sounds: Mono) -> list[tuple[Mono, ...]]:
    shortest = min(map(len, sounds))
    return [tuple(sound[at : at + BLOCK] for sound in sounds) for at in range(0, shortest - BLOCK + 1, BLOCK)]


def cut(*sounds: Mono) -> tuple[Mono, ...]:
    shortest = min(map(len, sounds)) // WINDOW * WINDOW
    return tuple(sound[:shortest] for sound in sounds)


def window_powers(sound: Mono) -> npt.NDArray[np.float64]:
    rows = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW)
    return np.asarray(np.square(rows, dtype=np.float64).mean(axis=1))


def power(sound: Mono) -> float:
    return float(np.square(sound, dtype=np.float64).mean())


def whole(sound: Floats) -> Mono:
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


if __name__ == "__main__":
    main()
