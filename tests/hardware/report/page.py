"""Pure: a run of tests/hardware as one HTML file that opens offline, in the dress of `oyez doctor`."""

from collections.abc import Sequence
from html import escape

from oyez_hw.doctor import plots as doctor_plots, svg
from oyez_hw.doctor.page import document, figure
from tests.hardware.report.history import Change, Entry, values_of
from tests.hardware.report.run import Figure, Outcome, Run

DRESS = {"worse": "trouble", "moved": "caution", "better": "advice"}


def page(run: Run, changes: Sequence[Change], earlier: Sequence[Entry]) -> str:
    """earlier: runs that may be compared with this one, the oldest first."""
    about = run.about
    facts = {"board": about.board, "serial": about.serial, "Oyez": about.version, "tests": about.commit}
    said = " · ".join(escape(f"{name} {value}") for name, value in {**facts, **about.conditions}.items() if value)
    failed = [one for one in run.outcomes if one.result == "failed"]
    plots = [doctor_plots.Plot(one.title, one.caption, one.svg) for outcome in run.outcomes for one in outcome.plots]
    plots += _curves(run, earlier)
    return document(
        "Oyez bench report",
        [
            f'<p class="about">{escape(about.when)} on {escape(about.bench)}<br>{said}</p>',
            f'<p class="verdict">{escape(verdict(run, changes))}</p>',
            *(_change(change) for change in changes),
            *(_failure(outcome) for outcome in failed),
            f"<h2>Figures</h2><table>{''.join(map(_figure_row, run.figures))}</table>" if run.figures else "",
            f'<h2>Plots</h2><div class="plots">{"".join(map(figure, plots))}</div>' if plots else "",
            f"<h2>Tests</h2><table>{''.join(map(_row, run.outcomes))}</table>",
        ],
    )


def verdict(run: Run, changes: Sequence[Change]) -> str:
    """One sentence."""
    counts = run.counts
    worse = sum(change.verdict == "worse" for change in changes)
    said = f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
    return f"{said}; {worse} figure{'' if worse == 1 else 's'} worse than usual." if worse else f"{said}."


def _change(change: Change) -> str:
    return (
        f'<article class="{DRESS[change.verdict]}"><p class="kind">{change.verdict}</p>'
        f'<p class="what">{escape(change.sentence)}</p></article>'
    )


def _failure(outcome: Outcome) -> str:
    return (
        f'<article class="trouble"><p class="kind">failed</p><p class="what">{escape(outcome.sentence)}</p>'
        f"<p><code>{escape(outcome.test)}</code><br>{escape(outcome.why)}</p></article>"
    )


def _figure_row(one: Figure) -> str:
    return f"<tr><th>{escape(one.name)}</th><td>{one.value:.4g} {escape(one.unit)}</td></tr>"


def _row(outcome: Outcome) -> str:
    said = f"skipped: {outcome.why}" if outcome.result == "skipped" else outcome.result
    return (
        f"<tr><th>{escape(said.partition(':')[0])}</th><td>{escape(outcome.sentence)}"
        f"{'<br>' + escape(outcome.why) if outcome.result == 'skipped' else ''}<br><code>{escape(outcome.test)}</code>"
        f'</td><td class="time">{outcome.took_s:.1f} s</td></tr>'
    )


def _curves(run: Run, earlier: Sequence[Entry]) -> list[doctor_plots.Plot]:
    """Each figure over the runs, today's last."""
    drawn = []
    for one in run.figures:
        values = [*values_of(one.name, earlier), one.value]
        if len(values) < 3:
            continue
        low, high = min(values), max(values)
        margin = max((high - low) * 0.1, one.tolerance, abs(high) * 0.01, 1e-9)
        across = svg.Axis("runs ago", 1.0 - len(values), 0.0, range(1 - len(values), 1))
        up = svg.Axis(escape(one.unit), low - margin, high + margin, svg.steps(low - margin, high + margin, 4))
        curve = [("", [float(number) for number in range(1 - len(values), 1)], values)]
        drawn.append(
            doctor_plots.Plot(one.name, "This run at the right, earlier ones before it.", svg.lines(across, up, curve))
        )
    return drawn
