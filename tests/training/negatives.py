"""Makes daemon/oyez/hearing/models/negatives.npz, what speech in general looks like to the embedding:
`nice python -m tests.training.negatives [--hours 3]`.

Spoken: this project's own documentation and the word lists of wake_texts, by synthetic voices of tests/training/voices
and by espeak-ng's voices for other languages (whose sounds and rhythm matter here, not their sense), clean, in noise
and under a room's echo. No recording of a person is used. Kept: mean and covariance over time of all of it, and
SHIPPED_ROWS rows of it as examples, in 8 bits.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez.hearing.enrolment.negatives import LAGS, NEGATIVES
from oyez.hearing.enrolment.variants import echoing, noisy
from oyez.hearing.wake.embedding import ROW_S, WIDTH, Embedder, Floats
from tests.training import voices, wake_texts

ROOT = Path(__file__).resolve().parents[2]
SHIPPED_ROWS = 8_000
LANGUAGES = (
    "de",
    "fr-fr",
    "es",
    "pt",
    "pt-br",
    "it",
    "nl",
    "pl",
    "ru",
    "sv",
    "tr",
    "cmn",
    "ja",
    "fi",
    "hu",
    "el",
    "hi",
)
STRETCH_WORDS = 12


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--out", type=Path, default=NEGATIVES)
    parser.add_argument("--all", type=Path, help="also keep every row, for experiments")
    arguments = parser.parse_args()
    streams = list(_streams(arguments.hours, np.random.default_rng(4)))
    write(arguments.out, streams)
    if arguments.all:
        np.savez(arguments.all, **{str(n): rows for n, rows in enumerate(streams)})  # type: ignore[arg-type]


def write(path: Path, streams: list[Floats]) -> None:
    """Mean and covariances of all rows, and the beginnings of all streams as examples."""
    rows = np.concatenate(streams)
    mean = rows.mean(axis=0)
    sums, counts = np.zeros((LAGS, WIDTH, WIDTH)), np.zeros(LAGS)
    for stream in streams:
        centred = (stream - mean).astype(np.float64)
        for lag in range(min(LAGS, len(stream))):
            sums[lag] += centred[: len(stream) - lag].T @ centred[lag:]
            counts[lag] += len(stream) - lag
    share = SHIPPED_ROWS / len(rows)
    examples = [stream[: round(len(stream) * share)] for stream in streams]
    step = np.abs(rows).max(axis=0) / 127
    np.savez_compressed(
        path,
        mean=mean.astype(np.float32),
        covariances=(sums / counts[:, None, None]).astype(np.float16),
        step=step.astype(np.float32),
        examples=np.concatenate([np.rint(part / step) for part in examples]).astype(np.int8),
        ends=np.cumsum([len(part) for part in examples]).astype(np.int32),
    )
    hours = len(rows) * ROW_S / 3600
    print(f"{path}: of {hours:.2f} h, {len(streams)} streams; {path.stat().st_size} bytes")


def _streams(hours: float, random: np.random.Generator) -> Iterator[Floats]:
    """One stream of rows a speaker: half a minute at a time, each in another room."""
    speakers = [one for one in voices.speakers(1) if not one.slow]
    speakers += [voices.Speaker(name, False, voices._espeak(name, 30 + random.integers(40))) for name in LANGUAGES]
    words = _words()
    wanted_s = hours * 3600 / len(speakers)
    for speaker in speakers:
        stream, had_s = Embedder(), 0.0
        parts = []
        while had_s < wanted_s:
            sound = _scene(speaker, words, random)
            parts.append(stream.feed(sound))
            had_s += len(sound) / voices.RATE_HZ
        print(speaker.name, round(had_s), flush=True)
        yield np.concatenate(parts)


def _scene(speaker: voices.Speaker, words: list[str], random: np.random.Generator) -> npt.NDArray[np.int16]:
    """Some sentences of one speaker, at some level, in some room."""
    parts = [np.zeros(3_200, np.float32)]
    for _ in range(6):
        at = int(random.integers(len(words) - STRETCH_WORDS))
        count = int(random.choice([1, 2, 5, STRETCH_WORDS]))
        spoken = speaker.say(" ".join(words[at : at + count]), float(random.uniform(0.8, 1.3)))
        parts += [spoken, np.zeros(int(random.uniform(0.05, 1.0) * voices.RATE_HZ), np.float32)]
    whole = np.concatenate(parts)
    whole *= 10 ** (random.uniform(-30, -12) / 20) / max(float(np.sqrt((whole**2).mean())), 1e-6)
    sound = (whole * 32_767).clip(-32_768, 32_767).astype(np.int16)
    if random.random() < 0.5:
        sound = echoing(sound, float(random.uniform(0.15, 0.7)), random)
    return noisy(sound, float(random.choice([5, 10, 20, 30, 40])), random)


def _words() -> list[str]:
    """This project's prose, word after word, and the sound-alikes and sentences of the wake words' training."""
    prose = " ".join(path.read_text(encoding="utf-8") for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]))
    prose = re.sub(r"```.*?```", " ", prose, flags=re.S)
    alike = " ".join(" ".join(wake_texts.alike(word)) for word in wake_texts.ALIKE)
    spoken = " ".join((prose, alike, *wake_texts.SENTENCES * 20, *wake_texts.REQUESTS * 20))
    return re.findall(r"[A-Za-z']{1,14}", spoken)


if __name__ == "__main__":
    main()
