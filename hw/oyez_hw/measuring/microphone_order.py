"""Pure: whether each microphone is where it is said to be, by when it hears the loudspeaker.

From one loudspeaker only distances can be told: microphones at the same distance cannot be told from one another.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from oyez_hw.acoustics import SPEED_OF_SOUND_M_S

SAME_US = 20.0
"""7 mm of way: nearer ones are not told from one another."""
UNFIT_US = 40.0
"""An order whose times miss the places by more than this is no order of these places."""


@dataclass(frozen=True, slots=True)
class Order:
    moved: dict[int, int]
    """Channel -> the channel whose place it has; only those that are not at their own."""
    alike: tuple[tuple[int, ...], ...]
    """Channels that this loudspeaker hears alike: swapped among themselves they would look the same."""
    fits: bool
    """The times fit the places in some order; False: the places, or the loudspeaker's, are others."""
    worst_us: float

    @property
    def swapped(self) -> tuple[tuple[int, int], ...]:
        """Pairs that have each other's place."""
        return tuple(sorted((a, b) for a, b in self.moved.items() if a < b and self.moved.get(b) == a))


def expected_us(
    places_mm: Mapping[int, tuple[float, float, float]], loudspeaker_mm: tuple[float, float, float]
) -> dict[int, float]:
    """Channel -> microseconds from the loudspeaker."""
    return {
        channel: math.dist(place, loudspeaker_mm) / SPEED_OF_SOUND_M_S * 1000 for channel, place in places_mm.items()
    }


def order_of(heard_us: Mapping[int, float], wanted_us: Mapping[int, float]) -> Order:
    """heard_us: channel -> when it heard the loudspeaker; wanted_us: when it should have. Both from any beginning;
    channels that are not in both are left out (a dead one cannot be asked)."""
    channels = sorted(set(heard_us) & set(wanted_us))
    if len(channels) < 2:
        return Order({}, (), True, 0.0)
    by_place = sorted(channels, key=lambda channel: (wanted_us[channel], channel))
    by_ear = _nearest_home(sorted(channels, key=lambda channel: (heard_us[channel], channel)), by_place, wanted_us)
    away = [heard_us[ear] - wanted_us[place] for ear, place in zip(by_ear, by_place, strict=True)]
    middle = sorted(away)[len(away) // 2]
    worst = max(abs(one - middle) for one in away)
    moved = {ear: place for ear, place in zip(by_ear, by_place, strict=True) if ear != place}
    return Order(moved, _alike(by_place, wanted_us), worst <= UNFIT_US, worst)


def _alike(by_place: list[int], wanted_us: Mapping[int, float]) -> tuple[tuple[int, ...], ...]:
    """Neighbours in time nearer than SAME_US, chained."""
    groups: list[list[int]] = []
    for channel in by_place:
        if groups and wanted_us[channel] - wanted_us[groups[-1][-1]] < SAME_US:
            groups[-1].append(channel)
        else:
            groups.append([channel])
    return tuple(tuple(sorted(group)) for group in groups if len(group) > 1)


def _nearest_home(by_ear: list[int], by_place: list[int], wanted_us: Mapping[int, float]) -> list[int]:
    """The same order, but among places that are heard alike each channel keeps its own where it can."""
    result = list(by_ear)
    for group in _alike(by_place, wanted_us):
        ranks = [rank for rank, place in enumerate(by_place) if place in group]
        here = [result[rank] for rank in ranks]
        free = [channel for channel in here if channel not in group]
        for rank in ranks:
            own = by_place[rank]
            result[rank] = own if own in here else free.pop(0)
    return result
