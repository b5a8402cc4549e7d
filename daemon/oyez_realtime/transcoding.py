"""Between 16 bit samples at 24 kHz, which programs handle, and a session's audio format, which the wire carries.

One object a stream: resampling remembers, so that the pieces of a stream join without a click.
"""

import numpy as np
import numpy.typing as npt
import soxr

from oyez_realtime import g711
from oyez_realtime.session_objects import G711_RATE_HZ, PCM_RATE_HZ, AudioFormat, AudioPcm, AudioPcma

Samples = npt.NDArray[np.int16]


class WireEncoder:
    """PCM16 little-endian mono at 24 kHz in, audio of `audio_format` out."""

    def __init__(self, audio_format: AudioFormat) -> None:
        self.audio_format = audio_format
        self._law = _law(audio_format)
        self._narrow = soxr.ResampleStream(PCM_RATE_HZ, G711_RATE_HZ, 1, "int16") if self._law else None

    def encode(self, pcm: bytes, last: bool = False) -> bytes:
        """May return less than it was given, down to nothing: the resampler holds a few ms until `last`."""
        if self._law is None or self._narrow is None:
            return pcm
        return g711.encode(self._narrow.resample_chunk(np.frombuffer(pcm, dtype="<i2"), last), self._law)


class WireDecoder:
    """Audio of `audio_format` in, PCM16 little-endian mono at 24 kHz out."""

    def __init__(self, audio_format: AudioFormat) -> None:
        self.audio_format = audio_format
        self._law = _law(audio_format)
        self._wide = soxr.ResampleStream(G711_RATE_HZ, PCM_RATE_HZ, 1, "int16") if self._law else None
        self._odd = b""

    def decode(self, audio: bytes, last: bool = False) -> bytes:
        """Whole samples; half a sample at the end waits for its other half."""
        if self._law is None or self._wide is None:
            audio = self._odd + audio
            whole = len(audio) // 2 * 2
            self._odd = audio[whole:]
            return audio[:whole]
        samples: Samples = self._wide.resample_chunk(g711.decode(audio, self._law), last)
        return samples.astype("<i2").tobytes()


def _law(audio_format: AudioFormat) -> g711.Law | None:
    if isinstance(audio_format, AudioPcm):
        return None
    return "a" if isinstance(audio_format, AudioPcma) else "u"
