"""How many near misses are worth keeping: a television brings one every few seconds, and a card wears out. Pure."""


class Ration:
    """So many at once after a quiet time, so many an hour in the long run."""

    def __init__(self, at_once: int, per_hour: float, now_s: float) -> None:
        """now_s: monotonic, here and below."""
        self._most, self._per_s = float(at_once), per_hour / 3600.0
        self._left, self._at_s = float(at_once), now_s

    def take(self, now_s: float) -> bool:
        """Whether one more may be kept."""
        self._left = min(self._most, self._left + max(0.0, now_s - self._at_s) * self._per_s)
        self._at_s = max(self._at_s, now_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
