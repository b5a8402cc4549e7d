"""A session that is lost in mid-conversation, on real sockets: the next one is told what it must know, the house hears
nothing, and nothing is said or done twice."""

import asyncio
import base64
from typing import Any

import pytest

from oyez import events as ev
from tests.doubles.line_stage import READY, LineStage, line_stage
from tests.doubles.scripted_realtime import (
    SESSION_CREATED,
    SESSION_UPDATED,
    Close,
    Emit,
    Expect,
    JsonObject,
    Silence,
    Step,
    Vanish,
)

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
LOSSES = [Vanish(), Close(1001), Close(1011), Close(1012), Close(1013), Close(3000)]


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


@pytest.mark.parametrize("loss", LOSSES, ids=str)
async def test_a_turn_that_nobody_committed_is_sent_again_whole(loss: Step) -> None:
    """Cut while somebody speaks: the next session hears the turn from its beginning, and the house hears of nothing."""
    started = emit("input_audio_buffer.speech_started", audio_start_ms=300, item_id="u1")
    async with line_stage([*READY, *SECOND_SENT, started, loss], [*READY, Silence()]) as stage:
        stage.line.open()
        speak(stage)
        await stage.told(ev.SpeechStarted)
        events = await told(stage, 9)
        assert {event["type"] for event in events} == {"input_audio_buffer.append"}
        again = b"".join(base64.b64decode(event["audio"]) for event in events)
        assert again == SECOND[100 * 48 :]
        assert stage.events == [ev.SessionReady(), ev.SpeechStarted("server", "u1")]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
async def test_a_turn_that_was_committed_is_told_by_its_sound_and_answered(loss: Step) -> None:
    script = [*READY, *SECOND_SENT, *turn("u1", None, 200, 900), loss]
    async with line_stage(script, [*READY, Silence()]) as stage:
        stage.line.open()
        speak(stage)
        item, ask, *_ = await told(stage, 2)
        assert item["item"]["role"] == "user"
        (content,) = item["item"]["content"]
        assert base64.b64decode(content["audio"]) == SECOND[0 : 900 * 48]
        assert ask["type"] == "response.create"
        assert not any(isinstance(event, ev.SessionLost) for event in stage.events)


async def test_what_went_before_is_told_in_words_and_in_order() -> None:
    """A whole turn with its reply, then a loss in quiet: words of both, no wish for a reply."""
    script = [
        *READY,
        *SECOND_SENT,
        *turn("u1", None, 200, 900),
        written("u1", "My name is Ada."),
        created("r1"),
        *spoken("r1", "a1", "Hello, Ada.", 800),
        emit("response.output_audio.done", response_id="r1", item_id="a1", output_index=0, content_index=0),
        done("r1"),
        Vanish(),
    ]
    async with line_stage(script, [*READY, Silence()]) as stage:
        stage.line.open()
        speak(stage)
        events = await told(stage, 3)
        items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
        assert [(item["id"], item["role"]) for item in items] == [("u1", "user"), ("a1", "assistant")]
        assert items[0]["content"] == [{"type": "input_text", "text": "My name is Ada."}]
        assert items[1]["content"] == [{"type": "output_text", "text": "Hello, Ada."}]
        assert {event["type"] for event in events} == {"conversation.item.create", "input_audio_buffer.append"}
        assert len(stage.usage) == 2


async def test_a_reply_that_was_cut_off_is_gone_on_with_and_no_tool_is_offered() -> None:
    """Its end is not told: the house goes on speaking, with the new response in the old one's place."""
    sentence = "Once upon a time there was a lighthouse."
    first = [*READY, created("r1"), *spoken("r1", "a1", sentence, 1000), Vanish()]
    second = [*READY, Expect("conversation.item.create"), Expect("response.create"), created("r2"), Silence()]
    async with line_stage(first, second) as stage:
        stage.line.open()
        await stage.told(ev.ReplyBegun, nth=2)
        item, ask = (await told(stage, 2))[:2]
        said = item["item"]["content"][0]["text"]
        assert sentence.startswith(said)
        assert 0 < len(said) < len(sentence)
        assert ask["response"]["tool_choice"] == "none"
        assert "cut off" in ask["response"]["instructions"]
        facts = [ev.SessionReady(), ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), ev.ReplyBegun("r2")]
        assert stage.events == facts


async def test_a_reply_of_which_nothing_came_is_asked_for_anew() -> None:
    async with line_stage([*READY, created("r1"), Vanish()], [*READY, Expect("response.create"), Silence()]) as stage:
        stage.line.open()
        (ask,) = await told(stage, 1)
        assert "response" not in ask


