"""The locker's folder: bounded, private, and not to be led astray by what else lies in it."""

import os
from pathlib import Path

import numpy as np
import pytest

from oyez.hearing.locker.clips import UnknownClip
from oyez.hearing.locker.files import UNFINISHED, ClipFolder
from tests.unit.oyez.hearing.locker.test_clips import facts

SOUND = np.arange(800, dtype=np.int16)
LIMIT = 20_000
"""Bytes: some ten clips of SOUND."""


def folder(tmp_path: Path, most_bytes: int = LIMIT) -> ClipFolder:
    return ClipFolder(tmp_path / "locker", most_bytes)


def test_a_clip_is_found_again_with_its_facts_label_and_sound(tmp_path: Path) -> None:
    clip = folder(tmp_path).keep(SOUND, facts("alexa", 0.85))
    folder(tmp_path).label("1", "false")
    (found,) = folder(tmp_path).list()
    assert (found.id, found.label, found.facts) == (clip.id, "false", facts("alexa", 0.85))
    assert (folder(tmp_path).sound(clip.id) == SOUND).all()
    assert folder(tmp_path).label(clip.id, None).label is None


def test_the_folder_stays_within_its_limit_and_the_newest_stay(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    for _ in range(40):
        kept.keep(SOUND, facts())
        assert sum(file.stat().st_size for file in (tmp_path / "locker").iterdir()) <= LIMIT
    ids = [clip.id for clip in kept.list()]
    assert ids[-1] == "000040"
    assert ids == sorted(ids)
    assert 5 < len(ids) < 40


def test_an_id_is_not_given_twice_also_after_a_restart(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    kept.clear()
    assert kept.keep(SOUND, facts()).id == "000002"
    assert folder(tmp_path).keep(SOUND, facts()).id == "000003"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder(tmp_path).keep(SOUND, facts())
    place = tmp_path / "locker"
    assert place.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in place.iterdir())


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"id": "000002"}', b"\xff" * 20_000])
def test_a_clip_whose_facts_are_damaged_is_left_out_with_a_warning(
    tmp_path: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    kept = folder(tmp_path, 10**6)
    for _ in range(2):
        kept.keep(SOUND, facts())
    (tmp_path / "locker" / "000001.json").write_bytes(broken)
    assert [clip.id for clip in kept.list()] == ["000002"]
    assert "000001" in caplog.text
    with pytest.raises(UnknownClip):
        kept.label("1", "true")


def test_a_damaged_sound_is_said_and_its_clip_can_be_deleted(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    (tmp_path / "locker" / "000001.wav").write_bytes(b"RIFF")
    with pytest.raises(UnknownClip, match="damaged"):
        kept.sound("1")
    kept.delete("1")
    assert list((tmp_path / "locker").iterdir()) == []


def test_a_link_out_of_the_folder_is_not_followed_and_its_target_not_removed(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    secret = tmp_path / "secret"
    secret.write_bytes((tmp_path / "locker" / "000001.wav").read_bytes())
    os.replace(tmp_path / "locker" / "000001.json", tmp_path / "locker" / "000007.json")
    (tmp_path / "locker" / "000007.wav").symlink_to(secret)
    assert kept.list() == []
    with pytest.raises(UnknownClip):
        kept.sound("7")
    kept.clear()
    assert secret.exists()


def test_what_is_no_clip_is_left_where_it_is(tmp_path: Path) -> None:
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    other = tmp_path / "locker" / "notes.txt"
    other.write_text("mine")
    assert kept.clear() == 1
    assert other.read_text() == "mine"


@pytest.mark.parametrize("clip", ["9", "../locker/000001", "x", ""])
def test_what_is_asked_of_an_unknown_clip_is_refused_with_a_sentence(tmp_path: Path, clip: str) -> None:
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    for asked in (kept.sound, kept.delete, lambda one: kept.label(one, "true")):
        with pytest.raises(UnknownClip, match="clip"):
            asked(clip)
    assert len(kept.list()) == 1


def test_what_was_being_written_when_the_power_went_is_swept_up(tmp_path: Path) -> None:
    for sweep in (lambda kept: kept.keep(SOUND, facts()), lambda kept: kept.clear()):
        (tmp_path / "locker").mkdir(exist_ok=True)
        left = tmp_path / "locker" / f"{UNFINISHED}x"
        left.write_bytes(b"half a sentence")
        sweep(folder(tmp_path))
        assert not left.exists()


def test_half_a_clip_makes_room_as_well(tmp_path: Path) -> None:
    """The power went between its two files."""
    kept = folder(tmp_path)
    kept.keep(SOUND, facts())
    (tmp_path / "locker" / "000001.json").unlink()
    for _ in range(20):
        kept.keep(SOUND, facts())
    assert not (tmp_path / "locker" / "000001.wav").exists()
