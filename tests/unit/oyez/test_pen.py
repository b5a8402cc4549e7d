"""What is written beside the loop: all of it in order, bounded, and never in anybody's way.

A FIFO stands for the disk that stalls: opening it to write blocks until somebody reads.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, strategies as st

from oyez.config import Line, Money
from oyez.home.tool_record import Recorded, ToolRecord
from oyez.memory import Memory, Remembered
from oyez.pen import MOST_LINES, Pen, write_whole
from oyez.session.meter import Spending
from oyez.session.till import Till
from tests.unit.oyez.session.test_till import RESPONSE, TODAY

PATIENT_S = 10.0


class Stalled:
    """A disk that does not answer until it is let go."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._path = path
        self._end: int | None = None

    def let_go(self) -> None:
        if self._end is None:
            self._end = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)

    def touch(self) -> None:
        """What a write to this disk does."""
        os.close(os.open(self._path, os.O_WRONLY))


@pytest.fixture
def stalled(tmp_path: Path) -> Iterator[Stalled]:
    disk = Stalled(tmp_path / "disk")
    yield disk
    disk.let_go()


def until(true: Callable[[], bool]) -> None:
    over_s = time.monotonic() + PATIENT_S
    while not true():
        assert time.monotonic() < over_s, "it never came true"
        time.sleep(0.001)


def held_up(disk: Stalled) -> Pen:
    """A pen whose hand hangs in a write; nothing waits yet."""
    pen = Pen()
    pen.later(disk.touch)
    until(lambda: pen.waiting == 0)
    return pen


@given(st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.integers()), max_size=40))
def test_lines_keep_their_order_and_the_last_version_of_a_file_is_always_written(
    orders: list[tuple[str | None, int]],
) -> None:
    pen = Pen()
    lines: list[int] = []
    files: dict[str, int] = {}
    for name, value in orders:
        if name is None:
            pen.later(lambda value=value: lines.append(value))  # type: ignore[misc]
        else:
            pen.later(lambda name=name, value=value: files.update({name: value}), newest_of=name)  # type: ignore[misc]
    assert pen.flush(PATIENT_S)
    assert lines == [value for name, value in orders if name is None]
    assert files == {name: value for name, value in orders if name is not None}


def test_while_the_disk_stalls_one_version_of_a_file_waits_and_so_many_lines(stalled: Stalled) -> None:
    pen = held_up(stalled)
    done: list[int] = []
    for number in range(500):
        pen.later(lambda number=number: done.append(number))  # type: ignore[misc]
        pen.later(lambda number=number: done.append(-number), newest_of="file")  # type: ignore[misc]
    assert pen.waiting == MOST_LINES + 1
    assert pen.given_up == 500 - MOST_LINES
    stalled.let_go()
    assert pen.flush(PATIENT_S)
    assert done == [-499, *range(500 - MOST_LINES, 500)]


def test_the_end_does_not_wait_for_a_disk_that_never_answers(
    stalled: Stalled, caplog: pytest.LogCaptureFixture
) -> None:
    pen = held_up(stalled)
    pen.later(lambda: None)
    assert not pen.flush(0.0)
    assert "2 of the last changes are not written" in caplog.text


def test_work_that_fails_is_told_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    pen, done = Pen(), list[str]()
    nothing: dict[str, str] = {}
    pen.later(lambda: done.append(nothing["nothing"]))
    pen.later(lambda: done.append("next"))
    assert pen.flush(PATIENT_S)
    assert done == ["next"]
    assert "KeyError" in caplog.text


@pytest.fixture
def without_threads() -> Iterator[None]:
    """The kernel refuses them: no address space has room for such a stack."""
    before = threading.stack_size(1 << 46)
    yield
    threading.stack_size(before)


@pytest.mark.usefixtures("without_threads")
def test_where_no_thread_is_to_be_had_what_was_to_be_written_is_written_before_that_is_told() -> None:
    """A life that ends because there are too many tasks must be able to say so."""
    pen, done = Pen(), list[str]()
    with pytest.raises(RuntimeError, match="thread"):
        pen.later(lambda: done.append("why it ended"), newest_of="life")
    assert done == ["why it ended"]
    assert pen.flush(0.0)


def test_the_till_counts_on_while_its_file_cannot_be_written(tmp_path: Path) -> None:
    """Without the pen this test hangs: the till's own file is the disk that stalls."""
    disk, pen = Stalled(tmp_path / "spending.new"), Pen()
    till = Till(Money(budget_day=100.0), Line(), tmp_path, lambda told: None, lambda: TODAY, later=pen.later)
    for _ in range(7):
        till.usage(RESPONSE)
    assert Decimal(till.report()["today"]) == 7 * Decimal("0.128")
    assert not pen.flush(0.0)
    disk.let_go()
    assert pen.flush(PATIENT_S)


def test_what_was_set_last_is_what_is_remembered_however_long_the_disk_took(tmp_path: Path, stalled: Stalled) -> None:
    """Muted, then unmuted and muted again: what waits is not mistaken for what is written."""
    memory = Memory(tmp_path)
    memory.keep(Remembered(muted=True))
    pen = held_up(stalled)
    for muted in (False, True):
        memory.keep(Remembered(muted=muted), pen.later)
    stalled.let_go()
    assert pen.flush(PATIENT_S)
    assert Memory(tmp_path).recall() == Remembered(muted=True)


def test_what_was_not_changed_is_not_written_again(tmp_path: Path, stalled: Stalled) -> None:
    """Nor while it still waits: a card is not worn out."""
    memory, pen = Memory(tmp_path), held_up(stalled)
    memory.keep(Remembered(muted=True), pen.later)
    assert pen.waiting == 1
    memory.keep(Remembered(muted=True), lambda work, newest_of=None: pytest.fail("it is on its way"))


def test_a_file_that_could_not_be_written_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "not yet there"
    memory, pen = Memory(folder), Pen()
    memory.keep(Remembered(muted=True), pen.later)
    assert pen.flush(PATIENT_S)
    folder.mkdir()
    memory.keep(Remembered(muted=True), pen.later)
    assert pen.flush(PATIENT_S)
    assert Memory(folder).recall().muted


def test_tool_calls_are_recorded_in_their_order_once_the_disk_answers(tmp_path: Path, stalled: Stalled) -> None:
    pen = held_up(stalled)
    record = ToolRecord(tmp_path, pen.later)
    for name in ("first", "second"):
        record.write(Recorded(at=datetime(2026, 3, 30, tzinfo=UTC), tool=name, arguments={}, outcome="ok"))
    assert not (tmp_path / "tool-calls.jsonl").exists()
    stalled.let_go()
    assert pen.flush(PATIENT_S)
    lines = (tmp_path / "tool-calls.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["tool"] for line in lines] == ["first", "second"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "spending.json"
    for amount in (1, 22):
        write_whole(path, msgspec.json.encode(Spending(day=Decimal(amount))))
    assert msgspec.json.decode(path.read_bytes(), type=Spending).day == 22
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_way_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """Root writes into folders that belong to the daemon."""
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "told.new").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic"):
        write_whole(tmp_path / "told.json", b"told")
    assert precious.read_bytes() == b"precious"
    assert not (tmp_path / "told.json").exists()
