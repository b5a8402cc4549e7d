"""G.711 by table: µ-law and A-law bytes to 16 bit samples and back. Source: ITU-T G.711 (11/88). Pure."""

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Law = Literal["u", "a"]
Samples = npt.NDArray[np.int16]

MU_BIAS = 0x84


def decode(data: bytes, law: Law) -> Samples:
    """One sample a byte, int16 mono (frames,)."""
    return _decoded(law)[np.frombuffer(data, dtype=np.uint8)]


def encode(samples: Samples, law: Law) -> bytes:
    """The code whose value is nearest, for int16 mono (frames,)."""
    return _codes(law)[samples.astype(np.int32) + 32_768].tobytes()


@cache
def _decoded(law: Law) -> Samples:
    """The value of each of the 256 codes."""
    code = np.arange(256, dtype=np.int32)
    if law == "u":
        code = ~code & 0xFF
        magnitude = (((code & 0x0F) << 3) + MU_BIAS << ((code >> 4) & 7)) - MU_BIAS
        return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)
    code ^= 0x55
    segment = (code >> 4) & 7
    mantissa = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, mantissa, (mantissa + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


@cache
def _codes(law: Law) -> npt.NDArray[np.uint8]:
    """The nearest code for each of the 65536 sample values, -32768 first."""
    values = _decoded(law).astype(np.int32)
    order = np.argsort(values, kind="stable")
    middles = (values[order][1:] + values[order][:-1]) / 2
    return order[np.searchsorted(middles, np.arange(-32_768, 32_768))].astype(np.uint8)
