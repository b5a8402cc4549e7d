"""Why the last life ended is known in the next one, and how often it ended itself of late."""

from pathlib import Path
from typing import Any

import pytest

from oyez.errors import Bug, CardLost
from oyez.last_words import CRASHED, ENDED, LastWords
from oyez.lives import FILE, IN_ORDER, POWER_LOST, RESCUE, Lives


def machine(folder: Path, boot_id: str) -> Path:
    file = folder / boot_id / "proc/sys/kernel/random/boot_id"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{boot_id}\n")
    return folder / boot_id


class Told:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, name: str, body: dict[str, object]) -> None:
        self.events.append({"event": name, **body})


def test_the_first_life_has_nothing_before_it_and_an_end_in_order_is_no_event(tmp_path: Path) -> None:
    first, told = Lives(tmp_path), Told()
    with first.lived(told):
        assert first.last_end is None
    second = Lives(tmp_path)
    with second.lived(told):
        assert second.last_end == IN_ORDER
    assert (told.events, second.exit_code) == ([], 0)


def test_a_life_that_ended_for_a_card_tells_why_in_the_next_and_counts(tmp_path: Path) -> None:
    first = Lives(tmp_path, root=machine(tmp_path, "boot-1"))
    with first.lived(Told()):
        first.lost_card("the microphone is stuck", (12.5,))
    assert first.exit_code == CardLost.exit_code == 74
    second, told = Lives(tmp_path, root=machine(tmp_path, "boot-1")), Told()
    with second.lived(told):
        assert second.exits_s == (12.5,)
        assert second.shown == {"why": "the microphone is stuck", "code": 74}
    (event,) = told.events
    assert (event["kind"], event["code"]) == ("restarted", 74)
    assert "the microphone is stuck" in event["why"]


def test_an_end_in_order_may_have_a_reason_and_is_no_event(tmp_path: Path) -> None:
    first = Lives(tmp_path)
    with first.lived(Told()):
        first.ended("a board was plugged in")
    assert first.exit_code == 0
    second, told = Lives(tmp_path), Told()
    with second.lived(told):
        assert second.shown == {"why": "a board was plugged in", "code": 0}
    assert told.events == []


def test_it_knows_whether_the_next_life_will_know(tmp_path: Path) -> None:
    """A folder that is away, or a card that has become read-only."""
    for folder, remembers in ((None, False), (tmp_path / "away", False), (tmp_path, True)):
        life = Lives(folder)
        with life.lived(Told()):
            assert life.remembers is remembers


def test_another_boot_has_another_clock_and_forgets_the_exits(tmp_path: Path) -> None:
    first = Lives(tmp_path, root=machine(tmp_path, "boot-1"))
    with first.lived(Told()):
        first.lost_card("stuck", (12.5,))
    assert Lives(tmp_path, root=machine(tmp_path, "boot-2")).exits_s == ()


def test_exits_are_remembered_over_a_life_in_between(tmp_path: Path) -> None:
    root = machine(tmp_path, "boot-1")
    first = Lives(tmp_path, root=root)
    with first.lived(Told()):
        first.lost_card("stuck", (12.5,))
    with Lives(tmp_path, root=root).lived(Told()):
        pass
    assert Lives(tmp_path, root=root).exits_s == (12.5,)


@pytest.mark.parametrize(("boot_id", "why"), [("boot-1", CRASHED), ("boot-2", POWER_LOST)])
def test_a_death_without_a_word_is_told_by_whether_the_board_died_too(tmp_path: Path, boot_id: str, why: str) -> None:
    dead = Lives(tmp_path, root=machine(tmp_path, "boot-1")).lived(Told())
    dead.__enter__()
    after = Lives(tmp_path, root=machine(tmp_path, boot_id))
    assert after.last_end is not None
    assert (after.last_end.why, after.last_end.code) == (why, None)


def test_a_bug_is_named_by_its_kind_and_not_by_its_words(tmp_path: Path) -> None:
    first = Lives(tmp_path)
    with pytest.raises(ExceptionGroup), first.lived(Told()):
        raise ExceptionGroup("tasks", [ZeroDivisionError("a secret")])
    after = Lives(tmp_path).last_end
    assert after is not None
    assert (after.why, after.code) == ("a bug (ZeroDivisionError)", Bug.exit_code)
    assert b"secret" not in (tmp_path / FILE).read_bytes()


@pytest.mark.parametrize("content", [b"", b"{", b'{"end": 3}', b"\xff"])
def test_a_file_that_cannot_be_read_costs_the_reason_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert Lives(tmp_path).last_end is None


def test_without_a_folder_nothing_is_kept() -> None:
    with Lives(None).lived(Told()):
        pass
    assert Lives(None).last_end is None


def test_what_the_service_manager_knows_of_a_death_without_a_word_is_told_in_the_next_life(tmp_path: Path) -> None:
    root, words = machine(tmp_path, "boot-1"), LastWords(tmp_path)
    dead = Lives(tmp_path, root=root).lived(Told())
    dead.__enter__()
    words.silent(["scoring has been silent for 9.0 s, 5 s are allowed"])
    (tmp_path / ENDED).write_text("watchdog dumped ABRT\n")
    after, told = Lives(tmp_path, root=root, words=words), Told()
    with after.lived(told):
        pass
    assert "the watchdog ended it: scoring has been silent for 9.0 s" in told.events[0]["why"]
    assert Lives(tmp_path, root=root, words=words).last_end == IN_ORDER


def test_a_board_that_was_started_anew_to_mend_it_tells_so_and_not_that_it_lost_its_power(tmp_path: Path) -> None:
    first = Lives(tmp_path, root=machine(tmp_path, "boot-1"))
    with first.lived(Told()):
        first.lost_card("the microphone is stuck", (12.5,))
    root = machine(tmp_path, "boot-2")
    (root / RESCUE).parent.mkdir(parents=True)
    (root / RESCUE).write_text('{"boot_id": "boot-1", "step": "reboot", "why": "the daemon failed 5 times", "more": 1}')
    end = Lives(tmp_path, root=root).last_end
    assert end is not None
    assert end.why == "the board was started anew to mend it, because the daemon failed 5 times"
