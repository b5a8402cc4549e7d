"""A run writes its report and remembers its figures; a figure that got worse shows and can fail the run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import tests.hardware.test_loop_back as measured

ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The loop-back of the simulated board, with a report of its own."""
    command = [sys.executable, "-m", "pytest", "--no-cov", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += [str(Path(measured.__file__)), "--board", "simulated", "-k", "round_trip or in_its_place"]
    command += ["--report", str(folder / "out"), "--history", str(folder / "history.jsonl"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.usefixtures("here")
def test_a_regression_shows_on_the_screen_in_the_report_and_in_the_exit_code(tmp_path: Path) -> None:
    first = run(tmp_path)
    assert first.returncode == 0, first.stdout
    history = tmp_path / "history.jsonl"
    (kept,) = [json.loads(line) for line in history.read_text().splitlines()]
    kept["figures"]["latency.clock_jitter_ms"] = -1.0  # as if it had been better by a millisecond
    history.write_text("".join(json.dumps(kept) + "\n" for _ in range(3)) + '{"about": {"torn')
    worse = run(tmp_path, "--fail-on-regression")
    assert worse.returncode == 1, worse.stdout
    assert "latency.clock_jitter_ms" in worse.stdout
    assert "1 line(s)" in worse.stdout
    said = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [change["figure"]["name"] for change in said["changes"]] == ["latency.clock_jitter_ms"]
    assert "and worse: -1 ms is usual" in (tmp_path / "out" / "report.html").read_text()
    assert len(history.read_text().splitlines()) == 5


@pytest.fixture
def here(pytestconfig: pytest.Config) -> None:
    """It judges the report, not a board."""
    if pytestconfig.getoption("--board", ""):
        pytest.skip("the report is tried where no board is under test")
