"""What the system tests stand on: the root, built once, and the guest, booted once for the session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import install
from tests.system.appliance import Appliance
from tests.system.container import Container
from tests.system.disk import disk_of
from tests.system.fault_table import FaultTable
from tests.system.guest import Guest
from tests.system.root import Root, built

PATIENCE_S = 900
"""For one test with what it stands on: the first one may have to build the root."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
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
