"""The keeper of timers: nothing is confirmed before it is on the disk, and everybody is told what became of it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from oyez.events import TimerDue, TimerGone
from oyez.home.deeds import CancelTimer, SetTimer
from oyez.home.machine_clock import MachineClock
from oyez.home.timekeeper import MOST_SHOWN, Timekeeper
from oyez.home.timer_file import NAME
from oyez.home.timer_tools import timer_tools
from oyez.pen import Later, Pen, at_once
from tests.unit.oyez.home.test_timers import BERLIN, Board

PATIENT_S = 10.0


class House:
    """Those around it: what they were told, in order."""

    def __init__(self, board: Board, folder: Path | None, later: Later = at_once, publish_text: bool = False) -> None:
        self.board, self.told = board, list[Any]()
        self._changed = asyncio.Event()
        self.changes = 0
        self.keeper = Timekeeper(
            lambda: board.now,
            folder,
            self._note,
            self,
            publish_text,
            self._count,
            later,
            BERLIN,
        )

    def emit(self, name: str, body: Mapping[str, Any]) -> None:
        self._note((name, body["what"], body["id"], body["label"]))

    def answer(self, order_id: str | None, ok: bool, why: str = "") -> None:
        self._note((order_id, ok, why))

    def _count(self) -> None:
        self.changes += 1

    def _note(self, fact: Any) -> None:
        self.told.append(fact)
        self._changed.set()

    async def until(self, fact: Any) -> None:
        async with asyncio.timeout(PATIENT_S):
            while fact not in self.told:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def house(
    folder: Path | None, board: Board | None = None, later: Later = at_once, publish_text: bool = False
) -> AsyncIterator[House]:
    made = House(board or Board(), folder, later, publish_text)
    running = asyncio.create_task(made.keeper.run(), name="timekeeper")
    try:
        yield made
        assert not running.done(), running.result()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_an_order_is_answered_and_told_when_it_is_on_the_disk_and_not_before(tmp_path: Path) -> None:
    """A FIFO stands for the disk that stalls: opening it to write blocks until somebody reads."""
    os.mkfifo(tmp_path / "timers.new")
    pen = Pen()
    async with house(tmp_path, later=pen.later) as it:
        it.keeper.set_as_ordered(SetTimer(60, None, "eggs", "e"))
        it.keeper.set_as_ordered(SetTimer(90, None, "", None))
        assert it.keeper.report()["timers_count"] == 2
        for _ in range(20):
            await asyncio.sleep(0)
        assert it.told == []
        reader = os.open(tmp_path / "timers.new", os.O_RDONLY | os.O_NONBLOCK)
        await it.until(("timer", "set", "t1", ""))
        assert it.told[:2] == [("timer", "set", "e", "eggs"), ("e", True, it.told[1][2])]
        os.close(reader)
    pen.flush()


async def test_a_disk_that_cannot_be_written_is_told_with_the_answer(tmp_path: Path) -> None:
    (tmp_path / "timers.new").mkdir()
    async with house(tmp_path) as it:
        assert "a restart forgets it" in await it.keeper.set_timer(60, "")
        it.keeper.set_as_ordered(SetTimer(60, None, "", "e"))
        await it.until(("timer", "set", "e", ""))
        assert it.told[-1][:2] in {("e", True), ("timer", "set")}


async def test_what_was_set_rings_after_a_crash_and_what_was_acknowledged_does_not(tmp_path: Path) -> None:
    board = Board()
    async with house(tmp_path, board) as it:
        it.keeper.set_as_ordered(SetTimer(60, None, "eggs", "e"))
        it.keeper.set_as_ordered(SetTimer(120, None, "tea", "t"))
        await it.until(("t", True, ""))
    board.true_s += 130
    async with house(tmp_path, board) as it:
        await it.until(("timer", "due", "t", "tea"))
        assert [fact for fact in it.told if isinstance(fact, TimerDue)] == [TimerDue("e", "eggs"), TimerDue("t", "tea")]
        it.keeper.acknowledge(("e",), True)
        await it.until(("timer", "heard", "e", "eggs"))
    async with house(tmp_path, board) as it:
        await it.until(("timer", "due", "t", "tea"))
        assert TimerDue("e", "eggs") not in it.told
        it.keeper.acknowledge(("t",), False)
        await it.until(("timer", "missed", "t", "tea"))
    assert json.loads((tmp_path / NAME).read_text())["entries"] == []


async def test_what_is_hours_late_is_told_as_missed(tmp_path: Path) -> None:
    board = Board()
    async with house(tmp_path, board) as it:
        await it.keeper.set_timer(60, "eggs")
    board.power_cut(10_000)
    board.network_time()
    async with house(tmp_path, board) as it:
        await it.until(("timer", "missed", "t1", ""))
        assert TimerDue("t1", "eggs") not in it.told


async def test_one_that_rings_and_is_cancelled_is_gone_for_the_machine_too(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        it.keeper.set_as_ordered(SetTimer(60, None, "eggs", "e"))
        it.keeper.set_as_ordered(SetTimer(600, None, "tea", "t"))
        it.board.true_s += 60
        it.keeper.look()
        it.keeper.cancel_as_ordered(CancelTimer("nobody", "0"))
        it.keeper.cancel_as_ordered(CancelTimer(None, "1"))
        await it.until(("1", True, ""))
        assert ("0", False, "There is no timer with this id.") in it.told
        assert [fact for fact in it.told if isinstance(fact, TimerGone)] == [TimerGone("e")]
        assert ("timer", "cancelled", "t", "tea") in it.told
        assert it.keeper.report() == {"timers": [], "timers_count": 0}
        it.keeper.acknowledge(("e",), True)
        it.keeper.set_as_ordered(SetTimer(60, None, "", "after"))
        await it.until(("after", True, ""))
        assert ("timer", "heard", "e", "eggs") not in it.told


async def test_the_state_tells_the_next_twenty_with_the_time_that_is_left(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for seconds in range(30, 0, -1):
            it.keeper.set_as_ordered(SetTimer(seconds, None, f"l{seconds}"))
        it.keeper.set_as_ordered(SetTimer(None, "07:00", "up"))
        it.board.true_s += 1.5
        changes = it.changes
        it.keeper.look()
        assert it.changes == changes + 1
        it.keeper.look()
        assert it.changes == changes + 1, "nothing new, nothing to publish"
        report = it.keeper.report()
        assert report["timers_count"] == 31
        assert len(report["timers"]) == MOST_SHOWN
        assert [one["left_s"] for one in report["timers"][:3]] == [0, 0, 2]
        assert report["timers"][0]["label"] == "l1"
        assert report["timers"][0]["due"] == "2026-11-21T22:00:01+01:00"


@pytest.mark.parametrize("publish_text", [True, False])
async def test_a_label_that_was_spoken_is_shown_only_where_texts_may_be_seen(publish_text: bool) -> None:
    async with house(None, publish_text=publish_text) as it:
        await it.keeper.set_timer(60, "call my lawyer")
        shown = "call my lawyer" if publish_text else ""
        assert it.told == [("timer", "set", "t1", shown)]
        assert it.keeper.report()["timers"][0]["label"] == shown
        it.board.true_s += 60
        it.keeper.look()
        assert TimerDue("t1", "call my lawyer") in it.told


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"anchor":{"boot":"x","mono_s":1e300,"wall_s":1},"entries":[]}']
)
async def test_a_file_that_cannot_be_read_is_told_and_replaced(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).write_bytes(content)
    async with house(tmp_path) as it:
        assert "timers and alarms are gone" in caplog.text
        assert await it.keeper.set_timer(60, "") == "The 1 minute timer is set for 1 minute."
    assert len(json.loads((tmp_path / NAME).read_text())["entries"]) == 1


async def call(keeper: Timekeeper, name: str, **arguments: Any) -> str:
    result = await timer_tools(keeper).call(name, arguments)
    return result.output


async def test_the_tools_answer_in_sentences() -> None:
    async with house(None) as it:
        keeper = it.keeper
        assert await call(keeper, "list_timers") == "There is no timer and no alarm."
        assert await call(keeper, "cancel_timer") == "There is no timer and no alarm."
        assert await call(keeper, "set_timer", seconds=300, label="timer") == "The 5 minute timer is set for 5 minutes."
        assert (
            await call(keeper, "set_timer", seconds=90, label="eggs")
            == "The eggs timer is set for 1 minute 30 seconds."
        )
        assert await call(keeper, "set_alarm", time="7:00") == "The alarm is set for 07:00 tomorrow."
        assert "cannot be used" in await call(keeper, "set_alarm", time="25:00")
        assert "cannot be used" in await call(keeper, "set_timer", seconds=0)
        assert (await call(keeper, "cancel_timer")).startswith(
            "Which one? The eggs timer has 1 minute 30 seconds left, "
        )
        assert await call(keeper, "cancel_timer", which="pasta") == "There is no such timer."
        assert await call(keeper, "cancel_timer", which="eggs") == "The eggs timer is cancelled."
        assert await call(keeper, "cancel_timer", which="all") == "The 5 minute timer and the alarm are cancelled."


async def test_it_looks_at_the_moment_when_one_is_due_by_itself() -> None:
    """With the machine's own clocks, and without anybody calling look()."""
    told: asyncio.Queue[TimerDue | TimerGone] = asyncio.Queue()
    clock = MachineClock()
    keeper = Timekeeper(clock, None, told.put_nowait, House(Board(), None))
    running = asyncio.create_task(keeper.run(), name="timekeeper")
    began_s = clock().mono_s
    await keeper.set_timer(0.2, "")
    async with asyncio.timeout(PATIENT_S):
        assert await told.get() == TimerDue("t1", "")
    assert clock().mono_s - began_s >= 0.2
    running.cancel()
    await asyncio.wait([running])


def test_the_machines_clock_tells_its_boot_and_whether_a_time_server_answered(tmp_path: Path) -> None:
    mark, boot = tmp_path / "synchronized", tmp_path / "boot_id"
    boot.write_text("abc\n")
    clock = MachineClock(lambda: 5.0, boot, mark)
    assert (clock().boot, clock().mono_s, clock().sure) == ("abc", 5.0, False)
    mark.touch()
    assert clock().sure
    strange = MachineClock(lambda: 5.0, tmp_path / "none", mark)
    assert strange().boot == strange().boot != MachineClock(lambda: 5.0, tmp_path / "none", mark)().boot
