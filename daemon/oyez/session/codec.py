"""Between the house, which hears and speaks PCM16 at 24 kHz, and the session's format on the wire. Pure.

G.711 is 8 kHz: a sixth of the bytes for a poor uplink. Each direction is one stream; resampling holds a few ms back,
which come out at the end of a turn or of a part of a reply, so that no syllable and no ms is lost.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import soxr

from oyez_realtime import g711

Format = Literal["pcm", "pcmu", "pcma"]
PCM_HZ, G711_HZ = 24_000, 8_000
WIRE: dict[Format, dict[str, object]] = {
    "pcm": {"type": "audio/pcm", "rate": PCM_HZ},
    "pcmu": {"type": "audio/pcmu"},
    "pcma": {"type": "audio/pcma"},
}
"""As the protocol spells them."""
LAWS: dict[Format, g711.Law] = {"pcmu": "u", "pcma": "a"}
QUALITY = "LQ"
"""Of streams: holds 40 ms back where MQ holds 75, and dulls only what lies above the telephone's band (3.4 kHz)."""
Samples = npt.NDArray[np.int16]


def bytes_per_ms(audio_format: Format) -> int:
    return 48 if audio_format == "pcm" else 8


def whole(pcm: bytes, audio_format: Format) -> bytes:
    """A finished piece of sound, PCM16 mono at 24 kHz, in the format."""
    if audio_format == "pcm":
        return pcm
    samples: Samples = soxr.resample(np.frombuffer(pcm, "<i2").astype(np.int16), PCM_HZ, G711_HZ, "MQ")
    return g711.encode(samples, LAWS[audio_format])


class Up:
    """One session's microphone: PCM16 mono little-endian at 24 kHz in, the format out."""

    def __init__(self, audio_format: Format) -> None:
        self._law = LAWS.get(audio_format)
        self._stream = soxr.ResampleStream(PCM_HZ, G711_HZ, 1, "int16", QUALITY)

    def feed(self, pcm: bytes) -> bytes:
        """What comes out for it; with G.711 now and then nothing, then a lump."""
        if self._law is None:
            return pcm
        return g711.encode(self._stream.resample_chunk(np.frombuffer(pcm, "<i2").astype(np.int16)), self._law)

    def flush(self) -> bytes:
        """What is held back, at the end of a turn."""
        if self._law is None:
            return b""
        rest: Samples = self._stream.resample_chunk(np.zeros(0, np.int16), last=True)
        self._stream.clear()
        return g711.encode(rest, self._law)


class Down:
    """One session's replies: the format in, PCM16 mono little-endian at 24 kHz out; one stream a part."""

    def __init__(self, audio_format: Format) -> None:
        self._law = LAWS.get(audio_format)
        self._part: tuple[str, int] | None = None
        self._stream = soxr.ResampleStream(G711_HZ, PCM_HZ, 1, "int16", QUALITY)

    def feed(self, item_id: str, content_index: int, data: bytes) -> bytes:
        if self._law is None:
            return data
        if (item_id, content_index) != self._part:
            self._part = (item_id, content_index)
            self._stream.clear()
        sound: Samples = self._stream.resample_chunk(g711.decode(data, self._law))
        return sound.astype("<i2").tobytes()

    def flush(self, item_id: str, content_index: int) -> bytes:
        """The end of a part, when all of it has come."""
        if self._law is None or (item_id, content_index) != self._part:
            return b""
        self._part = None
        rest: Samples = self._stream.resample_chunk(np.zeros(0, np.int16), last=True)
        self._stream.clear()
        return rest.astype("<i2").tobytes()
