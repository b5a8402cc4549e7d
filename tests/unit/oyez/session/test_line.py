"""The line against a scripted Realtime server and a token endpoint, both on real sockets."""

import asyncio
import logging

import pytest

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.session.turn_audio import LARGEST_BACKLOG_S
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, Expect, JsonObject, Silence, Step, Vanish

SECOND = 48_000
"""Bytes of a second of sound."""
PIECES = [bytes([number, 255 - number]) * 480 for number in range(25)]
"""20 ms each, no two alike."""


def reply(item_id: str = "i", response_id: str = "r", ms: int = 100) -> list[Step]:
    """A whole response with one part of silence in it."""
    where: JsonObject = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    delta = "A" * (ms * 48 * 4 // 3)
    return [
        Emit({"type": "response.created", "event_id": "e", "response": {"id": response_id}}),
        Emit({"type": "response.output_audio.delta", "event_id": "e", "delta": delta, **where}),
        Emit({"type": "response.output_audio.done", "event_id": "e", **where}),
        Emit({"type": "response.done", "event_id": "e", "response": {"id": response_id, "status": "completed"}}),
    ]


async def test_what_was_recorded_while_the_line_opened_goes_first_and_whole_and_after_the_settings() -> None:
    async with line_stage([*READY, Silence()]) as stage:
        stage.line.open()
        for piece in PIECES[:20]:
            stage.line.send_audio(piece)
        await stage.told(ev.SessionReady)
        for piece in PIECES[20:]:
            stage.line.send_audio(piece)
        await stage.audio_received(len(b"".join(PIECES)))
        assert stage.types()[0] == "session.update"
        assert set(stage.types()[1:]) == {"input_audio_buffer.append"}
        assert stage.audio() == b"".join(PIECES)
        assert stage.line.audio_bytes_sent == len(b"".join(PIECES))


async def test_the_service_is_told_who_the_device_is_before_anything_else() -> None:
    """Token in the header, settings of the configuration in the one session.update."""
    async with line_stage([*READY, Silence()], instructions="be brief", voice="cedar", silence_ms=700) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        (update,) = stage.server.received
        assert stage.tokens() == ["ek_device0001"]
        assert update["session"]["instructions"] == "be brief"
        assert update["session"]["audio"]["output"]["voice"] == "cedar"
        assert update["session"]["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 700


async def links_end_at_once() -> None:
    links = [task for task in asyncio.all_tasks() if task.get_name() == "call"]
    assert links
    _, left = await asyncio.wait(links, timeout=1.0)
    assert not left


async def test_closing_while_the_token_is_awaited_ends_the_attempt_and_tells_nothing() -> None:
    async with line_stage() as stage:
        stage.endpoint.hang = True
        stage.line.open()
        await asyncio.wait_for(stage.endpoint.asked.wait(), 5)
        stage.line.close()
        await links_end_at_once()
        assert stage.events == []
        assert stage.server.headers == []


async def test_closing_while_the_session_opens_ends_the_attempt_tells_nothing_and_the_next_one_is_clean() -> None:
    """Sound that was meant for the first session never reaches the second."""
    unanswered: list[Step] = [Emit(SESSION_CREATED), Expect("session.update"), Silence()]
    async with line_stage(unanswered, [*READY, Silence()]) as stage:
        stage.line.open()
        stage.line.send_audio(PIECES[0])
        await stage.received(1)
        stage.line.close()
        await links_end_at_once()
        assert stage.events == []
        stage.line.open()
        stage.line.send_audio(PIECES[1])
        await stage.received(3)
        assert stage.events == [ev.SessionReady()]
        assert stage.audio() == PIECES[1]


async def test_a_closed_line_takes_nothing_and_tells_nothing() -> None:
    """What the service says after the goodbye is told to nobody, and nobody's sound goes to it."""
    async with line_stage([*READY, *reply(), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.line.close()
        stage.line.send_audio(PIECES[0])
        stage.line.ask_reply()
        told = list(stage.events)
        await links_end_at_once()
        assert stage.events == told
        assert stage.types() == ["session.update"]


async def test_sound_past_the_backlogs_bound_is_dropped_counted_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async with line_stage() as stage:
        stage.endpoint.hang = True
        stage.line.open()
        for _ in range(int(LARGEST_BACKLOG_S) + 3):
            stage.line.send_audio(bytes(SECOND))
        assert stage.line.audio_bytes_dropped == 3 * SECOND
        assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1


async def test_the_service_learns_how_much_of_a_reply_was_heard() -> None:
    """Nothing heard -> deleted, a part -> truncated there, all -> not a word."""
    script = [*READY, *reply("none"), *reply("part", "r2"), *reply("all", "r3"), Silence()]
    async with line_stage(script) as stage:
        stage.line.open()
        await stage.told(ev.ReplyEnded, nth=3)
        stage.line.heard("none", 0, 0)
        stage.line.heard("part", 0, 40)
        stage.line.heard("all", 0, 100)
        stage.line.ask_reply()
        await stage.received(4)
        assert stage.types()[1:] == ["conversation.item.delete", "conversation.item.truncate", "response.create"]
        delete, truncate = stage.server.received[1:3]
        assert delete["item_id"] == "none"
        assert (truncate["item_id"], truncate["content_index"], truncate["audio_end_ms"]) == ("part", 0, 40)


async def test_a_reply_comes_as_sound_and_facts_in_order() -> None:
    async with line_stage([*READY, *reply(ms=100), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyEnded)
        assert stage.sounds == [("i", 0, bytes(4_800))]
        facts = [ev.SessionReady(), ev.ReplyBegun("r"), ev.ReplyAudible("r"), ev.ReplyEnded("r", "completed")]
        assert stage.events == facts


async def test_tools_answers_and_announcements_are_spelled_as_the_protocol_does() -> None:
    """An announcement runs outside the conversation and hears nothing of it."""
    async with line_stage([*READY, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.line.answer_tool("call_1", "The light is on.")
        stage.line.say("Dinner is ready.")
        _, answer, say = await stage.received(3)
        assert answer["item"] == {"type": "function_call_output", "call_id": "call_1", "output": "The light is on."}
        assert (say["response"]["conversation"], say["response"]["input"]) == ("none", [])
        assert "Dinner is ready." in say["response"]["instructions"]


async def test_what_is_sent_while_the_socket_breaks_does_not_break_the_line() -> None:
    """Every turn of the loop sends something, so that some of it meets a session that has just ended; three sessions
    die of it, the fourth lives, and the house hears of none."""
    dying: list[Step] = [*READY, Expect("input_audio_buffer.append"), Vanish()]
    async with line_stage(*[dying] * 3, [*READY, Silence()], reconnect_s=10.0) as stage:
        stage.line.open()
        while stage.types().count("session.update") < 4 or stage.types()[-1] != "input_audio_buffer.append":
            assert not stage.running.done(), stage.running
            stage.line.send_audio(b"\0\0")
            await asyncio.sleep(0)
        assert stage.events == [ev.SessionReady()]


def test_a_line_is_patient_with_its_service_for_less_time_than_a_conversation_is_with_the_line() -> None:
    """So the line says what is wrong before the conversation gives up for want of a better reason."""
    from oyez.config import Conversation

    assert LineConfig().connect_timeout_s < Conversation().opening_s


async def test_each_conversation_has_the_tools_that_there_are_when_it_begins() -> None:
    clock = {"type": "function", "name": "clock", "parameters": {"type": "object"}}
    async with line_stage([*READY, Silence()], [*READY, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.tools = [clock]
        stage.line.open()
        await stage.told(ev.SessionReady, nth=2)
        first, second = [one["session"]["tools"] for one in stage.server.received if one["type"] == "session.update"]
        assert ([tool["name"] for tool in first], [tool["name"] for tool in second]) == ([], ["clock"])
