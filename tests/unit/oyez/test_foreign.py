"""What lies in somebody else's folder is read without harm, whatever he laid there."""

import os
from pathlib import Path

import pytest

from oyez.foreign import read_foreign, write_foreign
from oyez.last_words import CRASHED, ENDED, SILENT, LastWords
from oyez.proof import read


def test_a_plain_file_is_read_so_far_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_foreign(tmp_path / "file", 3) == b"123"


def test_a_link_a_pipe_a_folder_and_nothing_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "nothing"):
        with pytest.raises(OSError, match=r"."):
            read_foreign(tmp_path / name, 100)


def test_how_a_life_ended_is_no_way_to_other_peoples_secrets(tmp_path: Path) -> None:
    """Root tells MQTT what stands there."""
    (tmp_path / "secret").write_text("sk-of-the-backend\n")
    (tmp_path / ENDED).write_text("watchdog killed ABRT\n")
    (tmp_path / SILENT).symlink_to(tmp_path / "secret")
    assert "sk-of-the-backend" not in LastWords(tmp_path).look()
    (tmp_path / ENDED).unlink()
    (tmp_path / SILENT).unlink()
    os.mkfifo(tmp_path / ENDED)
    assert LastWords(tmp_path).look() == CRASHED


def test_a_pipe_in_the_place_of_the_proof_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "proof.json")
    assert read(tmp_path / "proof.json") is None


def test_a_link_in_the_way_of_what_is_written_is_replaced_and_not_followed(tmp_path: Path) -> None:
    secret, place = tmp_path / "secret", tmp_path / "place"
    secret.write_bytes(b"somebody's")
    place.symlink_to(secret)
    write_foreign(place, b"news")
    assert (secret.read_bytes(), place.read_bytes(), place.is_symlink()) == (b"somebody's", b"news", False)
    assert place.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    with pytest.raises(IsADirectoryError):
        write_foreign(tmp_path / "place", b"news")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(NotADirectoryError):
        write_foreign(tmp_path / "link" / "other", b"news")
    assert {path.name for path in tmp_path.iterdir()} == {"place", "link"}
