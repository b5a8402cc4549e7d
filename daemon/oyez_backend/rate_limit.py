"""A token bucket for each device: bursts are fine, a loop is not. Pure; time is an argument."""

from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    level: float
    time_s: float


class RateLimit:
    """`burst` requests at once, then `per_minute` of them a minute, counted for each device alone."""

    def __init__(self, per_minute: float, burst: int) -> None:
        self._rate_hz = per_minute / 60
        self._burst = burst
        self._buckets: dict[str, _Bucket] = {}

    def take(self, device_id: str, now_s: float) -> float | None:
        """None: go ahead. Otherwise nothing was taken, and the next request is welcome after so many seconds."""
        bucket = self._buckets.setdefault(device_id, _Bucket(self._burst, now_s))
        bucket.level = min(self._burst, bucket.level + max(0.0, now_s - bucket.time_s) * self._rate_hz)
        bucket.time_s = max(bucket.time_s, now_s)
        if bucket.level >= 1:
            bucket.level -= 1
            return None
        return (1 - bucket.level) / self._rate_hz
