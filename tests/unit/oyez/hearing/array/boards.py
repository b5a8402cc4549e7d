"""Boards and sounds for the tests of arrays."""

import numpy as np

from oyez.config_hearing import Board, MicrophonePlace
from oyez.hearing.array.geometry import delays_s, places_m
from oyez_hw.acoustics import at_each_ear
from oyez_hw.pcm import Frame

RATE_HZ = 16_000


def ring(microphones: int, radius_mm: float = 40.0) -> list[MicrophonePlace]:
    angles = 2 * np.pi * np.arange(microphones) / microphones + 0.3
    return [
        MicrophonePlace(channel=channel, x_mm=float(radius_mm * np.sin(a)), y_mm=float(radius_mm * np.cos(a)))
        for channel, a in enumerate(angles)
    ]


def row(microphones: int, step_mm: float = 30.0) -> list[MicrophonePlace]:
    return [MicrophonePlace(channel=channel, x_mm=step_mm * channel, y_mm=0.0) for channel in range(microphones)]


def noise(seconds: float, seed: int = 1, level: float = 0.05) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ)) * level).astype(np.float32)


def bursts(seconds: float, seed: int = 2) -> np.ndarray:
    """Like speech: noise that comes and goes four times a second."""
    sound = noise(seconds, seed, 0.1)
    return sound * (np.sin(2 * np.pi * 2 * np.arange(len(sound)) / RATE_HZ) ** 2).astype(np.float32)


def heard_from(sound: np.ndarray, microphones: list[MicrophonePlace], direction_deg: float) -> np.ndarray:
    """(n, microphones): a distant source, no room."""
    late = delays_s(places_m(microphones), direction_deg)[0]
    ears = at_each_ear(sound, list(late - late.min()), RATE_HZ)
    return np.stack(ears, axis=1)[: len(sound)]


def quantised(sound: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)


def with_own_noise(sound: np.ndarray, level: float = 0.001, seed: int = 9) -> np.ndarray:
    return sound + np.random.default_rng(seed).standard_normal(sound.shape) * level


def frames(samples: np.ndarray, rate_hz: int = RATE_HZ, period_ms: int = 20, start_s: float = 100.0) -> list[Frame]:
    step = rate_hz * period_ms // 1000
    return [
        Frame(samples[at : at + step], rate_hz, start_s + (at + step) / rate_hz)
        for at in range(0, len(samples) - step + 1, step)
    ]


def board(microphones: list[MicrophonePlace], channels: int | None = None, **more: object) -> Board:
    return Board(capture_channels=channels or len(microphones), microphones=microphones, **more)  # type: ignore[arg-type]
