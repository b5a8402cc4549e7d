"""Quiet hours go by the time of day alone, and each of their ends is told once."""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given

from oyez.config import Home
from oyez.events import QuietHours
from oyez.quiet_hours import is_quiet, sentence
from oyez.quiet_watch import QuietWatch

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("begins", "ends", "now", "quiet"),
    [
        ("22:00", "07:00", "21:59", False),
        ("22:00", "07:00", "22:00", True),
        ("22:00", "07:00", "23:59", True),
        ("22:00", "07:00", "00:00", True),
        ("22:00", "07:00", "06:59", True),
        ("22:00", "07:00", "07:00", False),
        ("13:00", "15:00", "12:59", False),
        ("13:00", "15:00", "14:59", True),
        ("13:00", "15:00", "15:00", False),
        ("00:00", "06:00", "00:00", True),
        ("22:00", "00:00", "00:00", False),
    ],
)
def test_they_hold_from_their_first_minute_until_their_last_also_over_midnight(
    begins: str, ends: str, now: str, quiet: bool
) -> None:
    assert is_quiet(begins, ends, time.fromisoformat(now)) is quiet


CLOCK = st.times().map(lambda moment: moment.strftime("%H:%M"))


@given(CLOCK, CLOCK, st.times())
def test_at_every_moment_either_the_hours_or_their_complement_are_quiet(begins: str, ends: str, now: time) -> None:
    assume(begins != ends)
    assert is_quiet(begins, ends, now) is not is_quiet(ends, begins, now)


class Clock:
    """Local time that goes on at each look, and stops the watch when it has no more to show."""

    def __init__(self, *moments: datetime) -> None:
        self._moments = list(moments)
        self.shown = asyncio.Event()

    def __call__(self) -> datetime:
        if len(self._moments) == 1:
            self.shown.set()
            return self._moments[0]
        return self._moments.pop(0)


async def told(home: Home, *moments: datetime) -> list[QuietHours]:
    facts: list[QuietHours] = []
    clock = Clock(*moments)
    watching = asyncio.create_task(QuietWatch(home, facts.append, clock, look_s=0.0).run())
    await asyncio.wait_for(clock.shown.wait(), 10)
    watching.cancel()
    await asyncio.wait([watching])
    return facts


NIGHT = Home(quiet_from="22:00", quiet_until="07:00")
BEGUN = QuietHours(True, sentence("07:00"))
OVER = QuietHours(False)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


async def test_it_is_told_at_the_start_and_at_each_end_and_never_twice() -> None:
    evening = local("2026-11-20 20:00")
    looks = [evening + timedelta(seconds=20 * number) for number in range(3 * 60 * 24)]
    assert await told(NIGHT, *looks) == [OVER, BEGUN, OVER]


async def test_a_clock_that_is_set_changes_it_at_the_next_look() -> None:
    """Set by the network after a start in 1970; set back over the beginning."""
    moments = ("1970-01-01 00:00", "2026-11-20 12:00", "2026-11-20 22:00", "2026-11-20 21:58", "2026-11-20 22:00")
    assert await told(NIGHT, *map(local, moments)) == [BEGUN, OVER, BEGUN, OVER, BEGUN]


async def test_in_the_nights_of_the_change_of_time_they_end_when_the_clock_on_the_wall_says_so() -> None:
    """In spring an hour is left out and the night is shorter, in autumn one comes twice and it is longer."""
    for day, lasts_h in (("2026-03-29", 8.0), ("2026-10-25", 10.0)):
        start = (local(f"{day} 00:00") - timedelta(hours=2)).astimezone(ZoneInfo("UTC"))
        looks = [(start + timedelta(minutes=minute)).astimezone(BERLIN) for minute in range(12 * 60)]
        assert await told(NIGHT, *looks) == [BEGUN, OVER], day
        assert sum(is_quiet("22:00", "07:00", look.time()) for look in looks) / 60 == lasts_h, day


async def test_where_there_are_none_nothing_is_told_and_nobody_looks() -> None:
    facts: list[QuietHours] = []
    await QuietWatch(Home(), facts.append, datetime.now).run()
    assert facts == []
