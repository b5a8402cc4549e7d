"""The history of figures: a regression shows, the usual spread does not, and other boards do not count."""

import msgspec
from hypothesis import given, strategies as st

from tests.hardware.report.history import LEAST, RUNS, SPREADS, Entry, compare, entry_of, line, read
from tests.hardware.report.run import About, Better, Figure, Outcome, Run

HERE = About(when="2026-11-21", commit="abc", board="usb", serial="100000001", version="0.1.0", bench="b")
VALUES = st.floats(-1e6, 1e6)
HISTORIES = st.lists(VALUES, min_size=LEAST, max_size=RUNS)


def run_of(value: float, *, better: Better = "lower", tolerance: float = 0.0, about: About = HERE) -> Run:
    figure = Figure(name="latency.round_trip_ms", value=value, unit="ms", better=better, tolerance=tolerance)
    return Run(about=about, outcomes=(Outcome(test="t", result="passed", figures=(figure,)),))


def entries(values: list[float], about: About = HERE) -> list[Entry]:
    return [entry_of(run_of(value, about=about)) for value in values]


def test_a_figure_that_gets_worse_is_told_with_what_is_usual() -> None:
    (change,) = compare(run_of(150.0, tolerance=5.0), entries([100.0, 101.0, 99.0, 100.0]))
    assert (change.verdict, change.usual, change.runs) == ("worse", 100.0, 4)
    assert "latency.round_trip_ms is 150 ms and worse: 100 ms is usual" in change.sentence


def test_which_way_is_worse_is_the_figure_s_own_word() -> None:
    before = entries([100.0, 100.0, 100.0])
    verdicts = [compare(run_of(150.0, better=better), before)[0].verdict for better in ("lower", "higher", "neither")]
    assert verdicts == ["worse", "better", "moved"]


def test_the_worse_comes_first() -> None:
    ways: tuple[tuple[str, Better], ...] = (("a", "higher"), ("b", "neither"), ("c", "lower"))
    figures = tuple(Figure(name=name, value=9.0, unit="", better=better) for name, better in ways)
    run = Run(about=HERE, outcomes=(Outcome(test="t", result="passed", figures=figures),))
    before = [Entry(about=HERE, counts={}, figures={"a": 1.0, "b": 1.0, "c": 1.0})] * LEAST
    assert [change.verdict for change in compare(run, before)] == ["worse", "moved", "better"]


@given(HISTORIES, VALUES, st.floats(0, 1e6))
def test_what_lies_within_the_tolerance_is_never_a_change(before: list[float], usual: float, tolerance: float) -> None:
    near = [usual + (1 if value > 0 else -1) * min(abs(value), tolerance / 4) for value in before]
    assert compare(run_of(usual, tolerance=tolerance), entries(near)) == []


@given(HISTORIES)
def test_a_value_that_was_seen_most_of_the_time_is_never_a_change(before: list[float]) -> None:
    steady = [before[0]] * len(before)
    assert compare(run_of(before[0]), entries(steady)) == []


@given(HISTORIES, st.floats(0.0, 1e3))
def test_a_step_beyond_tolerance_and_spread_is_always_told(before: list[float], tolerance: float) -> None:
    middle = sorted(before)[len(before) // 2]
    width = max(before) - min(before)
    (change,) = compare(run_of(middle + (SPREADS + 2) * width + tolerance + 1.0, tolerance=tolerance), entries(before))
    assert change.verdict == "worse"


@given(st.lists(VALUES, max_size=LEAST - 1), VALUES)
def test_a_few_runs_say_nothing(before: list[float], value: float) -> None:
    assert compare(run_of(value), entries(before)) == []


@given(st.sampled_from(["board", "serial", "bench"]), HISTORIES, VALUES)
def test_other_boards_benches_and_conditions_do_not_count(what: str, before: list[float], value: float) -> None:
    other = msgspec.structs.replace(HERE, **{what: "another"})
    farther = msgspec.structs.replace(HERE, conditions={"mouth": "3 m"})
    assert compare(run_of(value), entries(before, other) + entries(before, farther)) == []


@given(st.lists(VALUES, min_size=LEAST, max_size=30), VALUES)
def test_only_the_last_runs_count(before: list[float], value: float) -> None:
    assert compare(run_of(value), entries(before)) == compare(run_of(value), entries(before[-RUNS:]))


def test_a_newer_commit_is_the_same_board() -> None:
    newer = msgspec.structs.replace(HERE, commit="def", when="2027-01-01", version="0.2.0")
    assert compare(run_of(150.0, about=newer), entries([100.0] * LEAST))


@given(st.lists(VALUES, max_size=5), st.integers(0, 400))
def test_what_was_written_is_read_and_half_a_line_is_counted(values: list[float], cut: int) -> None:
    """As after a power cut: a later line is not lost with it."""
    kept = entries(values)
    text = b"".join(line(entry) for entry in kept)
    assert read(text) == (kept, 0)
    half = line(entries([1.0])[0])[: min(cut, 200)]
    whole = half.strip() != b""
    assert read(text + half + b"\n" + line(kept[0]) if kept else text + half) == (kept + kept[:1], int(whole))
