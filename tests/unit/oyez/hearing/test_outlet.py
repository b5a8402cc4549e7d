"""The only way out of the room."""

import numpy as np
import pytest

from oyez.hearing.counters import Counters
from oyez.hearing.hold import Hold
from oyez.hearing.outlet import Outlet

BLOCK_S = 0.01


class Door:
    """An outlet that is given blocks of one value each."""

    def __init__(self) -> None:
        self.hold, self.counters = Hold(cancels=True, tail_s=0.3), Counters()
        self.outlet = Outlet(2.0, self.hold, self.counters)
        self.sent: list[bytes] = []
        self.now_s = 0.0

    def give(self, value: int, blocks: int, *, unsure: bool = False) -> None:
        for _ in range(blocks):
            self.now_s += BLOCK_S
            self.outlet.give(np.full(160, value, np.int16), self.now_s, unsure=unsure)

    def sound(self) -> np.ndarray:
        return np.frombuffer(b"".join(self.sent), "<i2")


def test_what_was_kept_goes_first_and_what_comes_follows_it() -> None:
    door = Door()
    door.give(1000, 50)
    door.outlet.open(0.25, door.sent.append)
    assert 0.25 * 24_000 - 960 <= len(door.sound()) <= 0.25 * 24_000
    door.give(1000, 25)
    sound = door.sound()
    assert len(sound) > 0.45 * 24_000
    assert np.all(np.abs(sound[1000:].astype(int) - 1000) < 20)
    assert door.counters.tap_bytes == 2 * len(sound)


def test_what_is_held_leaves_as_silence_and_can_be_repeated() -> None:
    door = Door()
    door.outlet.open(0.0, door.sent.append)
    door.hold.begin()
    door.give(1000, 50)
    assert np.abs(door.sound()).max() <= 1
    door.hold.end(door.now_s, interrupted=True)
    door.outlet.repeat(door.now_s - 0.2)
    assert np.count_nonzero(np.abs(door.sound().astype(int)) > 900) == pytest.approx(0.2 * 24_000, abs=960)


def test_a_sink_that_closes_the_outlet_gets_nothing_more() -> None:
    door = Door()
    door.give(1000, 100)

    def once(piece: bytes) -> None:
        door.sent.append(piece)
        door.outlet.close()

    door.outlet.open(0.0, once)
    door.give(1000, 10)
    assert len(door.sent) == 1
    assert not door.outlet.is_open


async def test_who_waits_on_a_closed_outlet_does_not_wait() -> None:
    await Door().outlet.passed(1e9)
