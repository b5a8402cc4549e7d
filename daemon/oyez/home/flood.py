"""What keeps a careless neighbour from wearing the device out: a token bucket, and a memory of orders. Pure."""

from collections import OrderedDict
from typing import Any


class TokenBucket:
    """`burst` at once, `per_s` in the long run. Time is monotonic seconds and an argument."""

    def __init__(self, per_s: float, burst: float, now: float) -> None:
        if per_s <= 0.0 or burst < 1.0:
            raise ValueError("a bucket needs per_s > 0 and burst >= 1")
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._last_s = now

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`."""
        elapsed_s = max(0.0, now - self._last_s)
        self._last_s = max(self._last_s, now)
        self._tokens = min(self._burst, self._tokens + elapsed_s * self._per_s)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Recent:
    """Orders seen lately, with the answer once there is one: the same order twice is carried out once."""

    def __init__(self, capacity: int = 64, life_s: float = 300.0) -> None:
        self._capacity = capacity
        self._life_s = life_s
        self._seen: OrderedDict[str, tuple[float, dict[str, Any] | None]] = OrderedDict()

    def add(self, key: str, now: float) -> bool:
        """True: new. False: seen less than `life_s` ago."""
        while self._seen and now - next(iter(self._seen.values()))[0] > self._life_s:
            self._seen.popitem(last=False)
        if key in self._seen:
            return False
        self.note(key, now)
        return True

    def note(self, key: str, now: float) -> None:
        """It is carried out, for the first time or again."""
        self._seen.pop(key, None)
        self._seen[key] = (now, None)
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)

    def age_s(self, key: str, now: float) -> float | None:
        """None: not seen lately."""
        return now - self._seen[key][0] if key in self._seen else None

    def settle(self, order_id: str, answer: dict[str, Any]) -> None:
        """Remembers the answer of the newest order that is still known and whose key begins with this id."""
        for key in reversed(self._seen):
            if key.startswith(f"{order_id} "):
                self._seen[key] = (self._seen[key][0], answer)
                return

    def answer(self, key: str) -> dict[str, Any] | None:
        return self._seen.get(key, (0.0, None))[1]
