"""A loop that hangs is seen from another thread, and named with its place."""

import sys
import time
from pathlib import Path

from oyez.last_words import SILENT, LastWords
from oyez.sentinel import Sentinel, place


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_does_not_come_round_is_written_down_while_it_hangs_and_taken_back_after_it(tmp_path: Path) -> None:
    clock = Clock()
    sentinel = Sentinel(LastWords(tmp_path), clock, allowed_s=5.0)
    clock.now = 5.0
    sentinel._look()
    assert not (tmp_path / SILENT).exists()
    clock.now = 6.0
    sentinel._look()
    assert (tmp_path / SILENT).read_text().startswith("the loop has been silent for 6.0 s, 5 s are allowed")
    sentinel.beat()
    sentinel._look()
    assert not (tmp_path / SILENT).exists()


def test_it_looks_from_a_thread_of_its_own_while_the_loop_is_held_up(tmp_path: Path) -> None:
    sentinel = Sentinel(LastWords(tmp_path), time.monotonic, allowed_s=0.1)
    sentinel.start()
    try:
        gives_up_s = time.monotonic() + 10.0
        while not (tmp_path / SILENT).exists() and time.monotonic() < gives_up_s:
            pass
        assert "the loop has been silent" in (tmp_path / SILENT).read_text()
    finally:
        sentinel.stop()


def test_the_place_is_the_innermost_of_our_own_files() -> None:
    assert place(sys._getframe()) == "", "a test is none of them"
    seen: list[str] = []

    def words() -> float:
        seen.append(place(sys._getframe()))
        return 0.0

    Sentinel(LastWords(None), words, 1.0)
    assert seen[0].startswith(", at oyez/sentinel.py:")
