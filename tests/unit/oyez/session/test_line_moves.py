"""A session that is replaced before its end, turns that the device takes, and a poor uplink, on real sockets."""

import asyncio
import base64

from oyez import events as ev
from tests.doubles.line_stage import READY, line_stage
from tests.doubles.scripted_realtime import Expect, Silence, Vanish
from tests.doubles.spoken_lines import (
    APPEND,
    NOW,
    SECOND,
    SECOND_SENT,
    called,
    created,
    done,
    dying,
    emit,
    second_session,
    sessions_configured,
    speak,
    told,
    turn,
    written,
)


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


async def test_a_wish_of_a_reply_that_was_cut_does_not_keep_the_session_from_being_replaced() -> None:
    """A call, and a question for approval. Nobody will answer them: they are not waited for, nor told to the next."""
    wish = {"type": "mcp_approval_request", "id": "w", "server_label": "home", "name": "f", "arguments": "{}"}
    asked = emit("response.output_item.done", response_id="r1", output_index=1, item=wish)
    first = [*dying(3), created("r1"), Expect("response.cancel"), called("r1", "c"), asked, done("r1"), Silence()]
    second = [*READY, Expect("session.update"), READY[2], Silence()]
    async with line_stage(first, second) as stage:
        stage.endpoint.now = NOW
        stage.line.open()
        await stage.told(ev.ReplyBegun)
        stage.line.drop_reply()
        stage.line.cancel_reply()
        await stage.told(ev.ReplyEnded)
        async with asyncio.timeout(10):
            while stage.types().count("session.update") < 3:
                await stage.server.wait_received(len(stage.server.received) + 1)
        assert not any(isinstance(event, ev.ToolCalled | ev.SessionLost) for event in stage.events)
        assert "conversation.item.create" not in stage.types()
