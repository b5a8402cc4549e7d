"""Sinks that need nothing but Python: a file, and nothing at all. The loudspeaker's is in `speaker_sink`."""

import wave
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from oyez_realtime.media import MediaFormat


class NullSink:
    """Hears and forgets; `received_bytes` counts."""

    def __init__(self) -> None:
        self.received_bytes = 0
        self.clears = 0

    async def open(self, media_format: MediaFormat) -> None:
        """Nothing to open."""

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        self.received_bytes += len(pcm)

    def clear(self) -> None:
        self.clears += 1

    def delay_ms(self) -> float:
        return 0.0

    async def close(self) -> None:
        """Nothing to close."""


class WavFileSink:
    """Writes a WAV file, 16 bit mono 24 kHz, which is complete after `close`. An existing file is overwritten."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        self._stream: BinaryIO | None = None
        self._file: wave.Wave_write | None = None

    def __repr__(self) -> str:
        return f"WavFileSink({str(self._path)!r})"

    async def open(self, media_format: MediaFormat) -> None:
        """Raises OSError when the file cannot be written."""
        self._stream = self._path.open("wb")  # by us: `wave` complains at its end of a file that it could not open
        self._file = wave.open(self._stream, "wb")  # noqa: SIM115 - closed by close()
        self._file.setnchannels(media_format.channels)
        self._file.setsampwidth(2)
        self._file.setframerate(media_format.rate_hz)

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        if self._file is None:
            raise RuntimeError("the file is not open: attach the sink with send_media_to")
        self._file.writeframesraw(pcm)

    def clear(self) -> None:
        """What is in the file was heard: it stays."""

    def delay_ms(self) -> float:
        return 0.0

    async def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._stream is not None:
            self._stream.close()
            self._stream = None
