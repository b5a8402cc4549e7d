"""Many devices, each with its own Bidding, and a post between them that is late, disordered, or loses letters."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import hypothesis.strategies as st
from hypothesis import given

from oyez.actions_home import PlaceBid
from oyez.events_home import BidLost, BidWon
from oyez.home.bidding import EQUAL_DB, Bid, Bidding, Outcome, Send, rank

BID_S = 0.15
SPREAD_S = 0.5
"""Devices hear one phrase so far apart at most."""
PROMPT_S, LATE_S = 0.04, 0.3
"""Messages that come in time, and messages that do not but still belong to the phrase."""


@dataclass
class Device:
    name: str
    near_db: float
    heard_s: float
    engaged: bool
    frozen_s: float | None = None
    """From then on it neither reads nor sends, and does nothing."""
    told: list[tuple[float, BidWon | BidLost]] = field(default_factory=list)
    answers: bool = False
    sent: list[Bid] = field(default_factory=list)


@dataclass(frozen=True)
class Letter:
    sender: str
    reader: str
    bid: Bid


Delay = Callable[[str, str], float | None]
"""(sender, reader) -> seconds; None: lost."""


class House:
    def __init__(self, devices: list[Device], delay: Delay) -> None:
        self.devices = {device.name: device for device in devices}
        self._biddings = {device.name: Bidding(device.name, BID_S) for device in devices}
        self._delay, self._order = delay, itertools.count()
        self._due: list[tuple[float, int, str, Letter | None]] = []

    def live(self) -> "House":
        """Until nothing is under way any more."""
        for device in self.devices.values():
            self._later(device.heard_s, device.name, None)
        begun: set[str] = set()
        while self._due:
            now, _, name, letter = heapq.heappop(self._due)
            device, bidding = self.devices[name], self._biddings[name]
            if device.frozen_s is not None and now >= device.frozen_s:
                continue
            if letter is not None:
                self._act(device, bidding.heard(letter.sender, letter.bid, now), now)
            elif name not in begun:
                begun.add(name)
                order = PlaceBid("alexa", 0.9, 10.0, device.engaged, device.near_db)
                self._act(device, bidding.place(order, frozenset(self.devices) - {name}, now), now)
            elif bidding.next_s is not None and now >= bidding.next_s:
                self._act(device, bidding.passed(now), now)
        return self

    def _act(self, device: Device, outcomes: list[Outcome], now: float) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Send):
                device.sent.append(outcome.bid)
                for other in self.devices:
                    wait_s = self._delay(device.name, other) if other != device.name else None
                    if wait_s is not None:
                        self._later(now + wait_s, other, Letter(device.name, other, outcome.bid))
            else:
                device.told.append((now, outcome))
                device.answers = isinstance(outcome, BidWon)
        next_s = self._biddings[device.name].next_s
        if next_s is not None:
            self._later(next_s, device.name, None)

    def _later(self, at_s: float, name: str, letter: Letter | None) -> None:
        heapq.heappush(self._due, (at_s, next(self._order), name, letter))

    @property
    def answering(self) -> list[str]:
        return [device.name for device in self.devices.values() if device.answers and device.frozen_s is None]


devices = st.lists(
    st.tuples(
        st.floats(-60.0, 20.0).map(lambda db: round(db, 1)),
        st.floats(0.0, SPREAD_S),
        st.booleans(),
        st.sampled_from(range(8)),
    ),
    min_size=2,
    max_size=8,
    unique_by=lambda made: made[3],
).map(lambda all_of: [Device(f"d{number}", near, 100.0 + at, engaged) for near, at, engaged, number in all_of])


def told_in_time(house: House) -> bool:
    """Each is told once or, having won, once more that it lost; the first within twice bid_s."""
    return all(
        device.frozen_s is not None
        or (
            device.told[0][0] - device.heard_s <= 2 * BID_S
            and [type(what) for _, what in device.told] in ([BidWon], [BidLost], [BidWon, BidLost])
        )
        for device in house.devices.values()
    )


@given(devices, st.data())
def test_with_any_delays_in_any_order_exactly_one_answers_in_the_end(made: list[Device], data: st.DataObject) -> None:
    house = House(made, lambda *_: data.draw(st.floats(0.0, LATE_S))).live()
    assert len(house.answering) == 1
    assert told_in_time(house)


@given(devices, st.data())
def test_it_is_the_highest_of_all_that_bid(made: list[Device], data: st.DataObject) -> None:
    house = House(made, lambda *_: data.draw(st.floats(0.0, LATE_S))).live()
    bids = {rank(device.sent[0], device.name): device.name for device in made if device.sent}
    assert house.answering == [bids[max(bids)]]


@given(devices, st.data())
def test_where_all_hear_it_at_once_and_messages_are_prompt_nobody_begins_in_vain_and_the_nearest_answers(
    made: list[Device], data: st.DataObject
) -> None:
    for device in made:
        device.heard_s, device.engaged = 100.0 + (device.heard_s / SPREAD_S) * 0.1, False
    house = House(made, lambda *_: data.draw(st.floats(0.0, PROMPT_S))).live()
    begun = [device for device in made if any(isinstance(what, BidWon) for _, what in device.told)]
    assert [device.name for device in begun] == house.answering
    highest = max(made, key=lambda device: device.near_db)
    assert begun[0].near_db >= highest.near_db - EQUAL_DB


@given(devices, st.data())
def test_whatever_is_lost_somebody_answers(made: list[Device], data: st.DataObject) -> None:
    lossy = st.one_of(st.none(), st.floats(0.0, LATE_S))
    house = House(made, lambda *_: data.draw(lossy)).live()
    assert house.answering
    assert told_in_time(house)


@given(devices, st.data())
def test_one_lost_message_between_two_devices_is_made_good_by_the_next(made: list[Device], data: st.DataObject) -> None:
    loses = data.draw(st.sampled_from([(a.name, b.name) for a in made for b in made if a is not b]))
    gone: list[tuple[str, str]] = []

    def delay(sender: str, reader: str) -> float | None:
        if (sender, reader) == loses and not gone:
            gone.append(loses)
            return None
        return data.draw(st.floats(0.0, PROMPT_S))

    assert len(House(made, delay).live().answering) == 1


@given(devices, st.data())
def test_a_network_in_two_parts_has_one_that_answers_in_each(made: list[Device], data: st.DataObject) -> None:
    left = {made[0].name} | {device.name for device in made[1:-1] if data.draw(st.booleans())}

    def delay(sender: str, reader: str) -> float | None:
        return data.draw(st.floats(0.0, LATE_S)) if (sender in left) == (reader in left) else None

    answering = House(made, delay).live().answering
    assert len([name for name in answering if name in left]) == 1
    assert len([name for name in answering if name not in left]) == 1


@given(devices, st.data())
def test_where_one_freezes_at_any_moment_exactly_one_of_the_others_answers(
    made: list[Device], data: st.DataObject
) -> None:
    made[0].frozen_s = data.draw(st.floats(99.9, 101.0))
    house = House(made, lambda *_: data.draw(st.floats(0.0, PROMPT_S))).live()
    if not made[0].answers:
        assert len(house.answering) == 1
    else:  # it took the word and froze then: the others had fallen silent for it, as for one that answers
        assert len(house.answering) <= 1
    assert told_in_time(house)
