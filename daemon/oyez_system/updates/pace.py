"""So fast and not faster: how long to wait before the next piece of a download. Pure; time is an argument."""


class Pace:
    def __init__(self, rate_bytes_s: float) -> None:
        """0: as fast as it comes."""
        self._rate = rate_bytes_s
        self._due_s: float | None = None

    def wait_s(self, count: int, now_s: float) -> float:
        """After `count` bytes have come. What a slow line left over is not made up for."""
        if self._rate <= 0:
            return 0.0
        due_s = now_s if self._due_s is None else self._due_s
        self._due_s = max(due_s + count / self._rate, now_s)
        return self._due_s - now_s
