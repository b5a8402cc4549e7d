"""`oyez-hw mixer`: each setting of the catalogue reaches amixer, once, and a stored state is left alone."""

from pathlib import Path

import pytest

from oyez_hw.__main__ import main
from oyez_hw.catalogue import known
from oyez_hw.commands.mixer import STORED
from tests.unit.oyez_hw.machines_shown import laid_out

BOARD = "two-mic-v1-with-seeed-driver"
SETTINGS = known()["respeaker-2mic-v1"].settings


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What amixer was told, a line each word, with --- between."""
    said = tmp_path / "said"
    amixer = tmp_path / "bin/amixer"
    amixer.parent.mkdir()
    amixer.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" --- >>{said}\n')
    amixer.chmod(0o755)
    monkeypatch.setenv("PATH", str(amixer.parent), prepend=":")
    return said


def machine(folder: Path) -> str:
    laid_out(BOARD, folder)
    return str(folder)


def told(said: Path) -> list[list[str]]:
    return [one.split("\n")[:-1] for one in said.read_text().split("---\n")[:-1]]


def test_each_setting_is_one_call_with_its_value_in_words(said: Path, tmp_path: Path) -> None:
    assert main(["mixer", "--root", machine(tmp_path / "root")]) == 0
    calls = told(said)
    assert [call[4] for call in calls] == [one.control for one in SETTINGS]
    assert ["39", "cap"] in [call[5:] for call in calls]
    assert {call[0] for call in calls} == {"-q"}


def test_a_state_that_was_stored_stays_unless_it_is_asked_for_again(said: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    machine(root)
    (root / STORED).parent.mkdir(parents=True)
    (root / STORED).write_text("state.seeed2micvoicec {\n}\n")
    assert main(["mixer", "--root", str(root)]) == 0
    assert not said.exists()
    assert main(["mixer", "--again", "--root", str(root)]) == 0
    assert len(told(said)) == len(SETTINGS)


def test_a_setting_that_the_card_has_not_is_told(
    said: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (said.parent / "bin/amixer").write_text("#!/bin/sh\necho Unable to find simple control >&2\nexit 1\n")
    assert main(["mixer", "--root", machine(tmp_path / "root")]) == 1
    assert "Left Output Mixer PCM is not set (Unable to find simple control)" in capsys.readouterr().out


def test_a_machine_without_such_a_board_is_well(said: Path, tmp_path: Path) -> None:
    assert main(["mixer", "--root", str(tmp_path / "nothing")]) == 0
    assert not said.exists()
