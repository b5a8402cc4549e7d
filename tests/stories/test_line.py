"""Stories of a line that does not die: the session ends, breaks or expires in mid-conversation, and the user notices
nothing. The whole daemon in its Room, against the real local server, whose faults fall on the event that is named."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from oyez import actions as do, events as ev
from tests.doubles.cutting_proxy import cutting_proxy
from tests.stories.theatre import UPSTREAM_KEY, Theatre, patient, theatre

FAULTS = ("--faults",)
LIGHT = "Hey Jarvis, turn on the kitchen light."


def local_port(play: Theatre) -> int:
    return int(play.local.command[play.local.command.index("--port") + 1])


async def fault(play: Theatre, **what: Any) -> None:
    """The local server will fail so, once."""
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{local_port(play)}/faults"
        answer = await http.post(url, json=what, headers={"Authorization": f"Bearer {UPSTREAM_KEY}"})
        assert answer.is_success, answer.text


def facts(play: Theatre, kind: type[object]) -> list[Any]:
    return [fact for _, fact in play.facts if isinstance(fact, kind)]


def nothing_was_noticed(play: Theatre) -> None:
    """Neither seen, nor heard, nor told."""
    assert facts(play, ev.SessionLost) == []
    assert len(facts(play, ev.SessionReady)) == len(facts(play, do.OpenSession))
    assert facts(play, do.Complain) == []
    assert not any(chime.name == "error" for chime in facts(play, do.PlayChime))


def sessions(play: Theatre) -> list[str]:
    """Types of what went out at the server, from each session's beginning."""
    return [line["type"] for line in play.at_server() if line["type"] == "session.created"]


