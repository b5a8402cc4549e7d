"""Gathers what the tests tell while they run, and writes report.html, report.json and a line of the history."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import pytest

from oyez_hw.doctor.plots import Plot as DoctorPlot
from oyez_hw.doctor.redaction import Redaction
from tests.hardware.report import history
from tests.hardware.report.page import page, verdict
from tests.hardware.report.run import About, Better, Figure, Outcome, Plot, Run

ROOT = Path(__file__).parents[3]
Record = Callable[[str, object], None]
Facts = dict[str, str]
hide = Redaction([platform.node()])
"""What a test said when it failed may name hosts and addresses, and the report is to be sent to others."""
ABOUT = pytest.StashKey[Facts]()
"""What the board under test told of itself: serial, version."""


class Figures:
    """For a test: what it measured goes into the report, and into the history from where a regression shows."""

    def __init__(self, record: Record, prefix: str = "") -> None:
        self._record, self._prefix = record, prefix

    def note(
        self, name: str, value: float, unit: str = "", *, better: Better = "neither", tolerance: float = 0.0
    ) -> None:
        """tolerance: in its unit; what differs by less from the runs before is the same."""
        figure = Figure(
            name=self._prefix + name, value=float(value), unit=unit, better=better, tolerance=float(tolerance)
        )
        self._record("figure", msgspec.to_builtins(figure))

    def plot(self, plot: DoctorPlot) -> None:
        title = f"{plot.title} ({self._prefix.rstrip('.')})" if self._prefix else plot.title
        self._record("plot", {"title": title, "caption": plot.caption, "svg": plot.svg})


class Collector:
    """A plugin of the one process that shows the results, also where others run the tests."""

    def __init__(
        self, config: pytest.Config, board: str, conditions: Mapping[str, str], folder: Path, kept: Path
    ) -> None:
        """folder: of the report. kept: the file of the history."""
        self._config, self._board, self._conditions = config, board, dict(conditions)
        self._folder, self._kept = folder, kept
        self._outcomes: dict[str, Outcome] = {}
        self._changes: list[history.Change] = []
        self._lost = 0
        self.run: Run | None = None

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (report.when != "call" and report.passed) or "tests/hardware/" not in report.nodeid:
            return
        self._outcomes[report.nodeid] = outcome_of(report)

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self._outcomes:
            return
        about = about_here(self._board, self._conditions, self._config.stash.get(ABOUT, {}))
        self.run = Run(about=about, outcomes=tuple(self._outcomes.values()))
        text = self._kept.read_bytes() if self._kept.exists() else b""
        entries, self._lost = history.read(text)
        earlier = [entry for entry in entries if history.comparable(entry.about, about)]
        self._changes = history.compare(self.run, earlier)
        self._write(self.run, earlier, torn=bool(text) and not text.endswith(b"\n"))
        if self._config.getoption("--fail-on-regression") and any(one.verdict == "worse" for one in self._changes):
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.run is None:
            return
        terminalreporter.section("bench report")
        for change in self._changes:
            terminalreporter.line(change.sentence, red=change.verdict == "worse")
        if self._lost:
            terminalreporter.line(f"{self._lost} line(s) of {self._kept} could not be read and were left out.")
        terminalreporter.line(f"{verdict(self.run, self._changes)} {self._folder / 'report.html'}, {self._kept}")

    def _write(self, run: Run, earlier: list[history.Entry], *, torn: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "report.html").write_text(page(run, self._changes, earlier), encoding="utf-8")
        said = {**run.as_json(), "changes": msgspec.to_builtins(self._changes)}
        (self._folder / "report.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        if run.figures:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            with self._kept.open("ab") as file:
                file.write(b"\n" * torn + history.line(history.entry_of(run)))


def outcome_of(report: pytest.TestReport) -> Outcome:
    told = [(name, value) for name, value in report.user_properties if isinstance(value, dict)]
    name = report.nodeid.rpartition("::")[2].removeprefix("test_")
    return Outcome(
        test=report.nodeid,
        result="failed" if report.failed else "skipped" if report.skipped else "passed",
        sentence=name.partition("[")[0].replace("_", " "),
        why=hide(_why(report)),
        took_s=round(report.duration, 2),
        figures=tuple(msgspec.convert(value, Figure) for name, value in told if name == "figure"),
        plots=tuple(msgspec.convert(value, Plot) for name, value in told if name == "plot"),
    )


def _why(report: pytest.TestReport) -> str:
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):  # of a skip: file, line, reason
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr).strip().partition("\n")[0]


def about_here(board: str, conditions: dict[str, str], told: Facts) -> About:
    return About(
        when=datetime.now().astimezone().isoformat(timespec="seconds"),
        commit=commit_of(ROOT),
        board=board,
        serial=told.get("serial", ""),
        version=told.get("version", "") or version_here(),
        bench=hashlib.sha256(platform.node().encode()).hexdigest()[:8],
        conditions=conditions,
    )


def version_here() -> str:
    try:
        return version("oyez")
    except PackageNotFoundError:
        return "unknown"


def commit_of(root: Path) -> str:
    """`unknown` where the tests are no clone."""
    try:
        sha = _git(root, "rev-parse", "--short=12", "HEAD").strip()
        return f"{sha}+" if _git(root, "status", "--porcelain", "--untracked-files=no").strip() else sha
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout
