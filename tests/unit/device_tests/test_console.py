"""What a device's console tells of its boots."""

import io
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.image.console import Console, Line, boots

FIRST = [
    (0.0, "U-Boot 2025.01 (Apr 01 2025)"),
    (2.0, "oyez: slot A, partition 2, order A B, left A 2 B 3"),
    (2.5, "Starting kernel ..."),
    (6.0, "Welcome to Debian GNU/Linux 13 (trixie)!"),
    (30.0, "[  OK  ] Started oyez.service - Oyez voice appliance."),
    (33.0, "[  OK  ] Finished oyez-promote.service - Oyez promote: keeps a new version, or goes back."),
]
FALLEN = [(40.0, "U-Boot 2025.01"), (41.5, "oyez: slot B, partition 3, order B A, left A 3 B 0")]


def lines(*told: tuple[float, str]) -> list[Line]:
    return [Line(at, text) for at, text in told]


def test_each_name_of_u_boot_begins_a_boot_with_its_own_milestones() -> None:
    one, other = boots(lines(*FIRST, (34.0, "oyez: something else"), *FALLEN))
    assert (one.slot, one.tries_left) == ("A", "2 3")
    assert one.reached_s == {"U-Boot": 0, "slot": 2, "kernel": 2.5, "systemd": 6, "daemon": 30, "judged": 33}
    assert (other.slot, other.tries_left, other.reached_s) == ("B", "3 0", {"U-Boot": 0, "slot": 1.5})


def test_what_comes_before_the_first_boot_belongs_to_none() -> None:
    assert boots(lines((0.0, "Welcome to Debian GNU/Linux 13 (trixie)!"))) == []


def console(text: bytes, folder: Path) -> Console:
    return Console(io.BytesIO(text), folder / "log")


def test_what_is_expected_is_found_once_and_in_order(tmp_path: Path) -> None:
    told = console(b"one\r\n\x1b[0;32mtwo\x1b[0m\r\none more\r\n", tmp_path)
    assert told.expect("one", 5) == "one"
    assert told.expect("one", 5) == "one more"
    with pytest.raises(EOFError, match="two"):
        told.expect("one", 5)
    assert (tmp_path / "log").read_bytes().count(b"\n") == 3


def test_who_waits_in_vain_is_shown_the_last_lines(tmp_path: Path) -> None:
    read, write = os.pipe()
    stream: BinaryIO = os.fdopen(read, "rb")
    told = Console(stream, tmp_path / "log")
    os.write(write, b"here\n")
    told.expect("here", 5)
    with pytest.raises(TimeoutError, match="here"):
        told.expect("there", 0.05)
    os.close(write)
