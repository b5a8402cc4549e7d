"""Pure: Google's speech embedding: 96 numbers, each 80 ms, that say how the last 775 ms sounded.

Network and weights: J. Lin, K. Kilgour, D. Roblek, M. Sharifi, "Training Keyword Spotters with Limited and Synthesized
Speech Data", ICASSP 2020, section 2; published as speech_embedding/1 under the Apache License 2.0 (models/NOTICE).

Every convolution is without padding in time, and eight frames in give one row out. So a stream needs, for each new row,
only the work of its own eight frames, where the usual run over whole windows of 76 repeats that of 68 others: numpy
takes 0.009 s a second of sound, an inference library 0.011, and nothing but the weights has to be shipped.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oyez.hearing.mixdown import Mono

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parent.parent / "models" / "speech_embedding.npz"
RATE_HZ = 16_000
ROW_S = 0.08
WIDTH = 96
FIRST_SAMPLES = 12_400
"""So much sound gives the first row; each further row takes ROW_SAMPLES."""
ROW_SAMPLES = 1_280
_WINDOW, _HOP, _FFT = 400, 160, 512
_MELS, _LOW_HZ, _HIGH_HZ = 32, 60.0, 3_800.0
_FRAMES_FIRST, _FRAMES_ROW = 76, 8
_POWER_FLOOR = 0.4
"""Mel power of the rounding to 16 bits (1/12 times the window's energy of 150 times the filter's area of 0.032):
perfect silence must not be another world than a quiet room."""
_LUMP_ROWS = 64
"""Work on long sound goes in lumps, so that memory stays at some MB."""

_PLAN: tuple[tuple[str, ...], ...] = (
    ("both", "frequency", "time", "pool 2 2"),
    ("frequency", "time", "frequency", "time", "pool 1 2"),
    ("frequency", "time", "frequency", "time", "pool 2 2"),
    ("frequency", "time", "frequency", "time", "pool 1 2"),
    ("frequency", "time", "frequency", "time", "pool 2 2"),
    ("last",),
)
"""Five blocks of convolutions of 3 along one axis, each block closed by a max pool (time, frequency)."""


def embed(sound: Mono) -> Floats:
    """All rows of a sound, (n, 96); row k ends at sample FIRST_SAMPLES + k * ROW_SAMPLES. Too short: no rows.

    sound: int16 at 16 kHz.
    """
    return Embedder().feed(sound)


class Embedder:
    """One stream. Any division into blocks gives the same rows."""

    def __init__(self) -> None:
        self._layers = _weights()
        self.reset()

    def reset(self) -> None:
        """Forgets the sound so far: the next row comes after FIRST_SAMPLES."""
        self._sound = np.zeros(0, np.int16)
        self._mels = np.zeros((0, _MELS), np.float32)
        self._behind: list[Floats | None] = [None] * len(self._layers)
        self._primed = False

    def copy(self) -> "Embedder":
        """A stream of its own that has heard what this one has."""
        twin = Embedder()
        twin._sound, twin._mels, twin._primed = self._sound, self._mels, self._primed
        twin._behind = list(self._behind)
        return twin

    def feed(self, block: Mono) -> Floats:
        """The rows that it completed, (n, 96), often none. block: int16 at 16 kHz."""
        self._sound = np.concatenate([self._sound, block])
        frames = max(0, (len(self._sound) - _WINDOW) // _HOP + 1)
        needed = _FRAMES_ROW if self._primed else _FRAMES_FIRST
        if len(self._mels) + frames < needed:
            return np.zeros((0, WIDTH), np.float32)
        self._mels = np.concatenate([self._mels, mel_frames(self._sound)])
        self._sound = self._sound[frames * _HOP :]
        rows = []
        while len(self._mels) >= (needed := _FRAMES_ROW if self._primed else _FRAMES_FIRST):
            further = min((len(self._mels) - needed) // _FRAMES_ROW, _LUMP_ROWS)
            lump = needed + further * _FRAMES_ROW
            rows.append(self._run(self._mels[:lump]))
            self._mels = self._mels[lump:]
            self._primed = True
        return np.concatenate(rows)

    def _run(self, mels: Floats) -> Floats:
        """(frames, 32) -> (rows, 96). The first run takes 76 frames + 8 a further row, each later one 8 a row."""
        sheet = mels[:, :, np.newaxis]
        layer = 0
        for block in _PLAN:
            for step in block:
                if step.startswith("pool"):
                    sheet = _pooled(sheet, int(step[5]), int(step[7]))
                    continue
                if step != "frequency":
                    sheet = self._with_past(layer, sheet)
                kernel, bias = self._layers[layer]
                sheet = _gathered(sheet, step) @ kernel + bias
                if step != "last":
                    sheet = np.maximum(np.maximum(sheet, 0.2 * sheet), -0.4)
                layer += 1
        return sheet[:, 0]

    def _with_past(self, layer: int, sheet: Floats) -> Floats:
        """Convolutions in time also see the two frames before these."""
        past = self._behind[layer]
        whole = sheet if past is None else np.concatenate([past, sheet])
        self._behind[layer] = whole[-2:].copy()
        return whole


def mel_frames(sound: Mono) -> Floats:
    """Log mel power, (frames, 32), one frame each 10 ms over 25 ms, as the network was trained on: dB / 10 + 2."""
    if len(sound) < _WINDOW:
        return np.zeros((0, _MELS), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    spectrum = np.fft.rfft(windows.astype(np.float32) * _hann(), _FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    logs: Floats = np.log10(np.maximum(power @ _mel_filters(), np.float32(_POWER_FLOOR))) + np.float32(2.0)
    return logs


def _gathered(sheet: Floats, step: str) -> Floats:
    """Beside each place those before and after it, as the kernel's columns want them."""
    if step in ("time", "last"):
        return np.concatenate([sheet[:-2], sheet[1:-1], sheet[2:]], axis=2)
    wide = np.pad(sheet, ((0, 0), (1, 1), (0, 0)))
    near = np.concatenate([wide[:, :-2], wide[:, 1:-1], wide[:, 2:]], axis=2)
    return near if step == "frequency" else np.concatenate([near[:-2], near[1:-1], near[2:]], axis=2)


def _pooled(sheet: Floats, times: int, frequencies: int) -> Floats:
    """The greatest of each cell of times x frequencies places."""
    long, high, deep = sheet.shape
    cells = sheet.reshape(long // times, times, high // frequencies, frequencies, deep)
    greatest: Floats = cells.max(axis=(1, 3))
    return greatest


@cache
def _weights() -> list[tuple[Floats, Floats]]:
    with np.load(WEIGHTS) as file:
        count = len(file.files) // 2
        return [(file[f"kernel_{n}"].astype(np.float32), file[f"bias_{n}"].astype(np.float32)) for n in range(count)]


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)


@cache
def _mel_filters() -> Floats:
    """(257, 32): triangles of equal area, evenly on Slaney's mel scale (linear to 1 kHz, logarithmic above)."""
    edges = _slaney_hz(np.linspace(_slaney_mel(_LOW_HZ), _slaney_mel(_HIGH_HZ), _MELS + 2))
    hz = np.arange(_FFT // 2 + 1)[:, np.newaxis] * RATE_HZ / _FFT
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((hz - low) / (middle - low), (high - hz) / (high - middle))
    return (np.maximum(triangles, 0.0) * 2.0 / (high - low)).astype(np.float32)


def _slaney_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1_000 else 15 + 27 * float(np.log(hz / 1_000) / np.log(6.4))


def _slaney_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1_000 * np.exp((mel - 15) * np.log(6.4) / 27))
