"""What the lamps show of the device. Pure; time is an argument.

The rule for eyes that tell no colours apart: each mood has a rhythm or a place of its own, as lighthouses have, and no
two are alike in grey. The colour only says it once more. A red light that stands still means one thing: muted.

    dark        asleep                     nothing
    muted       the microphone is off      fixed: all lamps, red
    listening   it hears a request         isophase, 2 s: as long bright as dark; on a ring one lamp stands and points
    thinking    it waits for an answer     one light goes round; of few lamps: flashing, a short flash in 1.4 s
    speaking    it says something          occulting, 2.5 s: bright, with a short dark
    ringing     a timer has come           isophase, 0.7 s
    troubled    something is wrong         group flashing: two flashes in 4 s

Gentle: no lamp flashes more often than three times a second, whatever happens (a mood is shown for at least
SHORTEST_S), changes are ramps, and no lamp of more than one colour is ever white.
"""

import math
from dataclasses import dataclass
from typing import Literal

from oyez.view import View
from oyez_hw.ports import DARK, Colour

Mood = Literal["dark", "muted", "listening", "thinking", "speaking", "ringing", "troubled"]

COLOURS: dict[Mood, Colour] = {
    "dark": DARK,
    "muted": Colour(1.0, 0.0, 0.0),
    "listening": Colour(0.0, 0.35, 1.0),
    "thinking": Colour(0.45, 0.0, 1.0),
    "speaking": Colour(0.0, 0.9, 0.25),
    "ringing": Colour(0.8, 0.8, 0.0),
    "troubled": Colour(1.0, 0.4, 0.0),
}
PICTURE_S = 1 / 20
"""What moves is drawn so often."""
AGAIN_S = 10.0
"""What stands is drawn so often, too: a lamp that lost it by a glitch of its supply has it back."""
LIT = Colour(1.0, 1.0, 1.0)
"""Of a lamp that is on or off: its colour is its own."""
SHORTEST_S = 0.5
RAMP_S = 0.12
FEW = 3
"""With fewer lamps nothing can go round."""
Flashes = tuple[float, tuple[tuple[float, float], ...]]
FLASHES: dict[Mood, Flashes] = {
    "speaking": (2.5, ((0.0, 2.0),)),
    "ringing": (0.7, ((0.0, 0.35),)),
    "troubled": (4.0, ((0.0, 0.5), (0.9, 1.4))),
}
"""Period, and when in it they are bright."""
FEW_THINK: Flashes = (1.4, ((0.0, 0.45),))
EYE = 2.2
"""What eyes see as half as bright is so much less light: 0.5 to its power."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """How the lamps stand."""

    count: int
    ring: bool = False
    first_deg: float = 0.0
    clockwise: bool = True
    dims: bool = True
    """False: a lamp is on or off."""

    def direction_deg(self, lamp: int) -> float:
        """Of one on a ring, 0 to 360."""
        step = 360.0 * lamp / self.count
        return (self.first_deg + (step if self.clockwise else -step)) % 360.0


def mood_of(view: View) -> Mood:
    """Muted wins over everything: what else the device does can be heard."""
    if view.muted:
        return "muted"
    if view.ringing:
        return "ringing"
    if view.state != "idle":
        return view.state
    return "troubled" if view.troubles else "dark"


def brightness_of(view: View, night_brightness: float) -> float:
    """As eyes see it."""
    wanted = view.brightness or 0.0
    return min(wanted, night_brightness) if view.quiet else wanted


def picture(
    mood: Mood, fixture: Fixture, since_s: float, brightness: float, direction_deg: float | None = None
) -> list[Colour]:
    """since_s: so long the mood has been shown. brightness: as eyes see it. direction_deg: of whoever speaks, 0 the
    front, 90 the right; None: not known."""
    colour, most = COLOURS[mood], min(1.0, max(0.0, brightness))
    levels = [_level(mood, fixture, lamp, since_s, direction_deg) for lamp in range(fixture.count)]
    if not fixture.dims:
        return [LIT if level >= 0.5 and most > 0.0 else DARK for level in levels]
    return [Colour(*(part * (level * most) ** EYE for part in colour)) for level in levels]


def _level(mood: Mood, fixture: Fixture, lamp: int, since_s: float, direction_deg: float | None) -> float:
    """0 to 1, as eyes see it."""
    match mood:
        case "dark":
            return 0.0
        case "muted":
            return 1.0
        case "listening" if fixture.ring and fixture.count >= FEW and direction_deg is not None:
            return max(_points(fixture, lamp, direction_deg), 0.35 * _wave(since_s, 2.0))
        case "listening":
            return _wave(since_s, 2.0)
        case "thinking" if fixture.count >= FEW:
            return _passes_by(lamp / fixture.count, since_s / 1.8)
        case "thinking":
            return _lit(since_s, *FEW_THINK)
        case "speaking" | "ringing" | "troubled":
            return _lit(since_s, *FLASHES[mood])


def _wave(since_s: float, period_s: float) -> float:
    """Slowly up and down; bright at the beginning, so that it shows at once."""
    return 0.5 + 0.5 * math.cos(2 * math.pi * since_s / period_s)


def _lit(since_s: float, period_s: float, spans: tuple[tuple[float, float], ...]) -> float:
    """1 within the spans of each period, with ramps inside of them."""
    at_s = since_s % period_s
    return max(min(1.0, max(0.0, min(at_s - begins, ends - at_s) / RAMP_S)) for begins, ends in spans)


def _stands_s(since_s: float, period_s: float, spans: tuple[tuple[float, float], ...]) -> float:
    """So long it stays as it is; 0 on a ramp."""
    at_s = since_s % period_s
    for begins, ends in spans:
        if at_s < begins:
            return begins - at_s
        if at_s < ends:
            return max(0.0, ends - RAMP_S - at_s) if at_s >= begins + RAMP_S else 0.0
    return period_s - at_s


def _passes_by(place: float, turns: float) -> float:
    """A light that goes round, with a tail to both sides. place: 0 to 1."""
    away = abs((place - turns + 0.5) % 1.0 - 0.5)
    return max(0.0, 1.0 - away * 4.0)


def _points(fixture: Fixture, lamp: int, direction_deg: float) -> float:
    """The lamp that is nearest, and its neighbours by how near they are."""
    away_deg = abs((fixture.direction_deg(lamp) - direction_deg + 180.0) % 360.0 - 180.0)
    return max(0.0, 1.0 - away_deg / (1.5 * 360.0 / fixture.count))


class Shown:
    """Which mood is shown: what is wanted, but each for a moment at least, so that no change is a flicker."""

    def __init__(self) -> None:
        self.mood: Mood = "dark"
        self.since_s = -math.inf
        self._wanted: Mood = "dark"

    @property
    def next_s(self) -> float | None:
        """When `at` changes it."""
        return None if self._wanted == self.mood else self.since_s + SHORTEST_S

    def want(self, mood: Mood, now: float) -> None:
        self._wanted = mood
        self.at(now)

    def at(self, now: float) -> None:
        if self.next_s is not None and now >= self.next_s:
            self.mood, self.since_s = self._wanted, now

    def rests_s(self, now: float, brightness: float) -> float | None:
        """So long nothing needs to be drawn anew unless something else is wanted; None: for ever."""
        change_s = None if self.next_s is None else max(0.0, self.next_s - now)
        still_s = None if brightness <= 0.0 else self._stands_s(now)
        return min((wait_s for wait_s in (change_s, still_s) if wait_s is not None), default=None)

    def _stands_s(self, now: float) -> float | None:
        """A trouble may last for days: between its flashes nothing is drawn."""
        if self.mood in FLASHES:
            return max(PICTURE_S, _stands_s(now - self.since_s, *FLASHES[self.mood]))
        return {"dark": None, "muted": AGAIN_S}.get(self.mood, PICTURE_S)
