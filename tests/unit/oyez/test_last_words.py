"""An end without a word is named by what the service manager knows and by who was silent before it."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez.last_words import CRASHED, ENDED, SILENT, UNSEEN, LastWords, cause

MISSED = "capture has been silent for 9.0 s, 5 s are allowed"


@pytest.mark.parametrize(
    ("ended", "silent", "why"),
    [
        ("watchdog dumped ABRT", [MISSED], f"the watchdog ended it: {MISSED}"),
        ("watchdog dumped ABRT", [], f"the watchdog ended it: {UNSEEN}"),
        ("oom-kill killed KILL", [], "it was ended for want of memory"),
        ("signal killed KILL", [], "it was killed (SIGKILL)"),
        ("core-dump dumped SEGV", [MISSED], "it crashed (SIGSEGV)"),
        ("signal killed SEGV", [], "it crashed (SIGSEGV)"),
        ("exit-code exited 69", [], "it ended with exit code 69"),
        ("timeout killed TERM", [], "it took too long to start or to stop and was ended"),
        ("", [MISSED], f"it was ended, after this: {MISSED}"),
        ("", [], CRASHED),
        ("signal", [], CRASHED),
    ],
)
def test_the_cause_as_a_person_reads_it(ended: str, silent: list[str], why: str) -> None:
    assert cause(ended.split(), silent) == why


@given(st.lists(st.text(max_size=20), max_size=5), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_whatever_the_files_hold_there_is_a_cause(ended: list[str], silent: list[str]) -> None:
    assert cause(ended, silent)


def test_who_is_silent_is_written_down_at_once_and_taken_back_when_it_speaks_again(tmp_path: Path) -> None:
    words = LastWords(tmp_path)
    words.silent([MISSED])
    assert (tmp_path / SILENT).read_text() == f"{MISSED}\n"
    words.silent([])
    words.silent([])
    assert not (tmp_path / SILENT).exists()


def test_what_was_taken_is_forgotten_so_that_no_later_life_believes_it(tmp_path: Path) -> None:
    (tmp_path / ENDED).write_text("signal killed KILL\n")
    assert LastWords(tmp_path).take() == "it was killed (SIGKILL)"
    assert LastWords(tmp_path).take() == CRASHED


def test_a_folder_that_cannot_be_written_costs_the_words_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    LastWords(tmp_path / "nowhere").silent([MISSED])
    assert "cannot be written" in caplog.text
    assert LastWords(None).take() == CRASHED
