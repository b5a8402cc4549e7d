"""What was announced is found again after a restart, and where it stood before is not forgotten."""

from pathlib import Path

import pytest

from oyez.home.announced import MOST_LEFT, Announced, AnnouncedFile, Place

HERE, THERE = Place("homeassistant", "kitchen"), Place("homeassistant", "old")


def test_it_is_kept_and_found_again(tmp_path: Path) -> None:
    now = Announced(HERE, {"mute": "switch"}, (THERE,))
    AnnouncedFile(tmp_path).keep(now)
    assert AnnouncedFile(tmp_path).recall() == now


@pytest.mark.parametrize("content", [b"", b"{", b'{"place": 3}', b"\xff"])
def test_a_broken_file_is_told_and_nothing_is_known(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "announced.json").write_bytes(content)
    assert AnnouncedFile(tmp_path).recall() == Announced()
    assert "cannot be read" in caplog.text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    AnnouncedFile(tmp_path / "gone").keep(Announced(HERE))
    assert "cannot be written" in caplog.text


def test_without_a_folder_nothing_is_remembered() -> None:
    file = AnnouncedFile()
    file.keep(Announced(HERE))
    assert file.recall() == Announced()


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    """Cards wear out."""
    written: list[object] = []
    file = AnnouncedFile(tmp_path, lambda work, newest_of=None: written.append(work))
    for _ in range(3):
        file.keep(Announced(HERE))
    assert len(written) == 1


def test_a_device_that_moves_leaves_a_place_and_one_that_comes_back_leaves_it_no_more() -> None:
    before = Announced(THERE, {"mute": "switch"})
    moved = before.moved(HERE)
    assert moved == Announced(HERE, {}, (THERE,))
    assert moved.moved(HERE) == moved
    assert moved.moved(THERE) == Announced(THERE, {}, (HERE,))
    assert moved.taken_back(THERE) == Announced(HERE)


def test_so_many_places_are_remembered_and_the_oldest_is_forgotten() -> None:
    book = Announced()
    for number in range(20):
        book = book.moved(Place("homeassistant", f"d{number}"))
    assert [place.device_id for place in book.left] == [f"d{number}" for number in range(19 - MOST_LEFT, 19)]
