"""A device set up by hand gets what its daemon calls, and nothing that only a flashed one can do."""

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run([REPOSITORY / "systemd" / "install.sh", tmp_path], check=True)
    return tmp_path


def test_users_folders_rules_and_the_daemon_are_laid_as_they_stand(root: Path) -> None:
    laid = {
        "etc/systemd/system/oyez.service": "oyez.service",
        "etc/sysusers.d/oyez.conf": "oyez.sysusers",
        "etc/tmpfiles.d/oyez.conf": "oyez.tmpfiles",
        "etc/udev/rules.d/60-oyez.rules": "60-oyez.rules",
    }
    for place, name in laid.items():
        assert (root / place).read_bytes() == (REPOSITORY / "systemd" / name).read_bytes()


def test_whatever_unit_of_ours_the_daemon_cannot_do_without_is_laid_too(root: Path) -> None:
    units = root / "etc/systemd/system"
    needed = re.findall(r"^OnFailure=(\S+)$", (units / "oyez.service").read_text(), re.M)
    assert needed
    assert all((units / name).is_file() for name in needed)


def test_nothing_of_a_flashed_device_is_laid(root: Path) -> None:
    units = {path.name for path in (root / "etc/systemd/system").iterdir()}
    assert not {name for name in units if re.search("first|update|promote|reset|trial|stick", name)}


def test_a_second_time_changes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    subprocess.run([REPOSITORY / "systemd" / "install.sh", root], check=True)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
