"""The service is away, on real sockets: the local server in the house is told what the service would have been."""

import asyncio
import base64
from typing import Any

import pytest

from oyez import events as ev
from tests.doubles.line_stage import READY, LineStage, line_stage
from tests.doubles.scripted_realtime import (
    SESSION_CREATED,
    Close,
    Emit,
    Expect,
    JsonObject,
    Silence,
    Step,
    Vanish,
)
from tests.doubles.spoken_lines import SECOND, SECOND_SENT, created, done, emit, speak, spoken, turn, written

LOCAL: list[list[Step]] = [[*READY, Silence()]]


def failed(code: str) -> Emit:
    details = {"type": "failed", "error": {"type": code, "code": code}}
    return emit("response.done", response={"id": "r1", "status": "failed", "status_details": details})


async def local_told(stage: LineStage, count: int) -> list[JsonObject]:
    """What the local server was told, once it is so much behind the session's settings."""
    async with asyncio.timeout(10):
        await stage.local.wait_received(count + 1)
    assert stage.local.received[0]["type"] == "session.update"
    return stage.local.received[1:]


def sound(events: list[JsonObject]) -> bytes:
    return b"".join(base64.b64decode(one["audio"]) for one in events if one["type"] == "input_audio_buffer.append")


def kinds(stage: LineStage) -> list[type[object]]:
    return [type(event) for event in stage.events]


@pytest.mark.parametrize(
    ("scripts", "after_s"),
    [
        pytest.param([[Close(4000)]], 5.0, id="refused"),
        pytest.param([[Vanish()]] * 3, 5.0, id="cut at the door"),
        pytest.param([[Silence()]], 0.2, id="never says session.created"),
        pytest.param([[Emit(SESSION_CREATED), Silence()]], 0.2, id="never answers the settings"),
    ],
)
async def test_what_was_said_meanwhile_is_heard_by_the_local_server_from_its_first_word(
    scripts: list[list[Step]], after_s: float
) -> None:
    """The service answers the phone, but nobody speaks there. The house hears one line open, and of the outage."""
    async with line_stage(*scripts, local=LOCAL, local_after_s=after_s) as stage:
        stage.line.open()
        speak(stage)
        assert sound(await local_told(stage, 10)) == SECOND
        await stage.told(ev.LineFellBack)
        assert kinds(stage) == [ev.SessionReady, ev.LineFellBack]
        assert stage.local.headers[0]["authorization"] == "Bearer key-of-the-house"


async def test_a_backend_that_is_away_does_not_matter_to_the_next_conversations() -> None:
    """They begin with the local server at once, and nothing more is told."""
    async with line_stage(local=LOCAL * 3) as stage:
        stage.endpoint.status = 503
        for number in (1, 2, 3):
            stage.line.open()
            await stage.told(ev.SessionReady, nth=number)
        assert kinds(stage).count(ev.LineFellBack) == 1
        assert stage.server.paths == []


async def test_a_service_that_opens_its_door_again_has_the_next_conversation() -> None:
    """It is told once; the conversation with the local server stays where it is until it is over."""
    async with line_stage([*READY[:1], Silence()], [*READY, Silence()], local=LOCAL) as stage:
        stage.endpoint.status = 503
        stage.line.open()
        await stage.told(ev.LineFellBack)
        stage.endpoint.status = 200
        await stage.told(ev.LineReturned, timeout_s=20.0)
        assert stage.server.received == []  # who only knocks asks for nothing
        speak(stage)
        assert sound(await local_told(stage, 10)) == SECOND
        stage.line.close()
        stage.line.open()
        await stage.told(ev.SessionReady, nth=2)
        assert len(stage.server.paths) == 2  # the knock, and the conversation
        assert len(stage.local.paths) == 1


