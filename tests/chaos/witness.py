"""Sees every fact, order and shown state of the house, and holds them against what must never happen.

A violation is written down and the chaos goes on: the end of the run tells all of them.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oyez import actions as do, events as ev
from oyez.house import House, StateShown
from oyez.state import Phase

FACTS_KEPT = 4000
GRACE_S = 0.5
LONGEST_AWAKE_S = 420.0
"""A conversation's cap, a reply that runs then, and what waits to be announced."""
STORY_FACTS = 70
STORIES_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Noted:
    at_s: float
    fact: object
    phase: Phase


class Witness:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.house: House | None = None
        self.facts: deque[Noted] = deque(maxlen=FACTS_KEPT)
        self.place = 0
        """Facts noted so far: a place to look from."""
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []
        self.stories: list[str] = []
        self.spent_since_s: float | None = None
        self.card_away_s = float("-inf")
        """When the card was last away."""
        self.asleep_since_s: float | None = 0.0
        self._tap_closed_at: int | None = 0
        self._ran: set[str] = set()
        self._kinds: Counter[str] = Counter()

    @property
    def phase(self) -> Phase:
        return Phase.ASLEEP if self.house is None else self.house.conductor.state.phase

    def note(self, fact: object) -> None:
        """The house's trace."""
        now = self._clock()
        self.facts.append(Noted(now, fact, self.phase))
        self.place += 1
        self.counts[type(fact).__name__] += 1
        match fact:
            case do.RunTool(call_id=call_id):
                self.demand(call_id not in self._ran, f"the call {call_id} was executed twice")
                self._ran.add(call_id)
            case ev.BudgetSpent(scope="day" | "month"):
                self.spent_since_s = now
            case ev.BudgetRenewed():
                self.spent_since_s = None
            case do.OpenSession() if self.spent_since_s is not None:
                late = now - self.spent_since_s > GRACE_S
                self.demand(not late, "a session was opened though the budget is spent")
            case do.CloseTap():
                self._tap_closed_at = self._tap_bytes()
            case do.OpenTap():
                unmoved = self._tap_closed_at in (None, self._tap_bytes())
                self.demand(unmoved, "sound left through a closed tap")
                self._tap_closed_at = None
            case StateShown(state=state):
                self.asleep_since_s = now if state == "idle" else None
            case do.PlayChime(name=name):
                self.counts[f"chime {name}"] += 1
            case do.Complain(kind=kind):
                self.counts[f"complaint {kind}"] += 1
            case _:
                pass

    def remark(self, text: str) -> None:
        """A fault or a person's deed: for the story, and counted."""
        self.counts[text.split(":")[0]] += 1
        self.facts.append(Noted(self._clock(), f"*** {text}", self.phase))
        self.place += 1

    def demand(self, holds: bool, otherwise: str) -> None:
        if holds:
            return
        self.violations.append(f"{self._clock():.2f} {otherwise}")
        self._kinds[kind := otherwise[:12]] += 1
        if self._kinds[kind] <= STORIES_A_KIND:
            lines = [f"{n.at_s:9.2f} {n.phase.value:10} {str(n.fact)[:190]}" for n in list(self.facts)[-STORY_FACTS:]]
            self.stories.append("\n".join([self.violations[-1], *lines]))

    def since(self, place: int) -> list[Noted]:
        fresh = min(self.place - place, len(self.facts))
        return list(self.facts)[len(self.facts) - fresh :] if fresh else []

    async def watch(self) -> None:
        """For ever: nobody stays awake for ever, no sound leaves while asleep."""
        awake_since_s = self._clock()
        while True:
            await asyncio.sleep(0.5)
            now = self._clock()
            if self.phase is Phase.ASLEEP:
                awake_since_s = now
            if now - awake_since_s > LONGEST_AWAKE_S:
                self.demand(False, f"awake for {now - awake_since_s:.0f} s: {self.phase.value}")
                awake_since_s = now
            if self._tap_closed_at is not None:
                self.demand(self._tap_closed_at == self._tap_bytes(), "sound left through a closed tap")
                self._tap_closed_at = self._tap_bytes()

    def systemd(self, text: str) -> None:
        """What the service manager is told."""
        self.counts["WATCHDOG"] += text.startswith("WATCHDOG")
        self.demand("has been silent" not in text, f"the watchdog would starve: {text}")

    def _tap_bytes(self) -> int:
        return 0 if self.house is None else self.house._ears.counters.tap_bytes


class LineLog(logging.Handler):
    """Counts how often the line went on in another session, by its own log."""

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__(logging.INFO)
        self._counts = counts

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        self._counts["sessions rotated"] += said.startswith("The session's time is nearly up")
        self._counts["sessions mended"] += said.startswith("The conversation goes on in a new session")


class Bookkeeper(logging.Handler):
    """What the device itself says that it counted: ids of responses and of what was written down, by the till's log."""

    def __init__(self, counted: Callable[[str], None]) -> None:
        super().__init__()
        self._counted = counted

    def emit(self, record: logging.LogRecord) -> None:
        arguments: Any = record.args
        if record.msg.startswith(("%s: %d tokens", "%s: written down")):
            self._counted(arguments[0])
