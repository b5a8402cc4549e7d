"""Requests and tokens a minute, as one account has them: shared by all sessions, refilled evenly. Pure.

A response is admitted while a request is left and its prompt fits into the tokens that are left; what it really cost is
taken off when it is done, which may leave a debt that the next ones wait for.
"""

from dataclasses import dataclass
from typing import Literal

MINUTE_S = 60.0
DEFAULT_REQUESTS = 100_000
DEFAULT_TOKENS = 1_000_000_000
"""Nobody is to be slowed down by limits that nobody asked for; they are kept all the same."""


@dataclass(frozen=True, slots=True)
class Left:
    """One line of `rate_limits.updated`."""

    name: Literal["requests", "tokens"]
    limit: int
    remaining: int
    reset_s: float
    """Until all of it is there again."""


class _Bucket:
    def __init__(self, limit: int) -> None:
        self.limit, self._level, self._at_s = limit, float(limit), 0.0

    def level(self, now_s: float) -> float:
        self._level = min(float(self.limit), self._level + max(0.0, now_s - self._at_s) * self.limit / MINUTE_S)
        self._at_s = max(now_s, self._at_s)
        return self._level

    def take(self, amount: int, now_s: float) -> None:
        self._level = self.level(now_s) - amount

    def wait_s(self, amount: int, now_s: float) -> float:
        return max(0.0, amount - self.level(now_s)) * MINUTE_S / self.limit


class RateLimits:
    """requests, tokens: a minute, at least 1."""

    def __init__(self, requests: int = DEFAULT_REQUESTS, tokens: int = DEFAULT_TOKENS) -> None:
        self._requests, self._tokens = _Bucket(requests), _Bucket(tokens)

    def admit(self, prompt_tokens: int, now_s: float) -> str | None:
        """None: go on, one request is taken. Otherwise a sentence that says what is used up and when to come back."""
        for name, bucket, amount in (("requests", self._requests, 1), ("tokens", self._tokens, prompt_tokens)):
            wait_s = bucket.wait_s(amount, now_s)
            if wait_s > 0:
                return (
                    f"Rate limit reached on {name} per min: Limit {bucket.limit}, Requested {amount}. "
                    f"Please try again in {wait_s:.3f}s."
                )
        self._requests.take(1, now_s)
        return None

    def spend(self, tokens: int, now_s: float) -> None:
        self._tokens.take(tokens, now_s)

    def left(self, now_s: float) -> list[Left]:
        return [
            Left("requests", self._requests.limit, *self._state(self._requests, now_s)),
            Left("tokens", self._tokens.limit, *self._state(self._tokens, now_s)),
        ]

    @staticmethod
    def _state(bucket: _Bucket, now_s: float) -> tuple[int, float]:
        return max(0, int(bucket.level(now_s))), round(bucket.wait_s(bucket.limit, now_s), 3)
