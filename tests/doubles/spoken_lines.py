"""What a scripted service says in a conversation, and what a line said to it."""

import asyncio
import base64
from typing import Any

from tests.doubles.line_stage import READY, LineStage
from tests.doubles.scripted_realtime import SESSION_CREATED, SESSION_UPDATED, Emit, Expect, JsonObject, Step

SECOND = bytes(range(240)) * 200
"""A second of sound that is not silence."""


def emit(kind: str, **fields: Any) -> Emit:
    return Emit({"type": kind, "event_id": "e", **fields})


def created(response_id: str, conversation_id: str | None = "conv") -> Emit:
    return emit("response.created", response={"id": response_id, "conversation_id": conversation_id})


def done(response_id: str, status: str = "completed") -> Emit:
    return emit("response.done", response={"id": response_id, "conversation_id": "conv", "status": status})


def spoken(response_id: str, item_id: str, text: str, ms: int) -> list[Step]:
    """A part of a reply: its words, then its sound."""
    where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    return [
        emit("response.output_audio_transcript.delta", delta=text, **where),
        emit("response.output_audio.delta", delta=base64.b64encode(bytes(ms * 48)).decode(), **where),
    ]


def turn(item_id: str, previous: str | None, start_ms: int, end_ms: int) -> list[Step]:
    return [
        emit("input_audio_buffer.speech_started", audio_start_ms=start_ms, item_id=item_id),
        emit("input_audio_buffer.speech_stopped", audio_end_ms=end_ms, item_id=item_id),
        emit("input_audio_buffer.committed", item_id=item_id, previous_item_id=previous),
    ]


def written(item_id: str, text: str) -> Emit:
    return emit(
        "conversation.item.input_audio_transcription.completed", item_id=item_id, content_index=0, transcript=text
    )


def called(response_id: str, call_id: str) -> Emit:
    return emit(
        "response.function_call_arguments.done",
        response_id=response_id,
        item_id=f"item_of_{call_id}",
        output_index=0,
        call_id=call_id,
        name="set_light",
        arguments='{"on":true}',
    )


APPEND = Expect("input_audio_buffer.append")
SECOND_SENT = [APPEND] * 10


def second_session(stage: LineStage) -> list[JsonObject]:
    """What came after the last session.update: all that the session in force was told."""
    at = max(index for index, event in enumerate(stage.server.received) if event["type"] == "session.update")
    return stage.server.received[at + 1 :]


async def told(stage: LineStage, count: int) -> list[JsonObject]:
    """What the second session was told, once it is so much."""
    async with asyncio.timeout(10):
        while stage.types().count("session.update") < 2 or len(second_session(stage)) < count:
            await stage.server.wait_received(len(stage.server.received) + 1)
    return second_session(stage)


def speak(stage: LineStage) -> None:
    """A second of sound, in the pieces of the tap."""
    for at in range(0, len(SECOND), 4_800):
        stage.line.send_audio(SECOND[at : at + 4_800])


NOW = 1_000_000


def dying(life_s: int) -> list[Step]:
    """A session that begins well and has so long to live."""
    mortal = {"session": {**SESSION_CREATED["session"], "expires_at": NOW + life_s}}
    return [Emit({**SESSION_CREATED, **mortal}), READY[1], Emit({**SESSION_UPDATED, **mortal})]


async def sessions_configured(stage: LineStage, count: int) -> None:
    async with asyncio.timeout(10):
        while stage.types().count("session.update") < count:
            await stage.server.wait_received(len(stage.server.received) + 1)
