"""Ears on an async iterator of frames: no card, no clock but the frames' own times."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import numpy as np

from oyez.config import Hearing
from oyez.events import Event
from oyez.hearing.ears import Ears
from oyez.hearing.wake.engine import WakeEngine
from oyez_hw.pcm import Frame


class SilentEngine:
    """A wake word that is never heard, but on request."""

    word = "never"
    threshold = 0.5

    def __init__(self) -> None:
        self.blocks = 0
        self.resets = 0
        self.fires_at_block = -1
        self.error: Exception | None = None

    def score(self, block: np.ndarray) -> float:
        if self.error is not None:
            raise self.error
        self.blocks += 1
        return 1.0 if self.blocks == self.fires_at_block else 0.0

    def reset(self) -> None:
        self.resets += 1


@dataclass
class Rig:
    config: Hearing
    engine: WakeEngine | None = None
    rate_hz: int = 16_000
    now_s: float = 0.0
    told: list[tuple[float, Event]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda event: None
    before_frame: Callable[[int], None] = lambda at: None

    def __post_init__(self) -> None:
        self.ears = Ears(self.config, self._tell, clock=lambda: self.now_s, engine=self.engine)

    def _tell(self, event: Event) -> None:
        self.told.append((self.now_s, event))
        self.on_event(event)

    def events(self, kind: type) -> list[Event]:
        return [event for _, event in self.told if isinstance(event, kind)]

    def sound(self) -> np.ndarray:
        """All that left through the tap: int16 at 24 kHz."""
        return np.frombuffer(b"".join(self.sent), "<i2")

    async def hear(self, sound: np.ndarray, sizes: list[int] | None = None) -> None:
        """`sound`: int16 (n,) or (n, channels); cut in frames of 20 ms, or of these sizes."""
        await self.ears.run(self._frames(sound.reshape(len(sound), -1), sizes))

    async def _frames(self, sound: np.ndarray, sizes: list[int] | None) -> AsyncIterator[Frame]:
        size = self.rate_hz // 50
        edges = np.cumsum(sizes) if sizes else np.arange(size, len(sound) + 1, size)
        start = 0
        for end in edges:
            self.before_frame(start)
            begun_s = self.now_s
            self.now_s = begun_s + (int(end) - start) / self.rate_hz
            yield Frame(sound[start:end], self.rate_hz, self.now_s)
            start = int(end)
            await self.ears.settled()
