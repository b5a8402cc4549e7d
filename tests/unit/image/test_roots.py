"""The two roots of Debian: where their packages come from, and when they are built anew."""

from dataclasses import replace
from pathlib import Path

from oyez_image import recipe
from oyez_image.roots import device_command, sources, stamp, tool_command
from oyez_image.settings import parsed

SETTINGS = parsed([], Path("/clone/build"))


def test_security_updates_are_among_the_sources() -> None:
    assert any("-security" in line for line in sources(SETTINGS, device=True).lines)


def test_a_snapshot_takes_every_package_from_that_moment() -> None:
    lines = sources(replace(SETTINGS, snapshot="20261101T000000Z"), device=True).lines
    assert all("20261101T000000Z" in line and "check-valid-until=no" in line for line in lines)


def test_raspberry_pis_archive_serves_the_device_and_not_the_tools() -> None:
    theirs = replace(SETTINGS, kernel="raspberrypi", raspberry_pi_keyring="/theirs.gpg")
    assert recipe.RASPBERRY_PI_MIRROR in " ".join(device_command(theirs, Path("x")))
    assert "--keyring=/theirs.gpg" in device_command(theirs, Path("x"))
    assert recipe.RASPBERRY_PI_MIRROR not in " ".join(tool_command(theirs, "amd64", Path("x")))


def test_a_root_is_built_anew_when_its_packages_change_and_not_for_another_version_of_the_project() -> None:
    before = stamp(device_command(SETTINGS, Path()))
    assert stamp(device_command(replace(SETTINGS, version="9.9.9", break_with="deaf"), Path())) == before
    assert stamp(device_command(replace(SETTINGS, mirror="http://near/debian"), Path())) != before


def test_the_tools_are_those_of_the_machine_that_builds() -> None:
    assert "--architectures=amd64,arm64" in tool_command(SETTINGS, "amd64", Path())
    assert "--architectures=arm64" in tool_command(SETTINGS, "arm64", Path())
