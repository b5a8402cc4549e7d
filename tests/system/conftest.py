"""What the system tests stand on: the root, built once, and the guest, booted once for the session.

What a test measures it says by `record_property(name, value)`: at the end all of it is shown as a table, kept in
build/system/figures.json, and beside it how long each part took.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import install
from tests.system.appliance import Appliance
from tests.system.container import Container
from tests.system.disk import disk_of
from tests.system.fault_table import FaultTable
from tests.system.guest import Guest
from tests.system.root import BUILD, Root, built

PATIENCE_S = 1800
"""For one test with what it stands on: the first one may have to build the root."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def root() -> Root:
    """The root for containers and the guest; skips with the reason where it cannot be made."""
    if reason := install.why_not():
        pytest.skip(reason)
    return built()


@pytest.fixture(scope="session")
def guest(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A running guest; who changes what others may stumble over (units, modules, files) puts it back."""
    with Guest(disk_of(root), tmp_path_factory.mktemp("guest")) as made:
        yield made


@pytest.fixture(scope="module")
def container(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A running container, for the tests of one file."""
    with Container(root, tmp_path_factory.mktemp("container")) as made:
        yield made


@pytest.fixture
def appliance(container: Container) -> Appliance:
    """Set up in the container, and not started."""
    made = Appliance(container)
    made.set_up()
    return made


@pytest.fixture(scope="session")
def faults() -> FaultTable:
    return FaultTable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each file took, and the figures."""
    took: defaultdict[str, float] = defaultdict(float)
    figures: dict[str, dict[str, object]] = {}
    for outcome in ("passed", "failed", "skipped", ""):
        for report in terminalreporter.getreports(outcome):
            if not str(report.nodeid).startswith("tests/system/"):
                continue
            took[report.nodeid.partition("::")[0]] += getattr(report, "duration", 0.0)
            if report.when == "call" and report.user_properties:
                figures[report.nodeid.partition("::")[2]] = dict(report.user_properties)
    if not took:
        return
    terminalreporter.section("how long each part took")
    for name, seconds in took.items():
        terminalreporter.write_line(f"{seconds:7.0f} s  {name}")
    if figures:
        terminalreporter.section("figures")
        for name, values in figures.items():
            terminalreporter.write_line(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
        kept = BUILD / "figures.json"
        known = json.loads(kept.read_text()) if kept.is_file() else {}
        kept.write_text(json.dumps({**known, **figures}, indent=1, sort_keys=True) + os.linesep)
