"""One clean utterance made many: other sizes of head, rooms, microphones, noises and levels. Nothing is recorded."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr
from numpy.random import Generator

Sound = npt.NDArray[np.float32]
RATE_HZ = 16_000


def another_head(sound: Sound, random: Generator) -> Sound:
    """Played 15 % slower to 20 % faster: pitch, formants and tempo together, as between a tall man and a child."""
    factor = float(np.exp(random.uniform(np.log(0.85), np.log(1.2))))
    out: Sound = soxr.resample(sound, RATE_HZ * factor, RATE_HZ)
    return out


def room(sound: Sound, random: Generator) -> Sound:
    """Reverberation that decays exponentially: RT60 0.12 to 0.8 s, direct sound 9 dB above to 3 dB below the rest."""
    rt60_s = float(random.uniform(0.12, 0.8))
    tail = random.normal(0.0, 1.0, round(rt60_s * RATE_HZ))
    tail *= np.exp(-6.9 * np.arange(len(tail)) / (rt60_s * RATE_HZ))
    tail[: round(0.002 * RATE_HZ)] = 0.0
    tail *= 10 ** (random.uniform(-9.0, 3.0) / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = 1 << int(np.ceil(np.log2(len(sound) + len(tail))))
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    return wet[: len(sound)].astype(np.float32)


def microphone(sound: Sound, random: Generator) -> Sound:
    """A frequency response of random slopes: up to 8 dB between neighbours of six bands, and a high pass."""
    size = len(sound)
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    knots = np.array([60, 200, 500, 1200, 3000, 7500.0])
    gain_db = np.interp(np.log(hz + 1), np.log(knots), random.normal(0.0, 4.0, len(knots)))
    response = 10 ** (gain_db / 20) / np.sqrt(1 + (random.uniform(20, 250) / (hz + 1)) ** 4)
    return np.fft.irfft(np.fft.rfft(sound) * response, size).astype(np.float32)


def noise(length: int, random: Generator, babble: Sequence[Sound]) -> Sound:
    """Of the house, RMS 1: coloured, humming, swelling, clattering, musical, or people talking."""
    kind = random.choice(["coloured", "swelling", "clatter", "music", "babble", "talker"])
    if kind in ("babble", "talker"):
        made = np.zeros(length)
        for _ in range(1 if kind == "talker" else int(random.integers(3, 8))):
            made += _looped(babble[int(random.integers(len(babble)))], length, random)
    elif kind == "music":
        made = _music(length, random)
    else:
        made = _coloured(length, random)
        if kind == "swelling":
            made *= 0.15 + np.abs(np.sin(np.arange(length) / RATE_HZ * random.uniform(0.5, 12.0))) ** 2
        if kind == "clatter":
            strokes = np.zeros(length)
            strokes[random.integers(0, length, max(1, int(length / RATE_HZ * random.uniform(1, 9))))] = 1.0
            envelope = np.exp(-np.arange(3200) / random.uniform(80, 900))
            made *= np.convolve(strokes, envelope)[:length] + 0.02
    return (made / max(float(np.sqrt((made**2).mean())), 1e-9)).astype(np.float32)


def _coloured(length: int, random: Generator) -> npt.NDArray[np.float64]:
    """From white to brown, with the mains' hum in it at times."""
    hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    shape = (hz + 30.0) ** (-random.uniform(0.0, 1.0))
    made = np.fft.irfft(np.fft.rfft(random.normal(0.0, 1.0, length)) * shape, length)
    made /= made.std()
    if random.random() < 0.3:
        turns = 2 * np.pi * np.arange(length) / RATE_HZ * random.choice([50.0, 60.0, 100.0, 120.0])
        made += 0.7 * np.sin(turns) + 0.3 * np.sin(3 * turns)
    return np.asarray(made)


def _music(length: int, random: Generator) -> npt.NDArray[np.float64]:
    """Chords of plucked tones, one each 0.2 to 0.6 s."""
    made, at = np.zeros(length), 0
    while at < length:
        step = min(int(RATE_HZ * random.uniform(0.2, 0.6)), length - at)
        seconds = np.arange(step) / RATE_HZ
        for note in random.integers(40, 80, 3):
            turns = 2 * np.pi * 440 * 2 ** ((note - 69) / 12) * seconds
            made[at : at + step] += sum(np.sin(turns * k) / k for k in range(1, 6)) * np.exp(-3 * seconds)
        at += step
    return made


def _looped(sound: Sound, length: int, random: Generator) -> Sound:
    turned = np.roll(sound, int(random.integers(len(sound))))
    return np.tile(turned, length // len(turned) + 1)[:length] / max(float(turned.std()), 1e-6)


def scene(
    before_s: float, word: Sound, after: Sound, random: Generator, babble: Sequence[Sound], *, clean: bool = False
) -> tuple[npt.NDArray[np.int16], int]:
    """A word in a room: int16 sound, and the sample at which the word ends.

    Quiet rooms have 25 to 60 dB between word and noise, loud ones -2 to 25; the level lies between -45 and -8 dBFS.
    """
    sound = np.concatenate([np.zeros(round(before_s * RATE_HZ), np.float32), word, after])
    end = round(before_s * RATE_HZ) + len(word)
    if not clean and random.random() < 0.6:
        sound = room(sound, random)
    if not clean and random.random() < 0.7:
        sound = microphone(sound, random)
    loud = float(np.sqrt((sound[end - len(word) : end] ** 2).mean())) + 1e-9
    snr_db = random.uniform(25, 60) if clean or random.random() < 0.3 else random.uniform(-2, 25)
    sound = sound / loud + noise(len(sound), random, babble) * 10 ** (-snr_db / 20)
    level = 10 ** (random.uniform(-45, -8) / 20) * 32_768
    return np.clip(sound * level, -32_768, 32_767).astype(np.int16), end
