"""Pure: between a card's bytes and the house's int16. Little-endian, interleaved, as ALSA names the formats."""

import numpy as np
import numpy.typing as npt

from oyez_hw.pcm import Samples

FORMATS: dict[str, tuple[int, int]] = {"S16_LE": (16, 2), "S24_LE": (24, 4), "S24_3LE": (24, 3), "S32_LE": (32, 4)}
"""Name -> (bits that carry sound, bytes a sample). In the order in which we would have them."""


def to_house(data: bytes, format_name: str, channels: int) -> Samples:
    """A card's bytes as int16 (frames, channels); the low bits of wider samples are left out."""
    if format_name == "S16_LE":
        samples = np.frombuffer(data, "<i2").astype(np.int16)
    elif format_name == "S24_3LE":
        samples = _top_of_three(data)
    elif format_name == "S24_LE":  # the top byte of the four is not sound and may hold anything
        samples = (np.frombuffer(data, "<u4") >> 8).astype(np.uint16).view(np.int16)
    elif format_name == "S32_LE":
        samples = (np.frombuffer(data, "<i4") >> 16).astype(np.int16)
    else:
        raise ValueError(f"{format_name} is no format that can be converted; these are: {', '.join(FORMATS)}")
    return samples.reshape(-1, channels)


def from_house(samples: Samples, format_name: str) -> bytes:
    """int16 (frames, channels) as the card's bytes; the low bits of wider samples are zero."""
    if format_name == "S16_LE":
        return samples.astype("<i2").tobytes()
    wide = samples.astype("<i4")
    if format_name == "S32_LE":
        return (wide << 16).tobytes()
    if format_name == "S24_LE":
        return (wide << 8).tobytes()
    if format_name == "S24_3LE":
        return np.ascontiguousarray((wide << 8).reshape(-1, 1).view(np.uint8)[:, :3]).tobytes()
    raise ValueError(f"{format_name} is no format that can be converted; these are: {', '.join(FORMATS)}")


def _top_of_three(data: bytes) -> npt.NDArray[np.int16]:
    triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
    return np.ascontiguousarray(triples[:, 1:]).view("<i2").reshape(-1).astype(np.int16)
