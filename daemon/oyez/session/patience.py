"""How often and how long a session is tried to be opened, the first of a conversation or the next. Pure."""

from collections.abc import Iterator
from random import Random

from oyez.backoff import delays
from oyez.session.ending import is_worth_another_try, wants_new_token
from oyez.session.token import BackendAway

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 1.0
"""Somebody is in the middle of a sentence."""
TRIES_TO_OPEN = 3
"""Of a first session: somebody stands there and waits to hear that it will not do."""


class Patience:
    """Time is an argument, in monotonic seconds."""

    def __init__(self, now: float, for_s: float, rng: Random, tries_max: int | None = None) -> None:
        self._until_s, self._tries_max = now + for_s, tries_max
        self._waits: Iterator[float] = delays(rng, FIRST_WAIT_S, LONGEST_WAIT_S)
        self._token_refused = False
        self.tries = 0

    def bound_s(self, now: float) -> float | None:
        """So long the try that begins now may take; None: as long as it takes, there are few of them."""
        return max(0.0, self._until_s - now) if self._tries_max is None else None

    def wait_s(self, error: BaseException, owed: bool, now: float) -> float | None:
        """How long to wait before the next try, after this one (or the session) ended so; None: give up.

        The first try after a loss is made at once, and so is the first with a fresh token. owed: see
        `ending.is_worth_another_try`.
        """
        if not is_worth_another_try(error, owed):
            return None
        if wants_new_token(error):
            again, self._token_refused = not self._token_refused, True
            return self._try(0.0, now) if again else None
        asked_s = error.retry_after_s or 0.0 if isinstance(error, BackendAway) else 0.0
        wait_s = next(self._waits) if self.tries else 0.0
        return self._try(max(asked_s, wait_s), now)

    def _try(self, wait_s: float, now: float) -> float | None:
        if now + wait_s >= self._until_s or (self._tries_max is not None and self.tries >= self._tries_max):
            return None
        self.tries += 1
        return wait_s


def to_open(now: float, connect_timeout_s: float, rng: Random) -> Patience:
    """For the first session of a conversation, whose first try is being made already."""
    patience = Patience(now, connect_timeout_s, rng, TRIES_TO_OPEN)
    patience.tries = 1
    return patience


def to_mend(now: float, reconnect_s: float, rng: Random) -> Patience:
    """For the next session, after one was lost."""
    return Patience(now, reconnect_s, rng)
