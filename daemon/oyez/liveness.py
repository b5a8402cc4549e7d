"""Who is alive: each organ gives proof now and then, and may be silent only so long. Pure; time is an argument."""

from collections.abc import Mapping


class Liveness:
    """Proofs of life on one monotonic clock, in seconds."""

    def __init__(self, allowed_silence_s: Mapping[str, float], now: float) -> None:
        """allowed_silence_s: organ -> longest silence. Until its first proof an organ is counted from `now`."""
        if any(silence <= 0.0 for silence in allowed_silence_s.values()):
            raise ValueError("an allowed silence must be longer than 0 s")
        self._allowed_s = dict(allowed_silence_s)
        self._last_s = dict.fromkeys(self._allowed_s, now)
        self._unheard = set(self._allowed_s)

    def beat(self, organ: str, now: float) -> None:
        """Proof that `organ` lived at `now`; an older proof than the last changes nothing. KeyError: unknown organ."""
        self._last_s[organ] = max(self._last_s[organ], now)
        self._unheard.discard(organ)

    def verdict(self, now: float) -> list[str]:
        """A sentence for each organ that has been silent too long; empty: all alive."""
        return [
            f"{organ} has been silent for {now - last_s:.1f} s, {self._allowed_s[organ]:g} s are allowed"
            for organ, last_s in self._last_s.items()
            if now - last_s > self._allowed_s[organ]
        ]

    def complete(self) -> bool:
        """Whether every organ has given proof at least once: the house is up."""
        return not self._unheard