async def test_a_conversation_that_the_service_has_lost_goes_on_with_the_local_server() -> None:
    """It is told what was said, and asked for the rest of the answer."""
    first = [
        *READY,
        *SECOND_SENT,
        *turn("u1", None, 200, 900),
        written("u1", "Tell me a story."),
        created("r1"),
        *spoken("r1", "a1", "Once upon a time there was a lighthouse.", 1000),
        Close(1011),
    ]
    second = [*READY, *[Expect("conversation.item.create")] * 2, Expect("response.create"), created("r2"), Silence()]
    async with line_stage(first, [], local=[second], local_after_s=0.3, connect_timeout_s=30.0) as stage:
        stage.line.open()
        speak(stage)
        await stage.told(ev.ReplyAudible)
        await stage.told(ev.ReplyBegun, nth=2)
        asked, said, *_ = await local_told(stage, 3)
        assert asked["item"]["content"] == [{"type": "input_text", "text": "Tell me a story."}]
        assert said["item"]["content"][0]["text"].startswith("Once upon")
        assert kinds(stage).count(ev.LineFellBack) == 1
        assert [type(event) for event in stage.mendings] == [ev.LineBroke, ev.LineMended]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([created("r1"), failed("insufficient_quota")], id="quota"),
        pytest.param([created("r1"), failed("rate_limit_exceeded")], id="limit"),
        pytest.param(
            [emit("error", error={"type": "x", "code": "insufficient_quota", "message": "No."})], id="no reply at all"
        ),
    ],
)
async def test_a_turn_that_the_service_has_no_means_to_answer_is_answered_by_the_local_server(
    answer: list[Step],
) -> None:
    """The house hears of no failure, and the service is not asked again."""
    first = [*READY, *SECOND_SENT, *turn("u1", None, 200, 900), *answer, Silence()]
    async with line_stage(first, local=LOCAL) as stage:
        stage.line.open()
        speak(stage)
        item, ask, *_ = await local_told(stage, 2)
        assert base64.b64decode(item["item"]["content"][0]["audio"]) == SECOND[: 900 * 48]
        assert ask["type"] == "response.create"
        assert ev.ReplyEnded not in kinds(stage)
        assert len(stage.server.paths) == 1


async def test_a_reply_that_fails_for_want_of_means_is_told_where_there_is_no_local_server() -> None:
    first = [*READY, *SECOND_SENT, *turn("u1", None, 200, 900), created("r1"), failed("insufficient_quota"), Silence()]
    async with line_stage(first) as stage:
        stage.line.open()
        speak(stage)
        assert (await stage.told(ev.ReplyEnded)).status == "failed"


async def test_what_the_local_server_used_costs_nothing() -> None:
    used: dict[str, Any] = {"total_tokens": 9, "input_tokens": 4, "output_tokens": 5}
    paid = emit("response.done", response={"id": "r1", "status": "completed", "usage": used})
    async with line_stage(local=[[*READY, created("r1"), paid, Silence()]]) as stage:
        stage.endpoint.status = 503
        stage.line.open()
        await stage.told(ev.ReplyEnded)
        assert stage.usage == []


async def test_with_both_away_the_service_is_what_is_told_of() -> None:
    async with line_stage(local=[[Close(3000)]] * 2, connect_timeout_s=1.0) as stage:
        stage.endpoint.status = 503
        stage.line.open()
        told = await stage.told(ev.SessionLost)
        assert told.reason == "backend_away"
        assert ev.LineFellBack not in kinds(stage)


async def test_a_local_session_that_is_lost_is_mended_by_the_local_server() -> None:
    """The service would be there; in the middle of a conversation nobody is exchanged without need."""
    spoken_to = [*READY, created("r1"), done("r1"), Vanish()]
    async with line_stage([Emit(SESSION_CREATED), Silence()], local=[spoken_to, [*READY, Silence()]]) as stage:
        stage.endpoint.status = 503
        stage.line.open()
        await stage.told(ev.ReplyEnded)
        stage.endpoint.status = 200
        async with asyncio.timeout(10):
            await stage.local.opened(2)
        await stage.told(ev.LineReturned, timeout_s=20.0)
        assert len(stage.server.paths) == 1  # the knock
