"""Who answers: the voice service, or the local server in the house while that is away. Pure.

Time is an argument, in monotonic seconds. An outage begins when the local server opens a session that the service did
not, and it ends with a proof: for a service that could not be reached an open door, for one that would not answer an
answer. It is told once at each end.
"""

from dataclasses import dataclass
from typing import Literal

from oyez import events as ev
from oyez.session.ending import OutOfMeans, first_of, lost
from oyez_realtime.closing import Remedy
from oyez_realtime.errors import RealtimeError, UpdateRefused

Far = Literal["service", "local"]
Away = Literal["unreachable", "refused", "unwilling"]
"""unreachable: network or backend; refused: it answers, and admits this device not; unwilling: it opens, and does not
answer: a quota, a limit, settings that it does not take."""

HOLD_S = 120.0
"""So long a service that was unwilling is left alone; then the next conversation tries it."""
SENTENCES: dict[Away, str] = {
    "unreachable": "The voice service cannot be reached. Until it is back the house answers by itself, "
    "and understands simple requests only.",
    "refused": "The voice service refuses this device, somebody should look at its key and account. Until then the "
    "house answers by itself, and understands simple requests only.",
    "unwilling": "The voice service does not answer at the moment, its quota or its limits are used up. Until it does "
    "the house answers by itself, and understands simple requests only.",
}


@dataclass(frozen=True, slots=True)
class Order:
    """Who is tried for a session."""

    first: Far
    second: Far | None = None
    after_s: float = 0.0
    """The second is tried beside the first when that has no session by then, or at once when it has given up."""

    @property
    def all(self) -> tuple[Far, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)


class Choice:
    """One for the device."""

    def __init__(self, has_local: bool, local_after_s: float) -> None:
        self._has_local, self._after_s = has_local, local_after_s
        self.away: Away | None = None
        """Why the local server answers; None: the service does."""
        self._hold_until_s = float("-inf")

    @property
    def has_local(self) -> bool:
        return self._has_local

    @property
    def door_is_proof(self) -> bool:
        """Whether an open door would end the outage."""
        return self.away in ("unreachable", "refused")

    def to_open(self, now: float) -> Order:
        """For a conversation that begins."""
        on_trial = self.away == "unwilling" and now >= self._hold_until_s
        return self._both("service" if self.away is None or on_trial else "local")

    def to_mend(self, held: Far, error: BaseException) -> Order:
        """For the next session of one that was lost. Who held it is tried first: a conversation that the local server
        has begun stays with it, whoever is back meanwhile."""
        if held == "service" and isinstance(error, OutOfMeans):
            return Order("local")  # asked again, it would fail again
        if isinstance(error, RealtimeError) and error.verdict.remedy is Remedy.STOP:
            return Order(held)  # it is there, and said goodbye
        return self._both(held)

    def _both(self, first: Far) -> Order:
        if not self._has_local:
            return Order("service")
        return Order(first, "local" if first == "service" else "service", self._after_s)

    def opened(self, far: Far, why: BaseException | None, now: float) -> list[ev.Event]:
        """A session is open and is the conversation's. why: what kept the service from it; None: nobody asked it."""
        if far == "service":
            return self._back() if self.door_is_proof else []
        if why is None:
            return []
        before, self.away = self.away, _kind(why)
        if self.away == "unwilling":
            self._hold_until_s = now + HOLD_S
        return [ev.LineFellBack(SENTENCES[self.away])] if before is None else []

    def answered(self) -> list[ev.Event]:
        """The service gave a whole answer: there is no better proof."""
        return self._back()

    def door_open(self) -> list[ev.Event]:
        """The service opened a session to one who only knocked."""
        return self._back() if self.door_is_proof else []

    def _back(self) -> list[ev.Event]:
        before, self.away = self.away, None
        return [] if before is None else [ev.LineReturned()]


def _kind(error: BaseException) -> Away:
    error = first_of(error)
    if isinstance(error, OutOfMeans | UpdateRefused):
        return "unwilling"
    return "refused" if lost(error).reason in ("token_refused", "line_refused") else "unreachable"
