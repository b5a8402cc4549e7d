"""Microphone arrays: direction error, and gain in SNR over the best single microphone, simulated and recorded.

python -m tests.bench.array --data DIR --json FILE [--scenes N]
"""

import argparse
import csv
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from oyez.hearing.wake.engine import MicroWakeEngine
from tests.bench._array_rooms import Floats, board_mm, convolved, diffuse, responses, unlike
from tests.bench._array_scene import RATE_HZ, Outcome, front_of, run
from tests.bench.report import write_report

LEAD_S, TALK_S, GAP_S = 9, 8, 8
"""The noise is there before the talker begins, as a fan or a television is."""
MICROPHONES, RT60_S, KINDS = (2, 4, 6, 8), (0.2, 0.4), ("sum", "mvdr")
CONDITIONS = ("diffuse 20 dB", "diffuse 5 dB", "talker 5 dB")
MIDDLE_M = np.array([2.3, 1.9, 0.9])
SPEECHBRAIN_MM = np.array([(-50.0, -50.0), (-50.0, 50.0), (50.0, -50.0), (50.0, 50.0)])
"""Of its simulated arrays; the order of the last two is that in the recordings (its tutorial names one place twice)."""
HOW = (
    "Image-source rooms of 5.2 x 4.1 x 2.6 m at RT60 {rt60}, boards of 2 (58 mm apart), 4 (ring of 32 mm), 6 and "
    "8 (46 mm) microphones with gains 1.5 dB apart; {scenes} scenes each: {lead} s of noise, then {talk} s of a reader "
    "at 1.5 m with it (diffuse, or another reader at 1.8 m). The front hears the mixture alone; its filters are then "
    "run over talker and noise apart. Gain: SNR of 150 to 6000 Hz over the best single microphone. Direction: asked "
    "for each second of speech. doa_error_deg: median of boards of 3 and more microphones, snr_gain_db: "
    "median, both with beam = auto."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--scenes", type=int, default=3, help="of each kind of room and noise")
    options = parser.parse_args()
    with (options.data / "manifest.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    figures: dict[str, Any] = {"doa_error_deg": None, "snr_gain_db": None}
    figures |= simulated(options.data, rows, options.scenes)
    figures["recordings"] = recordings(options.data, rows)
    figures["wake"] = wake(options.data, rows)
    how = HOW.format(rt60=" and ".join(map(str, RT60_S)), scenes=options.scenes, lead=LEAD_S, talk=TALK_S)
    print(json.dumps(write_report(options.json, "array", how, options.scenes, figures)))


def clips(
    data: Path, rows: list[dict[str, str]], kinds: tuple[str, ...], longer_s: float, label: str = ""
) -> list[Path]:
    wanted = [row for row in rows if row["kind"] in kinds and row["rate"] == "16000" and row["channels"] == "1"]
    return [data / row["path"] for row in wanted if float(row["seconds"]) > longer_s and label in ("", row["label"])]


def read(path: Path) -> Floats:
    import soundfile

    sound: Floats = soundfile.read(path, always_2d=False)[0]
    return sound


def simulated(data: Path, rows: list[dict[str, str]], scenes: int) -> dict[str, Any]:
    readers = clips(data, rows, ("negative_speech",), TALK_S)
    if len(readers) < 2:
        return {"simulated": "this folder has no two recordings of negative_speech longer than 8 s"}
    table: dict[str, Any] = {}
    errors: list[float] = []
    gains: list[float] = []
    for count, condition in itertools.product(MICROPHONES, CONDITIONS):
        made = [scene(readers, count, condition, rt60_s, number) for rt60_s in RT60_S for number in range(scenes)]
        for kind in KINDS:
            outcomes = [(run(talker, noise, spans(), board_mm(count), kind), deg) for talker, noise, deg in made]
            wrong = [apart_deg(found, deg) for outcome, deg in outcomes for found in outcome.directions_deg]
            summary = summed_up([outcome for outcome, _ in outcomes], wrong, TALK_S * len(made))
            table.setdefault(str(count), {}).setdefault(condition, {})[kind] = summary
            if kind == "mvdr":  # what auto means
                gains += [outcome.snr_gain_db for outcome, _ in outcomes]
                errors += wrong if count > 2 else []
    return {"doa_error_deg": median(errors), "snr_gain_db": median(gains), "simulated": table}


def summed_up(outcomes: list[Outcome], wrong: list[float], asked: int) -> dict[str, Any]:
    gains = [outcome.snr_gain_db for outcome in outcomes]
    return {
        "snr_gain_db": median(gains),
        "worst_gain_db": round(min(gains), 2),
        "doa_error_deg": median(wrong),
        "within_20_deg": round(float(np.mean(np.array(wrong) <= 20)), 3) if wrong else None,
        "answered": round(len(wrong) / asked, 3),
        "cpu_s_per_s": round(float(np.median([outcome.cpu_s_per_s for outcome in outcomes])), 4),
    }


def spans() -> list[tuple[float, float]]:
    return [(LEAD_S + second, LEAD_S + second + 1.0) for second in range(TALK_S)]


def scene(readers: list[Path], count: int, condition: str, rt60_s: float, number: int) -> tuple[Floats, Floats, float]:
    """(talker, noise, direction of the talker); talker and noise are (n, microphones) and -26 dBFS at the talker's."""
    rng = np.random.default_rng([count, number, round(rt60_s * 10)])
    places_m = MIDDLE_M + np.c_[board_mm(count) / 1000, np.zeros(count)]
    length = (LEAD_S + TALK_S) * RATE_HZ
    # Two microphones on a line know no front from back, and little of what lies along the line.
    deg = float(rng.uniform(-180, 180) if count > 2 else rng.uniform(-60, 60))
    picked = rng.choice(len(readers), 2, replace=False)
    speech = np.zeros(length)
    speech[LEAD_S * RATE_HZ :] = read(readers[picked[0]])[: TALK_S * RATE_HZ]
    talker = level(convolved(speech, responses(places_m, beside(deg, 1.5), rt60_s, min(rt60_s, 0.3))), -26.0, LEAD_S)
    snr = float(condition.split()[1])
    background = diffuse(places_m, length, rng)
    if condition.startswith("talker"):
        away = deg + rng.uniform(60, 180) * rng.choice([-1, 1]) if count > 2 else deg - 80 * np.sign(deg)
        other = np.resize(read(readers[picked[1]]), length)
        babble = convolved(other, responses(places_m, beside(float(away), 1.8), rt60_s, min(rt60_s, 0.3)))
        noise = level(babble, -26.0 - snr) + level(background, -55.0)
    else:
        noise = level(background, -26.0 - snr)
    both = unlike(np.concatenate([talker, noise], axis=0), rng)
    return both[:length], both[length:], deg


def beside(direction_deg: float, away_m: float) -> Floats:
    angle = np.radians(direction_deg)
    place: Floats = MIDDLE_M + np.array([away_m * np.sin(angle), away_m * np.cos(angle), 0.4])
    return place


def level(sound: Floats, dbfs: float, after_s: int = 0) -> Floats:
    rms = np.sqrt(np.mean(sound[after_s * RATE_HZ :, 0] ** 2))
    louder: Floats = sound * (10 ** (dbfs / 20) / rms)
    return louder


def recordings(data: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """The arrays of the folder. Where source and place of the microphones are known, as a scene; others: how well they
    are brought into line, which shows in the level that is kept."""
    arrays = [row for row in rows if row["kind"] == "array"]
    if not arrays:
        return {"note": "this folder has no recordings of arrays"}
    known = [row for row in arrays if "speechbrain" in row["source"]]
    found: dict[str, Any] = {}
    for row in arrays:
        if row not in known:
            found[Path(row["path"]).name] = in_line(data / row["path"], int(row["rate"]))
    noises = {Path(row["path"]).stem: read(data / row["path"]) for row in known if "noise" in Path(row["path"]).stem}
    for row in known:
        vector = re.search(r"speech_(-?[\d.]+)_(-?[\d.]+)_(-?[\d.]+?)(?=\.flac|\.wav)", row["path"])
        if vector is None:
            continue
        deg = float(np.degrees(np.arctan2(float(vector[1]), float(vector[2]))))
        talker = read(data / row["path"])
        for (name, noise), snr in itertools.product([("silence", np.zeros_like(talker)), *noises.items()], (10, 5)):
            if name == "silence" and snr != 10:
                continue
            key = f"{Path(row['path']).stem} in {name}" + (f" at {snr} dB" if name != "silence" else "")
            found[key] = dict(known_scene(talker, noise, snr, deg))
    return found


def known_scene(talker: Floats, noise: Floats, snr_db: float, deg: float) -> Iterator[tuple[str, Any]]:
    length = min(len(talker), len(noise))
    scaled = level(noise[:length], 20 * np.log10(talker[:, 0].std()) - snr_db) if noise.any() else noise[:length]
    lead = np.zeros((LEAD_S * RATE_HZ, talker.shape[1]))
    after = [(float(LEAD_S + second), LEAD_S + second + 1.0) for second in range(length // RATE_HZ)]
    hum = np.random.default_rng(1).standard_normal((len(lead) + length, talker.shape[1])) * 1e-4
    rest = np.concatenate([np.resize(scaled, lead.shape), scaled]) + hum
    for kind in KINDS:
        outcome = run(np.concatenate([lead, talker[:length]]), rest, after, SPEECHBRAIN_MM, kind)
        wrong = [apart_deg(found, deg) for found in outcome.directions_deg]
        yield kind, summed_up([outcome], wrong, len(after))


def in_line(path: Path, rate_hz: int) -> dict[str, Any]:
    import soundfile

    from oyez_hw.pcm import Frame

    sound = soundfile.read(path, dtype="int16", always_2d=True)[0]
    sound = np.tile(sound, (max(1, -(-4 * rate_hz // len(sound))), 1))
    front, out, step = front_of(None, sound.shape[1], "auto"), [], rate_hz // 50
    for at in range(0, len(sound) - step + 1, step):
        out += [one.sound for one in front.take(Frame(sound[at : at + step], rate_hz, (at + step) / rate_hz))]
    beam = np.concatenate(out).astype(float)
    single = np.sqrt((sound[len(sound) // 2 :].astype(float) ** 2).mean())
    mean = sound.mean(axis=1)[len(sound) // 2 :]
    return {
        "channels": sound.shape[1],
        "note": "places and direction unknown: level that is kept, 0 dB when all are in line",
        "beam_kept_db": round(float(20 * np.log10(beam[len(beam) // 2 :].std() / single)), 2),
        "mean_kept_db": round(float(20 * np.log10(mean.std() / single)), 2),
        "dead_channels": list(front.dead_channels),
    }


def wake(data: Path, rows: list[dict[str, str]], most: int = 40) -> dict[str, Any]:
    """`alexa` at 4 microphones in noise: share that the engine hears of one microphone, the mean, the beams."""
    words = clips(data, rows, ("wake_positive",), 0.5, "alexa")
    readers = clips(data, rows, ("negative_speech",), TALK_S)
    if not words or not readers:
        return {"note": "this folder has no recordings of alexa, or no other speech"}
    words = words[:: max(1, len(words) // most)][:most]
    places_m = MIDDLE_M + np.c_[board_mm(4) / 1000, np.zeros(4)]
    result: dict[str, Any] = {"word": "alexa", "n": len(words)}
    for condition in ("diffuse", "talker"):
        rng = np.random.default_rng(4)
        sounds = [read(path)[: 5 * RATE_HZ] for path in words]
        starts = LEAD_S * RATE_HZ + np.cumsum([0] + [len(sound) + GAP_S * RATE_HZ for sound in sounds])
        length = int(starts[-1])
        dry = np.zeros(length)
        for at, sound in zip(starts, sounds, strict=False):
            dry[at : at + len(sound)] = sound * (0.05 / np.sqrt(np.mean(sound**2) + 1e-12))
        talker = level(convolved(dry, responses(places_m, beside(40.0, 1.5), 0.3, 0.3)), -29.0, LEAD_S)
        if condition == "diffuse":
            noise = level(diffuse(places_m, length, rng), -29.0)
        else:
            other = np.resize(np.concatenate([read(path) for path in readers[:12]]), length)
            noise = level(convolved(other, responses(places_m, beside(-80.0, 1.8), 0.3, 0.3)), -29.0)
        mixture = unlike(talker + noise, rng)
        heard = {"one_microphone": mixture[:, 0] * 32768, "mean": mixture.mean(axis=1) * 32768}
        for kind in KINDS:
            heard[kind] = run(mixture, np.full_like(mixture, 1e-9), [], board_mm(4), kind).mixture
        ends = [(int(at), int(at) + len(sound) + RATE_HZ // 2) for at, sound in zip(starts, sounds, strict=False)]
        result[condition + " 0 dB"] = {name: hits(sound, ends) for name, sound in heard.items()}
    return result


def hits(sound: Floats, ends: list[tuple[int, int]]) -> float:
    engine = MicroWakeEngine("alexa")
    blocks = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
    scores = np.array([engine.score(blocks[at : at + 160]) for at in range(0, len(blocks) - 159, 160)])
    heard = [scores[begin // 160 : end // 160].max(initial=0.0) > engine.threshold for begin, end in ends]
    return round(float(np.mean(heard)), 3)


def apart_deg(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def median(values: list[float]) -> float | None:
    return round(float(np.median(values)), 2) if values else None


if __name__ == "__main__":
    main()
