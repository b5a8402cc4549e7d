"""Simulated rooms for the measurement of arrays: image sources, diffuse noise, boards of 2 to 8 microphones.

Image-source method: Allen and Berkley, "Image method for efficiently simulating small-room acoustics", JASA 65(4),
1979, pages 943-950, with fractional delays (windowed sinc); one absorption for all walls, by Sabine from the RT60.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RATE_HZ = 16_000
SPEED_M_S = 343.0
ROOM_M = np.array([5.2, 4.1, 2.6])
_TAPS = 41


def board_mm(microphones: int) -> Floats:
    """(microphones, 2): like boards that people have: two 58 mm apart, a ring of 32 mm for 4, of 46 mm for more."""
    if microphones == 2:
        return np.array([(-29.0, 0.0), (29.0, 0.0)])
    radius = 32.0 if microphones <= 4 else 46.0
    angles = 2 * np.pi * (np.arange(microphones) + 0.5) / microphones
    return radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)


def responses(places_m: Floats, source_m: Floats, rt60_s: float, seconds: float) -> Floats:
    """(microphones, samples): from the source to each place of a room of ROOM_M."""
    volume, surface = ROOM_M.prod(), 2 * (ROOM_M[[0, 0, 1]] * ROOM_M[[1, 2, 2]]).sum()
    reflection = np.sqrt(1 - min(0.99, 0.161 * volume / (surface * rt60_s)))
    length = round(seconds * RATE_HZ)
    most = np.ceil(seconds * SPEED_M_S / (2 * ROOM_M)).astype(int)
    axes = []
    for axis in range(3):
        turns = np.arange(-most[axis], most[axis] + 1)
        images = np.concatenate([2 * turns * ROOM_M[axis] + source_m[axis], 2 * turns * ROOM_M[axis] - source_m[axis]])
        hits = np.concatenate([np.abs(2 * turns), np.abs(2 * turns - 1)])
        axes.append((images, hits))
    grid = np.stack(np.meshgrid(*[images for images, _ in axes], indexing="ij"), axis=-1).reshape(-1, 3)
    bounces = np.sum(np.meshgrid(*[hits for _, hits in axes], indexing="ij"), axis=0).reshape(-1)
    out = np.zeros((len(places_m), length + _TAPS))
    taps = np.arange(_TAPS) - _TAPS // 2
    for microphone, place in enumerate(places_m):
        away = np.linalg.norm(grid - place, axis=1)
        at = away / SPEED_M_S * RATE_HZ
        near = at < length - _TAPS
        whole = np.round(at[near]).astype(int)
        kernel = np.sinc(taps - (at[near] - whole)[:, None]) * np.hanning(_TAPS + 2)[1:-1]
        gain = reflection ** bounces[near] / (4 * np.pi * np.maximum(away[near], 0.1))
        np.add.at(out[microphone], whole[:, None] + taps + _TAPS // 2, kernel * gain[:, None])
    return out


def convolved(sound: Floats, response: Floats) -> Floats:
    """(len(sound), microphones)."""
    size = 1 << (len(sound) + response.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size, axis=1)
    return np.fft.irfft(spectrum, size, axis=1)[:, : len(sound)].T


def diffuse(places_m: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """(samples, microphones): pink-like noise as plane waves from 48 directions of the sphere at once."""
    count = 48
    z = 1 - 2 * (np.arange(count) + 0.5) / count
    turn = np.pi * (1 + 5**0.5) * np.arange(count)
    towards = np.stack([np.sqrt(1 - z**2) * np.cos(turn), np.sqrt(1 - z**2) * np.sin(turn), z], axis=1)
    late_s = -(places_m - places_m.mean(axis=0)) @ towards.T / SPEED_M_S
    omega = 2 * np.pi * np.fft.rfftfreq(samples, 1 / RATE_HZ)
    colour = 1 / np.sqrt(np.maximum(omega / (2 * np.pi), 50.0))
    field = np.zeros((len(places_m), len(omega)), np.complex64)
    for wave in range(count):
        spectrum = colour * (rng.standard_normal(len(omega)) + 1j * rng.standard_normal(len(omega)))
        field += (spectrum * np.exp(-1j * omega * late_s[:, wave][:, None])).astype(np.complex64)
    return np.fft.irfft(field, samples, axis=1).T


def unlike(sound: Floats, rng: np.random.Generator, spread_db: float = 1.5) -> Floats:
    """As parts are: every microphone with a gain of its own, and its own noise at -75 dBFS."""
    gains = 10 ** (rng.normal(0, spread_db, sound.shape[1]) / 20)
    return sound * gains + rng.standard_normal(sound.shape) * 10 ** (-75 / 20)
