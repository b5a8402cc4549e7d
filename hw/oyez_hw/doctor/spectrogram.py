"""Pure: a spectrogram as a PNG, without any drawing library."""

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

from oyez_hw.pcm import Samples

BLOCK = 512
LOUD_DB, QUIET_DB = -20.0, -100.0
WIDEST = 900
_STOPS = np.array([(0, 13, 8, 35), (0.3, 90, 24, 110), (0.55, 187, 55, 84), (0.8, 249, 142, 8), (1, 252, 255, 164)])
"""(place, red, green, blue): dark to light, told apart in grey too."""


def spectrogram_png(samples: Samples, channel: int, rate_hz: int) -> bytes:
    """Time to the right, frequency from 0 to half the rate upwards."""
    sound = samples[:, channel].astype(np.float64) / 32768
    step = max(BLOCK // 2, len(sound) // WIDEST)
    starts = range(0, max(1, len(sound) - BLOCK), step)
    padded = np.pad(sound, (0, BLOCK))
    blocks = np.stack([padded[start : start + BLOCK] for start in starts]) * np.hanning(BLOCK)
    level = 20 * np.log10(np.maximum(np.abs(np.fft.rfft(blocks, axis=1)) / (BLOCK / 4), 1e-9))
    share = np.clip((level - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1).T[::-1]
    return png(_coloured(share))


def data_url(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """pixels: (height, width, 3), red, green, blue. The format: W3C, PNG (8 bit, colour type 2)."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, np.uint8))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (_part(b"IHDR", header), _part(b"IDAT", zlib.compress(rows, 9)), _part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _coloured(share: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    channels = [np.interp(share, _STOPS[:, 0], _STOPS[:, colour]) for colour in (1, 2, 3)]
    return np.stack(channels, axis=-1).astype(np.uint8)
