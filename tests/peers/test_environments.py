"""Peers are installed once as pinned, and again when the pins change; a failure is remembered and keeps its reason."""

from pathlib import Path

import pytest

from tests.peers import environments
from tests.peers.environments import CannotInstall, Environment, install_all


class Filling:
    """Fills an environment's folder with nothing, or fails."""

    def __init__(self) -> None:
        self.times = 0
        self.trouble = ""

    def __call__(self, environment: Environment) -> None:
        self.times += 1
        if self.trouble:
            raise CannotInstall(self.trouble)
        environment.folder.mkdir()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "build"


def peer(home: Path, fill: Filling) -> Environment:
    pins = home.parent / "peer.lock"
    if not pins.exists():
        pins.write_text("peer==1\n")
    return Environment("peer", (pins,), fill, home)


def test_installed_once(home: Path) -> None:
    """The second time there is nothing to do."""
    fill = Filling()
    environment = peer(home, fill)
    assert environment.why_absent() == "peer is not installed; `make test-peers` does it"
    environment.install()
    environment.install()
    assert fill.times == 1
    assert environment.why_absent() is None


def test_other_pins_are_another_environment(home: Path) -> None:
    """What was installed by old pins is made anew."""
    fill = Filling()
    environment = peer(home, fill)
    environment.install()
    environment.pinned[0].write_text("peer==2\n")
    assert environment.why_absent() is not None
    environment.install()
    assert fill.times == 2


def test_a_failure_is_the_reason_until_it_works(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No network today: said on stderr and to the tests; tomorrow it is tried again."""
    fill = Filling()
    environment = peer(home, fill)
    fill.trouble = "no network"
    install_all({"peer": environment}, [])
    assert "no network" in capsys.readouterr().err
    assert environment.why_absent() == "peer could not be installed: no network"
    fill.trouble = ""
    install_all({"peer": environment}, [])
    assert environment.why_absent() is None


def test_what_cannot_be_had_names_its_reason(home: Path) -> None:
    """The real installer's last words are the reason, and no half-made environment passes for a whole one."""
    pins = home.parent / "peer.lock"
    pins.write_text("./there-is-no-such-package\n")
    environment = Environment("peer", (pins,), environments.python_packages("--no-index"), home)
    with pytest.raises(CannotInstall, match="there-is-no-such-package"):
        environment.install()
    assert "there-is-no-such-package" in str(environment.why_absent())
