"""`auto` on the machine where the daemon runs: found, still to come, or the operator's to settle."""

from pathlib import Path

import pytest

from oyez.config_here import BoardAway, load_here
from oyez.errors import ConfigError
from tests.unit.oyez_hw.machines_shown import laid_out


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "oyez.toml"
    file.write_text('[board]\nname = "auto"\n')
    return file


def test_the_board_that_is_there_is_taken(config: Path, tmp_path: Path) -> None:
    laid_out("usb-v2-six-channels", tmp_path)
    assert load_here(config, tmp_path).board.clean_channel == 0


def test_a_board_that_may_still_come_is_no_reason_to_stay_away_for_ever(config: Path, tmp_path: Path) -> None:
    """Exit code 1: systemd starts the daemon again; 78 would leave it dead until somebody looks."""
    laid_out("lite-without-card", tmp_path)
    with pytest.raises(BoardAway, match="no sound card yet") as caught:
        load_here(config, tmp_path)
    assert caught.value.exit_code == 1


def test_two_boards_are_the_operator_s(config: Path, tmp_path: Path) -> None:
    laid_out("two-usb-microphones", tmp_path)
    with pytest.raises(ConfigError) as caught:
        load_here(config, tmp_path)
    assert caught.value.exit_code == 78
