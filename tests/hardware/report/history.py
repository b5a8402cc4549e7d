"""Pure: the figures of earlier runs, one a line, and whether today's are worse.

The rule. A figure is compared with the same figure of the last RUNS runs of the same board, serial, bench machine and
conditions. It is worse (or better) when it lies beyond their median by more than its tolerance and by more than
SPREADS times their usual spread: 1.4826 times the median distance from that median, which for a normal spread is its
standard deviation. Fewer than LEAST earlier runs say nothing. A figure of which neither way is better is `moved`.
"""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

import msgspec

from tests.hardware.report.run import About, Figure, Run

RUNS = 10
LEAST = 3
SPREADS = 3.0
Verdict = Literal["worse", "better", "moved"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file."""

    about: About
    counts: dict[str, int]
    figures: dict[str, float]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    figure: Figure
    usual: float
    """The median of the earlier runs."""
    spread: float
    runs: int
    verdict: Verdict

    @property
    def sentence(self) -> str:
        one = self.figure
        unit = f" {one.unit}" if one.unit else ""
        return (
            f"{one.name} is {one.value:.4g}{unit} and {self.verdict}: {self.usual:.4g}{unit} is usual "
            f"(median of {self.runs} runs, spread {self.spread:.2g})"
        )


def entry_of(run: Run) -> Entry:
    return Entry(about=run.about, counts=run.counts, figures={figure.name: figure.value for figure in run.figures})


def line(entry: Entry) -> bytes:
    return msgspec.json.encode(entry) + b"\n"


def read(text: bytes) -> tuple[list[Entry], int]:
    """(what could be read, lines that could not: a power cut leaves half of one)."""
    entries, lost = [], 0
    for one in text.splitlines():
        try:
            entries.append(msgspec.json.decode(one, type=Entry))
        except (msgspec.DecodeError, UnicodeDecodeError):
            lost += bool(one.strip())
    return entries, lost


def comparable(one: About, other: About) -> bool:
    kept = ("board", "serial", "bench", "conditions")
    return all(getattr(one, name) == getattr(other, name) for name in kept)


def compare(run: Run, earlier: Iterable[Entry]) -> list[Change]:
    """What is not as usual, the worse first."""
    like = [entry for entry in earlier if comparable(entry.about, run.about)]
    changes = [change for figure in run.figures if (change := _judged(figure, values_of(figure.name, like)))]
    return sorted(changes, key=lambda change: ("worse", "moved", "better").index(change.verdict))


def values_of(name: str, entries: Sequence[Entry]) -> list[float]:
    """Of the last RUNS that have it, the oldest first."""
    return [entry.figures[name] for entry in entries if name in entry.figures][-RUNS:]


def _judged(figure: Figure, before: Sequence[float]) -> Change | None:
    if len(before) < LEAST:
        return None
    usual = median(before)
    spread = 1.4826 * median(abs(one - usual) for one in before)
    away = figure.value - usual
    if not abs(away) > max(figure.tolerance, SPREADS * spread):
        return None
    verdict: Verdict = "moved"
    if figure.better != "neither":
        verdict = "better" if (away < 0) == (figure.better == "lower") else "worse"
    return Change(figure=figure, usual=usual, spread=spread, runs=len(before), verdict=verdict)