async def test_a_reply_that_was_cut_short_by_the_room_is_not_gone_on_with() -> None:
    """What nobody wants any more is told as ended; the next session is asked for nothing."""
    first = [*READY, created("r1"), *spoken("r1", "a1", "Once upon a time.", 1000)]
    first += [Expect("conversation.item.delete"), APPEND, Vanish()]
    async with line_stage(first, [*READY, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.ReplyAudible)
        stage.line.drop_reply()
        stage.line.heard("a1", 0, 0)
        stage.line.send_audio(SECOND[:4_800])
        ended = await stage.told(ev.ReplyEnded)
        assert ended == ev.ReplyEnded("r1", "cancelled")
        events = await told(stage, 1)
        assert [event["type"] for event in events] == ["input_audio_buffer.append"]


async def test_a_tool_runs_once_and_its_output_reaches_the_next_session_with_its_call() -> None:
    """The loss falls while the tool runs: the response has done its part, which is told; the output goes to the session
    that is there when it comes, behind its call, and one wish for an answer behind it."""
    first = [*READY, created("r1"), called("r1", "c1"), Vanish()]
    second = [*READY, *[Expect("conversation.item.create")] * 2, Expect("response.create"), Silence()]
    async with line_stage(first, second) as stage:
        stage.line.open()
        ended = await stage.told(ev.ReplyEnded)
        assert ended == ev.ReplyEnded("r1", "completed", 1)
        stage.line.answer_tool("c1", "The light is on.")
        stage.line.ask_reply()
        call, output, _ = await told(stage, 3)
        assert (call["item"]["type"], call["item"]["call_id"]) == ("function_call", "c1")
        assert (output["item"]["type"], output["item"]["output"]) == ("function_call_output", "The light is on.")
        assert sum(isinstance(event, ev.ToolCalled) for event in stage.events) == 1


async def test_an_announcement_that_was_cut_off_is_said_from_where_it_broke() -> None:
    text = "Dinner is ready and the soup is getting cold."
    first = [
        *READY,
        Expect("response.create"),
        created("r1", None),
        *spoken("r1", "a1", "Dinner is ready and", 900),
        Vanish(),
    ]
    async with line_stage(first, [*READY, Expect("response.create"), Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.line.say(text)
        (ask,) = await told(stage, 1)
        assert ask["response"]["instructions"].endswith("the soup is getting cold.")
        assert "Dinner" not in ask["response"]["instructions"]


async def test_a_session_whose_time_is_up_is_replaced_beside_the_old_one() -> None:
    """The next session is open and knows the conversation before the first frame of sound goes to it; the sound that
    went to the old one and belonged to no turn is there again, so that no word can fall between the two."""
    first = [
        *dying(3),
        *SECOND_SENT,
        *turn("u1", None, 100, 300),
        written("u1", "My name is Ada."),
        created("r1"),
        done("r1"),
        Silence(),
    ]
    second = [
        *READY,
        Expect("conversation.item.create"),
        Expect("session.update"),
        READY[2],
        *[APPEND] * 7,
        Silence(),
    ]
    async with line_stage(first, second) as stage:
        stage.endpoint.now = NOW
        stage.line.open()
        speak(stage)
        await stage.told(ev.ReplyEnded)
        async with asyncio.timeout(10):
            while stage.types()[-1] != "input_audio_buffer.append" or stage.types().count("session.update") < 3:
                await stage.server.wait_received(len(stage.server.received) + 1)
            while len(second_session(stage)) < 7:
                await stage.server.wait_received(len(stage.server.received) + 1)
        assert b"".join(base64.b64decode(event["audio"]) for event in second_session(stage)) == SECOND[300 * 48 :]
        assert not any(isinstance(event, ev.SessionLost) for event in stage.events)


NOW = 1_000_000


def dying(life_s: int) -> list[Step]:
    """A session that begins well and has so long to live."""
    mortal = {"session": {**SESSION_CREATED["session"], "expires_at": NOW + life_s}}
    return [Emit({**SESSION_CREATED, **mortal}), READY[1], Emit({**SESSION_UPDATED, **mortal})]


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "server_error", "insufficient_quota"])
async def test_a_wish_for_a_reply_that_the_service_refuses_is_a_reply_that_failed(code: str) -> None:
    """The session lives; nobody waits in vain, and the sentence says why."""
    refusal = emit("error", error={"type": "x", "code": code, "message": "Not now."})
    async with line_stage([*READY, Expect("response.create"), refusal, Silence()]) as stage:
        stage.line.open()
        await stage.told(ev.SessionReady)
        stage.line.ask_reply()
        ended = await stage.told(ev.ReplyEnded)
        assert ended.status == "failed"
        assert "Not now." in ended.sentence
        assert not any(isinstance(event, ev.SessionLost) for event in stage.events)


async def test_the_device_takes_a_turn_when_it_is_asked_to() -> None:
    """Talk button: the service is told before any sound goes out; the turn is committed behind all of its sound."""
    async with line_stage([*READY, Silence()]) as stage:
        stage.line.take_turns("device")
        stage.line.open()
        speak(stage)
        stage.line.commit_turn()
        await stage.received(1 + 10 + 2)
        assert stage.server.received[0]["session"]["audio"]["input"]["turn_detection"] is None
        assert stage.types()[-2:] == ["input_audio_buffer.commit", "response.create"]
        assert stage.audio() == SECOND


async def test_a_turn_that_is_too_short_is_forgotten_and_told_as_no_reply() -> None:
    async with line_stage([*READY, Silence()]) as stage:
        stage.line.take_turns("device")
        stage.line.open()
        stage.line.send_audio(SECOND[: 60 * 48])
        stage.line.commit_turn()
        ended = await stage.told(ev.ReplyEnded)
        assert ended.status == "cancelled"
        await stage.received(3)
        assert stage.types()[1:] == ["input_audio_buffer.append", "input_audio_buffer.clear"]


async def test_a_turn_of_the_device_is_committed_anew_after_a_loss() -> None:
    """The commit was lost with the socket: the sound and the commit go to the next session, in order."""
    async with line_stage([*READY, *SECOND_SENT, Vanish()], [*READY, Silence()], turn_detection="manual") as stage:
        stage.line.open()
        speak(stage)
        await stage.received(11)
        stage.line.commit_turn()
        events = await told(stage, 12)
        assert [event["type"] for event in events[-2:]] == ["input_audio_buffer.commit", "response.create"]
        assert b"".join(base64.b64decode(event["audio"]) for event in events[:-2]) == SECOND


async def test_a_poor_uplink_carries_a_sixth_of_the_bytes_and_the_house_still_hears_24_khz() -> None:
    """G.711 both ways: a reply comes down as long as the service counts it."""
    where = {"response_id": "r", "item_id": "a", "output_index": 0, "content_index": 0}
    coded = base64.b64encode(bytes([0xFF]) * 800).decode()
    script = [
        *READY,
        APPEND,
        created("r"),
        emit("response.output_audio.delta", delta=coded, **where),
        emit("response.output_audio.done", **where),
        done("r"),
        Silence(),
    ]
    async with line_stage(script, audio_format="pcmu") as stage:
        stage.line.open()
        speak(stage)
        await stage.told(ev.ReplyEnded)
        assert sum(len(pcm) for _, _, pcm in stage.sounds) == 100 * 48
        sent = await stage.audio_received(len(SECOND) // 6 - 400)
        assert len(sent) <= len(SECOND) // 6


async def test_somebody_who_begins_to_speak_while_the_next_session_is_told_of_the_talk_is_not_moved() -> None:
    """The one beside is given up, what is said goes on to the present one, and the next try waits for quiet."""
    started = emit("input_audio_buffer.speech_started", audio_start_ms=0, item_id="u1")
    first = [*dying(3), APPEND, started, APPEND, Silence()]
    beside = [*READY, Expect("session.update"), Silence()]
    async with line_stage(first, beside, [*READY, Silence()], connect_timeout_s=0.5) as stage:
        stage.endpoint.now = NOW
        stage.line.open()
        await sessions_configured(stage, 3)  # the first, the one beside, and what it is to answer when it knows all
        stage.line.send_audio(SECOND[:4_800])
        await stage.told(ev.SpeechStarted)
        await sessions_configured(stage, 4)
        stage.line.send_audio(SECOND[4_800:9_600])
        assert await stage.audio_received(9_600) == SECOND[:9_600]
        assert stage.events == [ev.SessionReady(), ev.SpeechStarted("server", "u1")]


async def sessions_configured(stage: LineStage, count: int) -> None:
    async with asyncio.timeout(10):
        while stage.types().count("session.update") < count:
            await stage.server.wait_received(len(stage.server.received) + 1)
