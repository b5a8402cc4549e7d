"""Lamps and buttons with physics: an eye that keeps what it saw, a supply that gives in, contacts that bounce."""

import math
import os
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from oyez_hw.crossing import Worker, guard
from oyez_hw.lamp_frames import draws_ma, within
from oyez_hw.panel_settings import ButtonLine, ButtonUse
from oyez_hw.ports import DARK, Colour, Edge, HardwareError

PERSISTENCE_S = 0.02
"""An eye takes so long to follow a lamp, nearly."""
MOST_PICTURES = 4096
"""So many are remembered: minutes of what moves."""
BOUNCE_S = 0.004
"""Push buttons mostly settle in less (a common figure for them is 1.5 ms, 6 ms at worst)."""


class SimulatedLamps:
    """What they show can be looked at as an eye would."""

    def __init__(
        self, count: int, supply_ma: float = 500.0, most_ma: float = 400.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """supply_ma: what the board's supply gives; past it the lamps dim together, and it is counted. most_ma: what
        the driver asks of it at most."""
        self._count, self._supply_ma, self._most_ma, self._clock = count, supply_ma, most_ma, clock
        self._open = False
        self.present = True
        self.overloads = 0
        """Pictures that took more than the supply gives."""
        self.writes = 0
        """Since the start: each is a frame on a bus."""
        self.pictures: deque[tuple[float, tuple[Colour, ...]]] = deque(maxlen=MOST_PICTURES)
        """(monotonic s, what the lamps gave), in order."""

    def open(self) -> None:
        self._require()
        self._open = True
        self.show([DARK] * self._count)

    def show(self, picture: Sequence[Colour]) -> None:
        self._require()
        if len(picture) != self._count:
            raise ValueError(f"the picture is for {len(picture)} lamps, and there are {self._count}")
        if not self._open:
            raise HardwareError("the simulated lamps are not open: call open() before show()")
        limited = within(picture, self._most_ma)
        self.overloads += draws_ma(limited) > self._supply_ma
        self.writes += 1
        self.pictures.append((self._clock(), tuple(within(limited, self._supply_ma))))

    def close(self) -> None:
        if self._open and self.present:
            self.show([DARK] * self._count)
        self._open = False

    @property
    def now(self) -> tuple[Colour, ...]:
        """What the lamps give at this moment."""
        return self.pictures[-1][1] if self.pictures else (DARK,) * self._count

    def seen(self, at_s: float | None = None) -> tuple[Colour, ...]:
        """What an eye sees then (monotonic; None: now): each change comes through as an exponential."""
        moment = self._clock() if at_s is None else at_s
        light, since_s = np.zeros((self._count, 3)), -math.inf
        shown = np.zeros((self._count, 3))
        for time_s, picture in [*self.pictures, (math.inf, ())]:
            until_s = min(time_s, moment)
            if since_s > -math.inf:
                light = shown + (light - shown) * math.exp(-(until_s - since_s) / PERSISTENCE_S)
            if time_s > moment:
                break
            shown, since_s = np.array(picture), time_s
        return tuple(Colour(*map(float, lamp)) for lamp in light)

    def unplug(self) -> None:
        self.present = False

    def replug(self) -> None:
        self.present = True

    def _require(self) -> None:
        if not self.present:
            raise HardwareError("the simulated lamps are gone: they were unplugged; call replug() and open them again")


class SimulatedButtons:
    """Fingers may press from any thread. Edges come as an interrupt would bring them, bounces and all."""

    def __init__(self, buttons: Sequence[ButtonLine], seed: int = 1) -> None:
        self._buttons = tuple(buttons)
        self._rng = np.random.default_rng(seed)
        self._guard = guard()
        self._edges: deque[Edge] = deque()
        self._levels = dict.fromkeys(range(len(buttons)), False)
        self._bell: int | None = None
        self.present = True

    def open(self) -> Mapping[int, bool]:
        with self._guard:
            self._require()
            if self._bell is None:
                self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            self._edges.clear()
            return dict(self._levels)

    def fileno(self) -> int:
        assert self._bell is not None
        return self._bell

    def read(self) -> Sequence[Edge]:
        with self._guard:
            if self._bell is not None and self._edges:
                os.eventfd_read(self._bell)
            self._require()
            edges = list(self._edges)
            self._edges.clear()
            return edges

    def close(self) -> None:
        with self._guard:
            if self._bell is not None:
                os.close(self._bell)
                self._bell = None

    def move(self, use: ButtonUse, closed: bool) -> Worker:
        """A finger closes or opens the first such contact, which bounces; the worker ends when it has settled."""
        place = next(place for place, button in enumerate(self._buttons) if button.use == use)
        flights_s = sorted(self._rng.uniform(0.0, BOUNCE_S, 2 * int(self._rng.integers(0, 5))))

        def bounce() -> None:
            began_s, level = time.monotonic(), closed
            self._happen(place, level)
            for flight_s in flights_s:
                time.sleep(max(0.0, began_s + flight_s - time.monotonic()))
                level = not level
                self._happen(place, level)

        return Worker(bounce, "oyez-contact")

    def _happen(self, place: int, closed: bool) -> None:
        with self._guard:
            self._levels[place] = closed
            if self._bell is not None:
                self._edges.append(Edge(place, closed, time.monotonic()))
                os.eventfd_write(self._bell, 1)

    def _require(self) -> None:
        if not self.present:
            raise HardwareError("the simulated buttons are gone: they were unplugged")
