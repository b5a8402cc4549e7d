"""Learned thresholds are found again, and nothing else is taken for one."""

from pathlib import Path

import pytest

from oyez.hearing.locker.thresholds import FILE, load_thresholds, save_threshold


def test_thresholds_are_found_again_word_by_word_and_can_be_taken_back(tmp_path: Path) -> None:
    save_threshold(tmp_path, "alexa", 0.8)
    save_threshold(tmp_path, "jarvis", 0.7)
    save_threshold(tmp_path, "alexa", None)
    assert load_thresholds(tmp_path) == {"jarvis": 0.7}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"alexa": "0.5"}', b'{"alexa": 0.0}', b'{"alexa": 1.5}', b"\xff"])
def test_what_is_no_threshold_is_as_if_there_were_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert load_thresholds(tmp_path) == {}


def test_nothing_is_loaded_where_nothing_is_kept(tmp_path: Path) -> None:
    assert load_thresholds(None) == load_thresholds(tmp_path) == {}


@pytest.mark.parametrize("threshold", [0.0, 1.0, -1.0, float("nan")])
def test_what_is_no_threshold_is_not_saved(tmp_path: Path, threshold: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        save_threshold(tmp_path, "alexa", threshold)
