"""The guest does what other system tests take for granted: commands, files, and coming back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.guest import Guest
from tests.system.shell import MachineFailed


def boot_id(guest: Guest) -> str:
    return guest.run("cat /proc/sys/kernel/random/boot_id").check().out


def test_a_command_gives_its_exit_code_and_what_it_printed(guest: Guest) -> None:
    done = guest.run("echo heard; echo missed >&2; exit 3")
    assert (done.code, done.out, done.err) == (3, "heard\n", "missed\n")
    with pytest.raises(AssertionError, match="missed"):
        done.check()


def test_a_command_that_does_not_end_is_ended_with_a_sentence(guest: Guest) -> None:
    with pytest.raises(MachineFailed, match="did not end within 2 s"):
        guest.run("sleep 600", timeout_s=2.0)
    assert guest.run("true").code == 0


def test_folders_go_in_and_come_out_as_they_were(guest: Guest, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "sound.raw").write_bytes(bytes(range(256)) * 1000)
    guest.put(source, "/tmp/carried/there")
    guest.write("/tmp/carried/there/said.txt", 'it\'s "quoted"\n')
    back = guest.get("/tmp/carried/there", tmp_path / "back")
    assert (back / "inner" / "sound.raw").read_bytes() == (source / "inner" / "sound.raw").read_bytes()
    assert (back / "said.txt").read_text() == 'it\'s "quoted"\n'


def test_nothing_fails_at_boot_and_what_the_tests_need_is_there(
    guest: Guest, record_property: Callable[[str, object], None]
) -> None:
    record_property("first_boot_s", guest.boots[0])
    guest.until("systemctl is-system-running | grep -qE 'running|degraded'", 120.0)
    assert guest.run("systemctl --failed --no-legend --plain").check().out == ""
    assert "data" in guest.run("ls /srv/shared").check().out
    assert "Loopback" in guest.run("modprobe snd-aloop && cat /proc/asound/cards").check().out


def test_it_comes_back_after_a_reboot(guest: Guest) -> None:
    before = boot_id(guest)
    guest.reboot()
    assert boot_id(guest) != before


def test_a_power_cut_keeps_what_was_written_out_and_nothing_of_the_memory(guest: Guest) -> None:
    before = boot_id(guest)
    guest.run("echo kept > /var/tmp/kept && sync /var/tmp/kept /var/tmp && echo lost > /run/lost").check()
    guest.power_cut()
    assert boot_id(guest) != before
    assert guest.run("cat /var/tmp/kept").out == "kept\n"
    assert guest.run("cat /run/lost").code != 0
