"""Pure: what a run of tests/hardware found, as it is written down."""

from typing import Any, Literal

import msgspec

Better = Literal["lower", "higher", "neither"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured number."""

    name: str
    """Told apart by dots: `latency.round_trip_ms`."""
    value: float
    unit: str
    better: Better = "neither"
    tolerance: float = 0.0
    """In its unit: what differs by less is the same."""


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    caption: str
    svg: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Of one test."""

    test: str
    result: Literal["passed", "failed", "skipped"]
    sentence: str = ""
    """What it proves, as its own docstring or name says."""
    why: str = ""
    """Of a skip, its reason; of a failure, its last line."""
    took_s: float = 0.0
    figures: tuple[Figure, ...] = ()
    plots: tuple[Plot, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Which run it was."""

    when: str
    """ISO 8601, by the bench machine's clock."""
    commit: str
    """Of the tests; `+` behind it: with changes that are not committed."""
    board: str
    serial: str
    """Of the Pi, or whose card it was."""
    version: str
    """Of Oyez on the board."""
    bench: str
    """Name of the machine that ran the tests."""
    conditions: dict[str, str] = {}
    """What else tells a run from others: the mouth's distance, the options."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    about: About
    outcomes: tuple[Outcome, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for outcome in self.outcomes for figure in outcome.figures)

    @property
    def counts(self) -> dict[str, int]:
        return {
            result: sum(one.result == result for one in self.outcomes) for result in ("passed", "failed", "skipped")
        }

    def as_json(self) -> dict[str, Any]:
        """Without the plots, which are in the page."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        for outcome in plain["outcomes"]:
            del outcome["plots"]
        return {"ok": not self.counts["failed"], "counts": self.counts, **plain}
