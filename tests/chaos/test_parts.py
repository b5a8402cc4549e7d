"""The chaos can fail: its witness, its books and its loop see what they are there to see."""

import asyncio
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from oyez import actions as do, events as ev
from oyez_realtime import messages as wire
from tests.chaos.books import Books
from tests.chaos.gauges import Reading, growth
from tests.chaos.jumping_loop import MOST_PACE, JumpingLoop, held
from tests.chaos.witness import Witness

DAY = date(2026, 11, 27)


def witness() -> Witness:
    return Witness(lambda: 100.0)


def books(seen: Witness) -> Books:
    return Books(seen, lambda: 100.0, lambda: DAY)


def response(**more: Any) -> wire.Response:
    usage = {
        "input_token_details": {
            "text_tokens": 100, "audio_tokens": 50, "cached_tokens_details": {"text_tokens": 40, "audio_tokens": 0},
        },
        "output_token_details": {"text_tokens": 10, "audio_tokens": 20},
    }  # fmt: skip
    return msgspec.convert({"id": "resp_1", "usage": usage, **more}, wire.Response)


COST = (Decimal(60) * 4 + Decimal(40) * Decimal("0.4") + Decimal(50) * 32 + 10 * 24 + 20 * 64) / 1_000_000


def on_loop(coroutine: Any) -> Any:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(coroutine)


def test_an_hour_of_sleep_passes_in_a_minute_at_most_and_in_order() -> None:
    """Timers fire in their order, and time is what it was said to be."""

    async def sleep_long() -> list[float]:
        loop, woken = asyncio.get_running_loop(), list[float]()
        began_s = loop.time()

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append(round(loop.time() - began_s, 3))

        await asyncio.gather(sleep(20.0), sleep(5.0), sleep(0.02))
        return woken

    began_s = time.monotonic()
    assert on_loop(sleep_long()) == [0.02, 5.0, 20.0]
    assert time.monotonic() - began_s >= 20.0 / MOST_PACE


def test_time_stands_still_while_a_thread_works_or_somebody_holds_it() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        timer = asyncio.create_task(asyncio.sleep(3600.0))
        began_s = loop.time()
        await asyncio.to_thread(time.sleep, 0.2)
        with held():
            child = await asyncio.create_subprocess_exec("sleep", "0.2")
            await child.wait()
        passed_s = loop.time() - began_s
        timer.cancel()
        return passed_s

    assert on_loop(work()) == 0.0


def test_an_answer_on_a_socket_comes_before_the_next_timer() -> None:
    """What is under way on loopback is not overtaken by time."""

    async def talk() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readexactly(5))
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server, asyncio.timeout(0.001):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
            writer.write(b"hello")
            said = await reader.read()
            writer.close()
        return said

    assert on_loop(talk()) == b"hello"


def test_a_call_that_is_executed_twice_is_seen() -> None:
    seen = witness()
    for _ in range(2):
        seen.note(do.RunTool("call_1", "set_light", {}))
    assert len(seen.violations) == 1


def test_a_session_that_is_opened_on_a_spent_budget_is_seen() -> None:
    now = [100.0]
    seen = Witness(lambda: now[0])
    seen.note(ev.BudgetSpent("day", "used up"))
    now[0] = 110.0
    seen.note(do.OpenSession())
    assert len(seen.violations) == 1
    seen.note(ev.BudgetRenewed())
    seen.note(do.OpenSession())
    assert len(seen.violations) == 1


def test_sound_at_the_server_while_the_device_sleeps_is_seen() -> None:
    seen = witness()
    books(seen).write("in", wire.InputAudioBufferAppend(audio=b"\0\0"), "sess_1", 100.0)
    assert len(seen.violations) == 1


def test_two_responses_at_once_are_seen() -> None:
    seen, log = witness(), None
    log = books(seen)
    for name in ("resp_1", "resp_2"):
        log.write("out", wire.ResponseCreated(event_id="e", response=response(id=name)), "sess_1", 100.0)
    assert len(seen.violations) == 1


@pytest.mark.parametrize(("off", "seen_off"), [(Decimal(0), 0), (Decimal("0.0000001"), 1)])
def test_a_till_that_is_off_by_the_last_digit_is_seen(tmp_path: Path, off: Decimal, seen_off: int) -> None:
    seen = witness()
    log = books(seen)
    log.write("out", wire.ResponseDone(event_id="e", response=response()), "sess_1", 100.0)
    log.device_counted("resp_1")
    kept = {"on": DAY.isoformat(), "day": str(COST + off), "month": str(COST + off)}
    (tmp_path / "spending.json").write_bytes(msgspec.json.encode(kept))
    log.compare(tmp_path / "spending.json", 1.0)
    assert len(seen.violations) == seen_off


def test_memory_that_grows_is_seen_and_a_warm_up_is_not() -> None:
    def readings(*mib: float) -> list[Reading]:
        return [Reading(at, value, value, 1, 1, 1) for at, value in enumerate(mib)]

    assert growth(readings(1, 50, 100, 100, 100, 100, 100, 100), "rss_mib") == 0.0
    assert growth(readings(1, 2, 3, 4, 5, 6, 7, 8), "rss_mib") == 4.0
