"""A session that is lost in mid-conversation, on real sockets: the next one is told what it must know, the house hears
nothing, and nothing is said or done twice."""

import base64

import pytest

from oyez import events as ev
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.scripted_realtime import Close, Expect, Silence, Step, Vanish
from tests.doubles.spoken_lines import (
    APPEND,
    SECOND,
    SECOND_SENT,
    called,
    created,
    done,
    emit,
    speak,
    spoken,
    told,
    turn,
    written,
)

LOSSES = [Vanish(), Close(1001), Close(1011), Close(1012), Close(1013), Close(3000)]


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


async def test_a_reply_that_was_cut_off_is_gone_on_with() -> None:
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
        assert ask["response"]["tool_choice"] == "auto"
        assert "cut off" in ask["response"]["instructions"]
        facts = [ev.SessionReady(), ev.ReplyBegun("r1", False), ev.ReplyAudible("r1"), ev.ReplyBegun("r2", False)]
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