class Awaited(logging.Handler):
    """Sets `happened` when the line logs a sentence with these words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words, self.happened = words, asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._words in record.getMessage():
            self.happened.set()


@contextmanager
def awaited(words: str) -> Iterator[asyncio.Event]:
    logger, handler = logging.getLogger("oyez.session.call"), Awaited(words)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield handler.happened
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


async def test_a_session_limit_passes_in_mid_conversation_and_nobody_notices(tmp_path: Path) -> None:
    """Sessions of 20 s: no word is lost, and in its second session the model still knows the name that it was told in
    the first. (Users: the agent dies when its session expires.)"""
    limit = ("--session-limit-s", "20")
    talk = patient(patience_s=25.0)
    with awaited("goes on in the next one") as rotated:
        async with theatre(tmp_path, conversation=talk, local_options=limit) as play:
            await the_name_is_known_in_the_next_session(play, rotated)


async def the_name_is_known_in_the_next_session(play: Theatre, rotated: asyncio.Event) -> None:
    play.say("Hey Jarvis, my name is Ada.")
    told = await play.told(ev.TextHeard)
    await play.told(ev.PlaybackFinished)
    await rotated.wait()
    place = play.now
    await asyncio.sleep(8.0)  # past the end of the first
    play.say("What is my name?")
    asked = await play.told(ev.TextHeard, after=place)
    said = await play.told(ev.TextSaid, after=place)
    await play.told(ev.PlaybackFinished, after=place)
    assert told.text.lower().rstrip(".").endswith("my name is ada"), told.text
    assert asked.text.lower().startswith("what is my name"), asked.text
    assert "Ada" in said.text
    assert facts(play, do.CloseSession) == []
    assert len(sessions(play)) >= 2
    nothing_was_noticed(play)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"fault": "expire"}, id="expire"),
        pytest.param({"fault": "drop"}, id="drop", marks=pytest.mark.long),
        pytest.param({"fault": "close", "code": 1011}, id="close", marks=pytest.mark.long),
    ],
)
async def test_a_session_ends_while_somebody_speaks_and_the_request_is_answered(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    """Nobody says it again, no word of it is lost, the tool runs once."""
    async with theatre(tmp_path, local_options=FAULTS) as play:
        await fault(play, at="input_audio_buffer.speech_started", **how)
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, ok=True)
        await play.told(ev.PlaybackFinished)
        heard = facts(play, ev.TextHeard)
        assert [event.text.lower().rstrip(".") for event in heard] == ["turn on the kitchen light"], heard
        assert len(facts(play, do.RunTool)) == 1
        assert len(sessions(play)) == 2
        nothing_was_noticed(play)


MOMENTS = (
    "input_audio_buffer.committed",
    "input_audio_buffer.speech_stopped",
    "response.created",
    "response.function_call_arguments.done",
    "conversation.item.create",
    "response.create",
)
"""In mid-request: from the last word to the wish for the answer after the tool."""


@pytest.mark.parametrize("at", [MOMENTS[0], *(pytest.param(moment, marks=pytest.mark.long) for moment in MOMENTS[1:])])
async def test_the_socket_is_cut_in_mid_request_and_the_request_is_answered_once(tmp_path: Path, at: str) -> None:
    """Wherever it is cut, the light is switched once and its answer is spoken, without a second asking."""
    async with theatre(tmp_path, local_options=FAULTS) as play:
        await fault(play, fault="drop", at=at)
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, ok=True)
        await play.told(ev.PlaybackFinished)
        said = facts(play, ev.TextSaid)
        assert "kitchen light is on" in said[-1].text.lower(), said
        assert len(facts(play, do.RunTool)) == 1
        assert len(sessions(play)) == 2
        nothing_was_noticed(play)


async def test_the_socket_is_cut_in_mid_reply_and_the_reply_goes_on(tmp_path: Path) -> None:
    async with theatre(tmp_path, local_options=FAULTS) as play:
        await fault(play, fault="drop", at="response.output_audio.delta", after_events=6)
        play.say("Hey Jarvis, count to twenty.")
        await play.told(ev.ReplyBegun)
        second = await play.told(ev.ReplyBegun, after=play.now)
        said = await play.told(ev.TextSaid)
        await play.told(ev.ReplyEnded, response_id=second.response_id, status="completed")
        await play.told(ev.PlaybackFinished)
        assert said.text.endswith("19, 20."), said.text
        assert not said.text.startswith("1, 2"), said.text
        items = [line for line in play.at_server() if line["type"] == "conversation.item.create"]
        assert len(items) == 2  # what was asked, and what of the reply had come
        nothing_was_noticed(play)


async def test_the_network_is_away_for_a_moment_while_somebody_speaks(tmp_path: Path) -> None:
    """Cut in mid-word and shut for three seconds: what is said meanwhile waits, and goes first when it is back."""
    async with cutting_proxy() as proxy:
        url = f"ws://127.0.0.1:{proxy.port}/v1/realtime"
        async with theatre(tmp_path, conversation=patient(patience_s=1.5), line={"realtime_url": url}) as play:
            proxy.target_port = local_port(play)
            play.say(LIGHT)
            await play.told(ev.SpeechStarted, by="server")
            proxy.cut(shut=True)
            await asyncio.sleep(3.0)  # so long the network is away
            proxy.shut = False
            await play.told(ev.ToolAnswered, ok=True)
            await play.told(ev.PlaybackFinished)
            (heard,) = facts(play, ev.TextHeard)
            assert heard.text.lower().rstrip(".") == "turn on the kitchen light"
            assert len(facts(play, do.RunTool)) == 1
            nothing_was_noticed(play)


@pytest.mark.long
async def test_over_a_poor_uplink_the_same_is_said_and_done_in_a_sixth_of_the_bytes(tmp_path: Path) -> None:
    """G.711 both ways, through a cut: the request is understood, the light is on, the room hears the answer."""
    async with theatre(tmp_path, local_options=FAULTS, line={"audio_format": "pcmu"}) as play:
        await fault(play, fault="drop", at="input_audio_buffer.committed")
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, ok=True)
        await play.told(ev.PlaybackFinished)
        assert "kitchen light is on" in facts(play, ev.TextSaid)[-1].text.lower()
        recorded_s = play.when_last(ev.PlaybackFinished) - play.when(ev.WakeHeard)
        assert play.audio_bytes_at_server() < 8_000 * (recorded_s + 6.0)  # six for what was sent again
        nothing_was_noticed(play)


async def test_the_devices_own_gate_ends_the_turns_where_that_is_configured(tmp_path: Path) -> None:
    """turn_detection manual, through a cut right behind the commit."""
    async with theatre(tmp_path, local_options=FAULTS, line={"turn_detection": "manual"}) as play:
        await fault(play, fault="drop", at="input_audio_buffer.commit")
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, ok=True)
        await play.told(ev.PlaybackFinished)
        assert len(facts(play, do.RunTool)) == 1
        assert len(sessions(play)) == 2
        assert not any(line["type"] == "input_audio_buffer.speech_started" for line in play.at_server())
        nothing_was_noticed(play)


async def test_a_service_that_falls_silent_is_found_out_and_left(tmp_path: Path) -> None:
    """The socket stays open and says nothing: a ping finds it, and the request is answered by the next session."""
    async with theatre(tmp_path, local_options=FAULTS, line={"ping_s": 1.0}) as play:
        await fault(play, fault="silent", at="input_audio_buffer.speech_started")
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, ok=True)
        await play.told(ev.PlaybackFinished)
        assert len(facts(play, do.RunTool)) == 1
        nothing_was_noticed(play)


@pytest.mark.long
async def test_a_reply_is_interrupted_after_its_session_was_replaced(tmp_path: Path) -> None:
    """The next session had been told all of it, since it was going to be heard: it learns how much was, and answers."""
    limit, long = ("--session-limit-s", "30"), {"max_output_tokens": 4096}
    with awaited("goes on in the next one") as rotated:
        async with theatre(tmp_path, local_options=limit, line=long) as play:
            play.say("Hey Jarvis, tell me a long story about the sea.")
            await play.told(ev.ReplyAudible)
            await rotated.wait()
            place, before = play.now, len(play.at_server())
            play.say("Stop. What time is it?", level_dbfs=-20.0)
            await play.told(do.CutReply, after=place)
            await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
            await play.told(ev.PlaybackFinished, after=place)
            after = play.at_server()[before:]
            told = facts(play, ev.TextSaid)[0].item_id
            of_it = [line["type"] for line in after if line.get("item_id") == told and line["direction"] == "in"]
            assert of_it == ["conversation.item.delete", "conversation.item.create"]
            errors = {line["error_code"] for line in after if line["type"] == "error"}
            assert errors <= {
                "response_cancel_not_active"
            }  # "stop" and "what time" are two turns: the first is cancelled
            nothing_was_noticed(play)
