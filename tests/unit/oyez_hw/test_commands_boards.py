"""`oyez-hw board`, and the part of `oyez-hw list` that opens nothing."""

import json
from pathlib import Path

import pytest

from oyez_hw.__main__ import main
from oyez_hw.commands import boards
from oyez_hw.commands.boards import recognised
from tests.unit.oyez_hw.machines_shown import laid_out


def test_a_board_is_told_with_its_lines_for_config_txt(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", "codec-zero"]) == 0
    told = capsys.readouterr().out
    assert "dtoverlay=rpi-codeczero" in told
    assert "Lineout, -42 to 0 dB" in told
    assert "nobody has run tests/hardware on it" in told


def test_as_json_it_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", "respeaker-4mic", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)["board"]
    assert (entry["drivers"], entry["lights"]["power_line"]) == ("out of tree", 5)


def test_a_board_that_nobody_knows_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", "codek-zero"]) == 2
    assert "did you mean codec-zero?" in capsys.readouterr().err


def test_what_this_machine_shows_is_told_with_names_that_stay(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    laid_out("xvf3800-six-channels", tmp_path)
    monkeypatch.setattr(boards, "recognised", lambda: recognised(tmp_path))
    said = boards.list_boards(as_json=False)
    told = capsys.readouterr().out
    assert said["auto"] == "respeaker-xvf3800-6ch"
    assert said["boards"][0]["capture_device"] == "hw:CARD=Array,DEV=0"
    assert [card["id"] for card in said["by_id"]] == ["Array", "vc4hdmi0"]
    assert "taken by auto; unproven" in told
    assert "hw:CARD=Array" in told


def test_what_cannot_be_chosen_is_told_as_well(tmp_path: Path) -> None:
    laid_out("two-usb-microphones", tmp_path)
    assert recognised(tmp_path)[1].chosen is None
