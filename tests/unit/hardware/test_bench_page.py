"""The bench report as a page: it opens offline, says the worst first, and takes no text for HTML."""

from tests.hardware.report.history import compare, entry_of
from tests.hardware.report.page import page, verdict
from tests.hardware.report.run import About, Figure, Outcome, Plot, Run

HERE = About(when="2026-11-21", commit="abc", board="<usb>", serial="1", version="0.1.0", bench="b")


def run_of(value: float) -> Run:
    figure = Figure(name="latency.round_trip_ms", value=value, unit="ms", better="lower")
    return Run(
        about=HERE,
        outcomes=(
            Outcome(test="t::one", result="passed", sentence="one", figures=(figure,)),
            Outcome(test="t::two", result="failed", sentence="two", why="a < b"),
            Outcome(test="t::three", result="skipped", sentence="three", why="<usb> has not a mouth"),
            Outcome(
                test="t::four", result="passed", plots=(Plot(title="Trip", caption="ms", svg="<svg id='trip'></svg>"),)
            ),
        ),
    )


def test_it_tells_what_failed_what_got_worse_and_why_something_was_left_out() -> None:
    earlier = [entry_of(run_of(100.0))] * 3
    run = run_of(200.0)
    shown = page(run, compare(run, earlier), earlier)
    assert verdict(run, compare(run, earlier)) == "2 passed, 1 failed, 1 skipped; 1 figure worse than usual."
    assert shown.index("and worse: 100 ms is usual") < shown.index("a &lt; b") < shown.index("<h2>Figures</h2>")
    assert "&lt;usb&gt; has not a mouth" in shown
    assert "<usb>" not in shown
    assert "<svg id='trip'></svg>" in shown
    assert shown.count("<polyline") == 1, "the figure over the runs"


def test_it_asks_nobody_for_anything() -> None:
    shown = page(run_of(1.0), [], [])
    assert "default-src 'none'" in shown
    assert "<script" not in shown
    assert "http" not in shown.replace("http-equiv", "")


def test_the_json_has_every_test_and_no_picture() -> None:
    said = run_of(1.0).as_json()
    assert (said["ok"], said["counts"]) == (False, {"passed": 2, "failed": 1, "skipped": 1})
    assert len(said["outcomes"]) == 4
    assert all("plots" not in outcome for outcome in said["outcomes"])
