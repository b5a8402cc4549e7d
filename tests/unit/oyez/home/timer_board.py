"""A board whose clocks, power and disk do what a test wants, with a book of timers."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from oyez.home.timer_dues import Entry, Moment
from oyez.home.timers import Kept, TimerBook

BERLIN = ZoneInfo("Europe/Berlin")
TICK_S = 5.0


def wall(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def local(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, BERLIN).isoformat(timespec="minutes")


def ids(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries]


EVENING = wall("2026-11-21T22:00")


class Board:
    """True time passes by itself; what the board's clocks say of it is another matter."""

    def __init__(self, true_s: float = EVENING) -> None:
        self.true_s, self.boots, self.booted_s = true_s, 0, true_s - 1000.0
        self.error_s, self.sure = 0.0, True
        self.book = TimerBook(self.now, zone=BERLIN)

    @property
    def now(self) -> Moment:
        return Moment(str(self.boots), self.true_s - self.booted_s, self.true_s + self.error_s, self.sure)

    def kill(self) -> None:
        """Only what was on the disk is left."""
        kept = msgspec.json.decode(msgspec.json.encode(self.book.kept()), type=Kept)
        self.book = TimerBook(self.now, kept, BERLIN)

    def power_cut(self, off_s: float, clock: str = "kept") -> None:
        """clock: what a board knows after it: `kept` by a battery, `past` as the disk remembers it, or `1970`."""
        wall_s = self.now.wall_s
        self.true_s += off_s
        self.booted_s, self.boots = self.true_s, self.boots + 1
        self.sure = False
        if clock != "kept":
            self.error_s = (wall_s if clock == "past" else 0.0) - self.true_s
        self.kill()

    def network_time(self) -> None:
        self.error_s, self.sure = 0.0, True
