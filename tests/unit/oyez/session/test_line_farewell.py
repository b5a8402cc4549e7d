"""The line leaves a session in order: orders still go out, sound does not, and what was begun is paid for."""

import asyncio

from oyez import events as ev
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.scripted_realtime import Emit, Expect, JsonObject, Silence, Step

BEGUN: JsonObject = {"type": "response.created", "event_id": "e", "response": {"id": "r", "conversation_id": "c"}}
CANCELLED: JsonObject = {
    "type": "response.done",
    "event_id": "e",
    "response": {"id": "r", "conversation_id": "c", "status": "cancelled", "usage": {"output_tokens": 40}},
}


async def the_call_is_over() -> None:
    """The task of the conversation ends; nothing is left that could cost money."""
    calls = [task for task in asyncio.all_tasks() if task.get_name() == "call"]
    _, left = await asyncio.wait(calls, timeout=5.0)
    assert not left


async def test_a_cancelled_reply_is_counted_although_the_conversation_is_over() -> None:
    """`stop` cancels and closes in one breath: the cancel goes out, and the cost of what was generated comes in."""
    script: list[Step] = [*READY, Emit(BEGUN), Expect("response.cancel"), Emit(CANCELLED), Silence()]
    async with line_stage(script) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        stage.line.cancel_reply()
        stage.line.close()
        await the_call_is_over()
        assert [event.type for event in stage.usage] == ["response.done"]
        assert not [fact for fact in stage.events if isinstance(fact, ev.ReplyEnded)], "who closed is told nothing more"


async def test_sound_that_waits_stays_here_and_orders_go_out() -> None:
    async with line_stage([*READY, Emit(BEGUN), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        for _ in range(1000):
            stage.line.send_audio(bytes(960))
        stage.line.answer_tool("call_1", "done")
        stage.line.close()
        await the_call_is_over()
        assert "conversation.item.create" in stage.types()
        assert len(stage.audio()) < 960 * 1000


async def test_nothing_that_would_cost_money_is_begun_on_leaving() -> None:
    """A turn or a reply that waits to be asked for is not asked for; a refusal and a cancel still go out."""
    async with line_stage([*READY, Emit(BEGUN), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        stage.line.commit_turn()
        stage.line.say("Nobody will hear this.")
        stage.line.answer_tool("call_1", "done")
        stage.line.ask_reply()
        stage.line.cancel_reply()
        stage.line.close()
        await the_call_is_over()
        assert stage.types()[1:] == ["conversation.item.create", "response.cancel"]


async def test_not_a_frame_leaves_the_room_after_the_line_was_closed() -> None:
    """Muted in the middle of a backlog: what waits its turn to be sent, the very next piece included, stays here,
    although the session is still open to hear what the running reply has cost."""
    async with line_stage([*READY, Emit(BEGUN), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        for _ in range(1000):
            stage.line.send_audio(bytes(960))
        await stage.audio_received(24_000)
        sent = stage.line.audio_bytes_sent
        stage.line.close()
        await the_call_is_over()
        assert stage.line.audio_bytes_sent == sent
        assert len(stage.audio()) == sent


async def test_a_service_that_never_tells_the_end_is_left_all_the_same() -> None:
    async with line_stage([*READY, Emit(BEGUN), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        stage.line.close()
        await the_call_is_over()
