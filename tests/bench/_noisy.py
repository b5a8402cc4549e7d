"""Noisy and faint versions of clean recordings, and what may stand between the microphone and whoever listens."""

import csv
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
from pywebrtc_audio import GainController

from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.noise import Level, NoiseSuppressor

LEAD_S = 2.0
"""Of noise alone before each clip: on a device the suppressor knows the room before anybody speaks."""
TAIL_S = 0.6
ACTIVE_DB = 25.0
"""Frames of 20 ms this far under the loudest are pauses, and count for no level."""
SELF_NOISE_DBFS = -75.0
"""Of a microphone by itself."""

Stage = Callable[[Mono], Mono]
Clean = Callable[[], Stage]


@dataclass(frozen=True, slots=True)
class Recording:
    path: str
    label: str
    sound: Mono


def recordings(data: Path, wanted: Callable[[dict[str, str]], bool]) -> list[Recording]:
    """Mono, 16 kHz, in the order of the manifest; rows whose file is gone or of another form are left out."""
    with (data / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if wanted(row) and (data / row["path"]).exists()]
    read = ((row, *soundfile.read(data / row["path"], dtype="int16", always_2d=True)) for row in rows)
    return [Recording(row["path"], row["label"], sound[:, 0]) for row, sound, rate_hz in read if rate_hz == RATE_HZ]


def every(step_of: int, clips: list[Recording]) -> list[Recording]:
    """At most so many, spread evenly."""
    if step_of >= len(clips):
        return clips
    return [clips[number * len(clips) // step_of] for number in range(step_of)]


def active_rms(sound: Mono) -> float:
    """RMS of the frames that are not pauses; 0 for silence."""
    whole = sound[: len(sound) // 320 * 320].astype(np.float64).reshape(-1, 320)
    if not len(whole):
        return 0.0
    power = (whole**2).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() * 10 ** (-ACTIVE_DB / 10)].mean()))


class Scenery:
    """A noise of its own for each clip, always the same one: by the name of the clip, never by its label."""

    def __init__(self, noises: list[Recording]) -> None:
        self._noises = [noise for noise in noises if active_rms(noise.sound) > 1.0]

    @property
    def empty(self) -> bool:
        return not self._noises

    def noisy(self, clip: Recording, snr_db: float | None) -> Mono:
        """LEAD_S of noise, the clip in noise, TAIL_S of noise; None: silence in place of it."""
        around = (round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ))
        sound = np.pad(clip.sound.astype(np.float64), around)
        if snr_db is None:
            return _int16(sound)
        draw = np.random.default_rng(zlib.crc32(clip.path.encode()))
        noise = self._noises[draw.integers(len(self._noises))].sound
        tiled = np.resize(np.roll(noise, int(draw.integers(len(noise)))), len(sound)).astype(np.float64)
        return _int16(sound + tiled * active_rms(clip.sound) / active_rms(noise) * 10 ** (-snr_db / 20))


def at_level(sound: Mono, clip: Recording, level_dbfs: float) -> Mono:
    """The same as if the talker were farther away: speech at that level, and the microphone's own noise."""
    scale = 10 ** (level_dbfs / 20) * 32_768 / max(1.0, active_rms(clip.sound))
    hiss = np.random.default_rng(zlib.crc32(clip.path.encode())).standard_normal(len(sound))
    return _int16(sound * scale + hiss * 10 ** (SELF_NOISE_DBFS / 20) * 32_768)


def through(stage: Stage, sound: Mono) -> Mono:
    """Block by block, as the ears do it."""
    blocks = [stage(block) for block in blocks_of(sound)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


def blocks_of(sound: Mono) -> Iterator[Mono]:
    for at in range(0, len(sound) - BLOCK + 1, BLOCK):
        yield sound[at : at + BLOCK]


def suppressing(level: Level) -> Clean:
    return lambda: NoiseSuppressor(level).clean


def controlling() -> Stage:
    """WebRTC's AGC2 with its own voice detector, as it comes."""
    agc = GainController(sample_rate=RATE_HZ, num_channels=1)
    return lambda block: np.asarray(agc.process(block), np.int16)


def after(first: Clean, second: Clean) -> Clean:
    def made() -> Stage:
        one, other = first(), second()
        return lambda block: other(one(block))

    return made


def louder(gain_db: float) -> Clean:
    factor = 10 ** (gain_db / 20)
    return lambda: lambda block: _int16(block * factor)


def _int16(sound: npt.NDArray[np.floating[Any]]) -> Mono:
    clipped: Mono = np.clip(np.rint(sound), -32_768, 32_767).astype(np.int16)
    return clipped
