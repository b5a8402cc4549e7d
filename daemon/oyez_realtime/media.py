"""What a sink of the model's audio is, and how it is to be served."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """What every sink hears, whatever the session's output format: signed 16 bit little-endian, interleaved."""

    rate_hz: int = 24_000
    channels: int = 1

    @property
    def bytes_per_ms(self) -> int:
        return self.rate_hz * self.channels * 2 // 1000


MEDIA_FORMAT = MediaFormat()


@runtime_checkable
class Sink(Protocol):
    """Where the model's audio goes. Each is served by a task of its own: a slow one holds up nobody else.

    Called in the loop: what takes time is to be awaited, in a thread where it blocks.
    """

    async def open(self, media_format: MediaFormat) -> None:
        """Once, before anything is written. What it raises goes to the caller of `send_media_to`."""

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        """A piece of a content part, whole samples, in order. If it raises, the sink is detached and that is logged."""

    def clear(self) -> None:
        """Forget at once what was written and is not audible yet: the user has begun to speak."""

    def delay_ms(self) -> float:
        """So much of what was written is not audible yet; 0 where nobody listens."""

    async def close(self) -> None:
        """Once, when it is detached or the client closes."""


@dataclass(frozen=True, slots=True)
class MediaParameters:
    """How one sink is served. Raises ValueError for what makes no sense."""

    gain: float = 1.0
    """Factor on the samples, 0 to 16; what exceeds 16 bit is clipped."""
    tag: str = ""
    """Its name in the log; by default that of its class."""
    paced: bool = True
    """As fast as it is spoken; False: as fast as the sink takes it."""
    lead_ms: int = 200
    """So much earlier than it is due a paced sink is given its audio: it bridges a busy loop."""
    queue_max_ms: int = 180_000
    """So much may wait for the sink; a model speaks several times faster than it is heard."""
    when_full: Literal["drop_oldest", "drop_newest"] = "drop_oldest"
    on_interrupt: Literal["clear", "finish"] = "clear"
    """What becomes of the waiting audio of an answer that is interrupted."""
    truncates: bool = False
    """This sink is the one that the user hears: on an interruption the server is told how much it had played."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.gain <= 16.0:
            raise ValueError(f"gain is {self.gain}; it lies between 0 and 16")
        if not 0 <= self.lead_ms <= 10_000:
            raise ValueError(f"lead_ms is {self.lead_ms}; it lies between 0 and 10000")
        if self.when_full not in ("drop_oldest", "drop_newest"):
            raise ValueError(f"when_full is {self.when_full!r}; it is drop_oldest or drop_newest")
        if self.on_interrupt not in ("clear", "finish"):
            raise ValueError(f"on_interrupt is {self.on_interrupt!r}; it is clear or finish")
        if self.queue_max_ms < 100:
            raise ValueError(f"queue_max_ms is {self.queue_max_ms}; at least 100 ms must be able to wait")


@dataclass(frozen=True, slots=True)
class Played:
    """How far a sink got in a content part."""

    item_id: str
    content_index: int
    played_ms: int
    """From the part's beginning, rounded down."""
