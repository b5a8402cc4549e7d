"""What was said to the device lately, told to who asks."""

from datetime import UTC, datetime, timedelta

from oyez.last_heard import MOST, LastHeard

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=10)
        return self.now


def test_nothing_heard_is_said_so() -> None:
    assert "nothing yet" in LastHeard(Clock()).told()


def test_the_newest_comes_first_with_how_long_ago_and_only_the_last_few_are_kept() -> None:
    heard = LastHeard(Clock())
    for text in ("one", "two.", "two.", "", "three", "four"):
        heard.heard(text)
    told = heard.told()
    assert told.startswith("I heard, the newest first. 10 seconds ago: four. ")
    assert told.index("four") < told.index("three") < told.index("two")
    assert "one" not in told
    assert told.count("ago") == MOST
