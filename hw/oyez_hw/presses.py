"""What fingers mean: from contacts that bounce to short, double and long presses. Pure; time is an argument.

A level counts once it has stood for `debounce_s`, and then from the moment at which it began: what is read late is
judged by when it happened.
"""

from dataclasses import dataclass
from typing import Literal

Gesture = Literal["short", "double", "hold", "release"]
"""hold: the finger stays; a release follows. double: told with the second touch."""


@dataclass(frozen=True, slots=True)
class Timing:
    debounce_s: float = 0.02
    hold_s: float = 0.4
    double_s: float = 0.3
    """From the end of the first touch to the beginning of the second."""


@dataclass(frozen=True, slots=True)
class Told:
    gesture: Gesture
    since_s: float
    """When the finger went down; of a release: up."""


class Contact:
    """Debounces one. `level` is what it has been for long enough."""

    def __init__(self, debounce_s: float, closed: bool = False) -> None:
        self._debounce_s = debounce_s
        self.level = closed
        self._other_since_s: float | None = None

    @property
    def next_s(self) -> float | None:
        """When `at` has something to tell unless the contact changes before."""
        return None if self._other_since_s is None else self._other_since_s + self._debounce_s

    def at(self, now: float) -> float | None:
        """Since when the level is a new one; None: it is what it was."""
        if self._other_since_s is None or self.next_s is None or now < self.next_s:
            return None
        since_s, self._other_since_s = self._other_since_s, None
        self.level = not self.level
        return since_s

    def edge(self, closed: bool, time_s: float) -> None:
        """Behind `at(time_s)`."""
        if closed == self.level:
            self._other_since_s = None
        elif self._other_since_s is None:
            self._other_since_s = time_s


class Button:
    """One push button. A short press is told when no second one can follow, or at once where none is waited for."""

    def __init__(self, timing: Timing, closed: bool = False) -> None:
        """closed: held already at the start; what it is held for is not known, so that touch means nothing."""
        self._timing = timing
        self._contact = Contact(timing.debounce_s, closed)
        self._down_s: float | None = None
        self._spent = closed
        """What this touch means was told."""
        self._holding = False
        self._first: tuple[float, float] | None = None
        """Down and up of a first touch that may become a double."""

    @property
    def next_s(self) -> float | None:
        moments = [self._contact.next_s, self._hold_due_s, self._short_due_s]
        return min((moment for moment in moments if moment is not None), default=None)

    def edge(self, closed: bool, time_s: float, doubles: bool) -> list[Told]:
        """doubles: whether a second touch would mean something else."""
        told = self.at(time_s, doubles)
        self._contact.edge(closed, time_s)
        return told

    def at(self, now: float, doubles: bool) -> list[Told]:
        """What is known by now, in the order in which it happened."""
        changed_s = self._contact.at(now)
        if changed_s is None:
            return self._passes(now)
        before = self._passes(changed_s)
        return [*before, *(self._down(changed_s) if self._contact.level else self._up(changed_s, doubles)),
                *self._passes(now)]  # fmt: skip

    def let_go(self, now: float) -> list[Told]:
        """It cannot be felt any more: whoever held it holds it no longer."""
        holding, self._holding, self._spent, self._first = self._holding, False, True, None
        return [Told("release", now)] if holding else []

    @property
    def _hold_due_s(self) -> float | None:
        return None if self._down_s is None or self._spent else self._down_s + self._timing.hold_s

    @property
    def _short_due_s(self) -> float | None:
        """A second touch that began in time is known only once it is debounced."""
        if self._first is None:
            return None
        return self._first[1] + self._timing.double_s + self._timing.debounce_s

    def _passes(self, now: float) -> list[Told]:
        told: list[Told] = []
        if self._first is not None and self._short_due_s is not None and now >= self._short_due_s:
            told.append(Told("short", self._first[0]))
            self._first = None
        if self._down_s is not None and self._hold_due_s is not None and now >= self._hold_due_s:
            self._spent = self._holding = True
            told.append(Told("hold", self._down_s))
        return told

    def _down(self, time_s: float) -> list[Told]:
        self._down_s = time_s
        if self._first is None:
            self._spent = False
            return []
        first, self._first = self._first, None
        if time_s - first[1] <= self._timing.double_s:
            self._spent = True
            return [Told("double", first[0])]
        self._spent = False
        return [Told("short", first[0])]

    def _up(self, time_s: float, doubles: bool) -> list[Told]:
        down_s, self._down_s = self._down_s, None
        if self._holding:
            self._holding = False
            return [Told("release", time_s)]
        if down_s is None or self._spent:
            return []
        if doubles:
            self._first = (down_s, time_s)
            return []
        return [Told("short", down_s)]
