"""Two are tried for a session, one first."""

import asyncio
from collections.abc import Mapping

from oyez.session.choice import Far, Order
from oyez.session.dialler import Dialled
from oyez.session.reaching import reach
from oyez_realtime.client import RealtimeClient
from oyez_realtime.state import State

SOON_S = 0.05
BOTH = Order("service", "local", SOON_S)
AWAY = OSError("No route.")


class Doors:
    """What comes of each attempt; None: it hangs."""

    def __init__(self, outcomes: Mapping[Far, Dialled | BaseException | None]) -> None:
        self._outcomes = outcomes
        self.tried: list[Far] = []
        self.given_up: list[Far] = []

    async def attempt(self, far: Far) -> Dialled | BaseException:
        self.tried.append(far)
        outcome = self._outcomes[far]
        if outcome is not None:
            return outcome
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up.append(far)
        raise AssertionError("an event that nobody sets was set")

    async def reach(self, order: Order) -> tuple[Dialled | None, dict[Far, BaseException]]:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            return await reach(group, order, self.attempt)


def session(far: Far) -> Dialled:
    return Dialled(RealtimeClient(), 0.0, 100.0, "service", far)


async def test_who_comes_in_time_is_the_only_one_who_is_tried() -> None:
    service = session("service")
    doors = Doors({"service": service, "local": session("local")})
    assert await doors.reach(BOTH) == (service, {})
    assert doors.tried == ["service"]


async def test_who_gives_up_makes_way_at_once() -> None:
    local = session("local")
    doors = Doors({"service": AWAY, "local": local})
    assert await doors.reach(Order("service", "local", 1000.0)) == (local, {"service": AWAY})


async def test_who_hangs_is_given_up_when_the_other_one_is_there() -> None:
    local = session("local")
    doors = Doors({"service": None, "local": local})
    found, why = await doors.reach(BOTH)
    assert found is local
    assert isinstance(why["service"], TimeoutError)
    assert doors.given_up == ["service"]


async def test_of_two_that_are_there_the_first_is_taken_and_the_other_one_left() -> None:
    """They come in the same moment: no session stays open that nobody holds."""
    service, local, late = session("service"), session("local"), asyncio.Event()

    async def attempt(far: Far) -> Dialled | BaseException:
        if far == "service":
            await late.wait()
            return service
        late.set()
        return local

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        found, _ = await reach(group, BOTH, attempt)
    assert found is not None
    other = local if found is service else service
    assert found.client.state is State.CONNECTING
    assert other is service or other.client.state is State.CLOSED


async def test_with_nobody_there_both_reasons_are_told() -> None:
    refused = OSError("Refused.")
    doors = Doors({"service": AWAY, "local": refused})
    assert await doors.reach(BOTH) == (None, {"service": AWAY, "local": refused})


async def test_without_a_second_the_first_has_all_the_time_that_it_takes() -> None:
    doors = Doors({"service": AWAY})
    assert await doors.reach(Order("service")) == (None, {"service": AWAY})
