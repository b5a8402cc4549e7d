"""The two roots of Debian: where their packages come from, and when they are built anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from oyez_image.roots import device_command, sources, stamp, tool_command
from oyez_image.settings import parsed

SETTINGS = parsed([], Path("/clone/build"))
NEAR = replace(SETTINGS, mirror="http://near/debian", security_mirror="http://near/debian-security")
THEIRS = replace(
    NEAR, kernel="raspberrypi", raspberry_pi_mirror="http://theirs/debian", raspberry_pi_keyring="/theirs.gpg"
)


def test_without_a_mirror_mmdebstrap_takes_the_usual_one() -> None:
    assert sources(SETTINGS, device=True).lines == ()
    assert device_command(SETTINGS, Path("x"))[-1] == "x"


def test_security_updates_are_among_the_sources() -> None:
    assert any("near/debian-security" in line and "-security " in line for line in sources(NEAR, device=True).lines)


def test_a_past_moment_s_old_signatures_count() -> None:
    assert all("check-valid-until=no" in line for line in sources(replace(NEAR, past=True), device=True).lines)
    assert not any("check-valid-until" in line for line in sources(NEAR, device=True).lines)


def test_raspberry_pis_archive_serves_the_device_and_not_the_tools() -> None:
    assert "http://theirs/debian" in " ".join(device_command(THEIRS, Path("x")))
    assert "--keyring=/theirs.gpg" in device_command(THEIRS, Path("x"))
    assert "http://theirs/debian" not in " ".join(tool_command(THEIRS, "amd64", Path("x")))


@pytest.mark.parametrize(
    "argv",
    [
        ["--mirror", "http://near/debian"],
        ["--past"],
        ["--kernel", "raspberrypi", "--raspberry-pi-keyring", "/theirs.gpg"],
    ],
)
def test_half_a_source_is_refused_before_anything_is_built(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parsed(argv, Path("/clone/build"))
    assert refused.value.code == 2
    assert "mirror" in capsys.readouterr().err


def test_a_root_is_built_anew_when_its_packages_change_and_not_for_another_version_of_the_project() -> None:
    before = stamp(device_command(SETTINGS, Path()))
    assert stamp(device_command(replace(SETTINGS, version="9.9.9", break_with="deaf"), Path())) == before
    assert stamp(device_command(NEAR, Path())) != before


def test_the_tools_are_those_of_the_machine_that_builds() -> None:
    assert "--architectures=amd64,arm64" in tool_command(SETTINGS, "amd64", Path())
    assert "--architectures=arm64" in tool_command(SETTINGS, "arm64", Path())
