"""An ALSA loudspeaker over pyalsaaudio, which is looked for when it is opened and not before."""

from importlib import import_module
from typing import Any

from oyez_realtime.media import MediaFormat

PERIOD_MS = 20
PERIODS = 5
"""So much the card holds: 100 ms."""
TRIES_MAX = 10
"""An underrun is survived by writing again; a card that takes nothing so often is broken."""


class AlsaOutput:
    """Blocks as the card does: `write` belongs into a thread; `drop` may be called meanwhile."""

    def __init__(self, device: str, media_format: MediaFormat) -> None:
        """Raises ImportError without pyalsaaudio, OSError when ALSA does not give the device at that rate."""
        self._device, self._format = device, media_format
        self._alsa = _alsaaudio()
        try:
            self._pcm = self._open()
        except self._alsa.ALSAAudioError as error:
            raise OSError(f"ALSA does not give the loudspeaker {device}: {error}; `aplay -L` lists them") from error
        rate_hz = self._pcm.info()["rate"]
        if rate_hz != media_format.rate_hz:
            self._pcm.close()
            raise OSError(
                f"the loudspeaker {device} plays at {rate_hz} Hz and not at {media_format.rate_hz}: "
                f"name a device that converts, such as default or plughw:0"
            )
        self._buffer_frames: int = self._pcm.info()["buffer_size"]
        self._silent = True
        self._writing = False
        self._drop_asked = False

    def _open(self) -> Any:
        return self._alsa.PCM(
            type=self._alsa.PCM_PLAYBACK,
            device=self._device,
            rate=self._format.rate_hz,
            channels=self._format.channels,
            format=self._alsa.PCM_FORMAT_S16_LE,
            periodsize=self._format.rate_hz * PERIOD_MS // 1000,
            periods=PERIODS,
        )

    def write(self, pcm: bytes) -> None:
        """Returns when the card has taken it, or as soon as `drop` forgot it. Raises OSError when the card is gone."""
        self._writing, self._drop_asked = True, False
        try:
            self._write_periods(memoryview(pcm))
        except self._alsa.ALSAAudioError as error:
            raise OSError(f"the loudspeaker {self._device} failed: {error}") from error
        finally:
            self._writing = False

    def _write_periods(self, left: memoryview) -> None:
        frame_bytes = 2 * self._format.channels
        tries = 0
        while left and not self._drop_asked and tries <= TRIES_MAX:
            frames = self._pcm.write(left[: PERIOD_MS * self._format.bytes_per_ms])
            tries = 0 if frames > 0 else tries + 1
            self._silent = self._silent and frames <= 0
            left = left[max(0, frames) * frame_bytes :]
        if tries > TRIES_MAX:
            raise OSError(f"the loudspeaker {self._device} takes no sound: {tries} writes in a row were refused")
        if self._drop_asked:
            self._drop_now()

    def drop(self) -> None:
        """What the card holds is not played; a write under way ends within a period."""
        self._drop_asked = True
        if not self._writing:
            self._drop_now()

    def _drop_now(self) -> None:
        self._pcm.drop()
        self._silent = True

    def delay_ms(self) -> float:
        """What is not free in the card's buffer is not audible yet; its pointers say nothing before the first write."""
        if self._silent:
            return 0.0
        free: int = self._pcm.avail()
        return max(0, self._buffer_frames - free) * 1000 / self._format.rate_hz if free >= 0 else 0.0

    def close(self) -> None:
        self._pcm.drop()  # close alone would wait until the buffer is played
        self._pcm.close()


def _alsaaudio() -> Any:
    try:
        return import_module("alsaaudio")
    except ImportError:
        raise ImportError(
            "a loudspeaker needs pyalsaaudio, which is not installed here: install it (pip install pyalsaaudio), "
            "or give SpeakerSink an object with write(bytes)"
        ) from None
