"""Pure: sound of the ears in the form in which it leaves the device."""

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.resampling import Resampler

WIRE_HZ = 24_000
PIECE_MS = 20
PIECE_BYTES = WIRE_HZ * PIECE_MS // 1000 * 2


class Tap:
    """16 kHz in; PCM16 at 24 kHz, mono, little-endian out, in pieces of 20 ms."""

    def __init__(self) -> None:
        # MQ: this is what the recogniser gets, and it is flat to the end of the band.
        self._resampler = Resampler(RATE_HZ, WIRE_HZ, "MQ")
        self._rest = b""

    @property
    def held_s(self) -> float:
        """Seconds of sound that were fed and did not fill a piece yet."""
        return self._resampler.held_s + len(self._rest) / 2 / WIRE_HZ

    def feed(self, samples: Mono) -> list[bytes]:
        """The pieces that are whole now, in order."""
        data = self._rest + self._resampler.feed(samples).astype("<i2").tobytes()
        whole = len(data) - len(data) % PIECE_BYTES
        self._rest = data[whole:]
        return [data[at : at + PIECE_BYTES] for at in range(0, whole, PIECE_BYTES)]
