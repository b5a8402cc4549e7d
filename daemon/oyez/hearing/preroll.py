"""Pure: the last seconds of sound, each sample with its time, in memory only."""

from collections import deque

import numpy as np

from oyez.hearing.mixdown import Mono


class Preroll:
    """Holds at least `seconds` once so much was put. Chunks keep their own times: a gap in the capture stays a gap."""

    def __init__(self, seconds: float, rate_hz: int = 16_000) -> None:
        self._most = round(seconds * rate_hz)
        self._rate_hz = rate_hz
        self._chunks: deque[tuple[Mono, float]] = deque()
        self._held = 0

    def put(self, samples: Mono, end_s: float) -> None:
        """`end_s`: monotonic time at which the last sample was captured. Chunks come in order."""
        self._chunks.append((samples, end_s))
        self._held += len(samples)
        while self._held - len(self._chunks[0][0]) >= self._most:
            self._held -= len(self._chunks.popleft()[0])

    @property
    def end_s(self) -> float | None:
        """When the newest sample was captured; None: nothing is held."""
        return self._chunks[-1][1] if self._chunks else None

    def since(self, time_s: float) -> Mono:
        """All that is held from that moment on, to the newest sample."""
        parts: deque[Mono] = deque()
        for samples, end_s in reversed(self._chunks):
            wanted = round((end_s - time_s) * self._rate_hz)
            if wanted <= 0:
                break
            parts.appendleft(samples[-wanted:])
        return np.concatenate(list(parts)) if parts else np.zeros(0, np.int16)

    def between(self, from_s: float, to_s: float) -> Mono:
        """What is held of that span."""
        after = len(self.since(to_s))
        sound = self.since(from_s)
        return sound[: len(sound) - after]

    def clear(self) -> None:
        """Forgets everything: what was said while muted can never be sent."""
        self._chunks.clear()
        self._held = 0
