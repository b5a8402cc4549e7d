"""The order to forget everything, handed on to who does it."""

from pathlib import Path

from oyez.home.reset_request import NO_RESET, request


def test_it_is_asked_for_where_somebody_takes_it_up(tmp_path: Path) -> None:
    (tmp_path / "resettable").touch()
    assert request(tmp_path) == ""
    assert (tmp_path / "factory-reset").exists()


def test_elsewhere_nothing_is_asked_and_the_reason_is_told(tmp_path: Path) -> None:
    assert request(tmp_path) == NO_RESET
    assert request(None) == NO_RESET
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "resettable").touch()
    (tmp_path / "factory-reset").mkdir()
    assert "could not be asked for" in request(tmp_path)
