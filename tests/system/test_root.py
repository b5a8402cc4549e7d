"""The root is what the units and the tests expect: held here, because everything else stands on it."""

from pathlib import Path

import pytest

from tests.system import recipe
from tests.system.root import REPOSITORY, Root, inside, unit_place, without

LOCK = """\
first==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
firstborn==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:cc
last==3.0 \\
    --hash=sha256:dd
"""


def test_a_package_that_is_left_out_of_a_lock_file_takes_its_hashes_with_it_and_nothing_else() -> None:
    assert without(frozenset({"first"}), LOCK) == "".join(LOCK.splitlines(keepends=True)[3:])
    assert without(frozenset(), LOCK) == LOCK


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("oyez.service", "usr/lib/systemd/system/oyez.service"),
        ("oyez-update.timer", "usr/lib/systemd/system/oyez-update.timer"),
        ("oyez.sysusers", "usr/lib/sysusers.d/oyez.conf"),
        ("oyez.tmpfiles", "usr/lib/tmpfiles.d/oyez.conf"),
        ("70-oyez.rules", "usr/lib/udev/rules.d/70-oyez.rules"),
        ("README.md", None),
    ],
)
def test_each_kind_of_unit_has_its_place(name: str, place: str | None) -> None:
    assert unit_place(name) == place


def test_every_file_of_systemd_is_in_the_root(root: Root) -> None:
    ours = [path for path in (REPOSITORY / "systemd").rglob("*") if path.is_file()]
    laid = [(path, place) for path in ours if (place := unit_place(path.name))]
    assert laid, "systemd/ has no unit"
    assert all((root.folder / place).read_bytes() == path.read_bytes() for path, place in laid)


def test_the_programs_of_the_units_run_in_the_root(root: Root) -> None:
    for program in ("oyez", "oyez-hw", "oyez-backend", "oyez-local"):
        assert "usage" in inside(root.folder, [f"/opt/oyez/bin/{program}", "--help"], ["--read-only"])


def test_nothing_that_was_left_out_is_missed(root: Root) -> None:
    """What pip says is missing was left out on purpose: tools of other targets."""
    report = inside(root.folder, ["sh", "-c", "/opt/oyez/bin/python -m pip check || true"], ["--read-only"])
    missed = {line.split(" requires ")[1].split(",")[0] for line in report.splitlines() if " requires " in line}
    needed_by_the_project = {line for line in report.splitlines() if line.startswith("oyez ")}
    assert missed <= recipe.NOT_NEEDED
    assert not needed_by_the_project


def test_a_layer_is_written_to_and_the_root_is_not(root: Root, tmp_path: Path) -> None:
    with root.layer(tmp_path) as folder:
        (folder / "etc" / "written").write_text("x")
        assert (folder / "opt" / "oyez" / "bin" / "oyez").exists()
    assert not (root.folder / "etc" / "written").exists()
    assert not (tmp_path / "root" / "etc").exists()
