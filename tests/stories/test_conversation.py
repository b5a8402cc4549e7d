"""Stories of the whole daemon: what a person in the room would notice, counted where it can be counted."""

from pathlib import Path

import pytest

from oyez import actions as do, events as ev
from tests.doubles.onlooker import onlooker
from tests.stories.theatre import patient, theatre

PIECE_S = 0.02
"""Sound leaves in pieces of this length."""
ON_ITS_WAY_BYTES = 24_000
"""Half a second: what a socket may hold that is being closed."""


async def test_nothing_leaves_the_room_before_the_wake_word_and_then_the_request_is_whole(tmp_path: Path) -> None:
    """Zero audio bytes at the server's socket however much is said before; the first word after the wake phrase is
    there though all was said in one breath. (Users: first word cut; the plan's first promise.)"""
    async with theatre(tmp_path) as play:
        await play.says_to_nobody("This is private. Turn on the kitchen light, please, and tell nobody.")
        assert play.audio_bytes_at_server() == 0
        place = play.now
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.told(ev.WakeHeard, after=place)
        heard = await play.told(ev.TextHeard, after=place)
        assert heard.text.lower().startswith("turn on the kitchen light"), heard.text
        called = await play.told(ev.ToolCalled, after=place)
        assert called.name == "set_light"
        assert called.arguments == {"name": "kitchen light", "on": True}
        said = await play.told(ev.TextSaid, after=place)
        assert "kitchen light" in said.text
        await play.shown("speaking", after=place)
        await play.told(do.CloseSession, after=place)
        first_uplink_s = min(
            line["time_s"] for line in play.at_server() if line["direction"] == "in" and line.get("audio_bytes")
        )
        assert first_uplink_s > play.when(ev.WakeHeard)
        # All that was said since the wake phrase's end is there, but for what was on its way when the line was closed;
        # and no more came than was recorded, however late this machine's threads are.
        woken = await play.told(ev.WakeHeard)
        assert (await play.told(do.OpenTap)).since_s == woken.phrase_end_s
        assert 0 <= play.house.hearing.tap_bytes - play.audio_bytes_at_server() <= ON_ITS_WAY_BYTES
        assert play.audio_bytes_at_server() / 48_000 < play.when(do.CloseTap) - woken.phrase_end_s + PIECE_S


async def test_speech_over_a_reply_stops_it_and_the_service_learns_what_the_room_heard(tmp_path: Path) -> None:
    """The truncation's ms are within 60 ms of what left the loudspeaker. (Users: cannot interrupt; phantom text.)"""
    async with theatre(tmp_path) as play:
        play.say("Hey Jarvis, tell me a long story about the sea.")
        await play.told(ev.ReplyAudible)
        await play.loudspeaker_has_played(2.0)
        place = play.now
        play.say("Stop. What time is it?", level_dbfs=-20.0)
        await play.told(do.CutReply, after=place)
        await play.told(ev.TextHeard, after=place)
        (truncate,) = [line for line in play.at_server() if line["type"] == "conversation.item.truncate"]
        heard_ms = play.reply_heard_ms(play.when(ev.ReplyAudible), play.when(do.CutReply) + 0.2)
        assert abs(truncate["audio_end_ms"] - heard_ms) <= 60, (truncate["audio_end_ms"], heard_ms)
        await play.told(ev.ReplyAudible, after=place)


async def test_left_alone_the_device_closes_the_line_and_sleeps(tmp_path: Path) -> None:
    """A false wake costs seconds, not an open session. (Users: stays in listening; runaway cost.)"""
    async with theatre(tmp_path, conversation=patient(patience_s=1.0)) as play:
        play.say("Hey Jarvis.")
        await play.told(ev.SessionReady)
        await play.told(do.CloseSession)
        before = play.audio_bytes_at_server()
        await play.says_to_nobody("This is said to nobody.")
        assert play.audio_bytes_at_server() == before


@pytest.mark.parametrize("publish_text", [True, False])
async def test_a_tool_call_is_told_on_mqtt_with_its_arguments_only_where_texts_may_be_seen(
    tmp_path: Path, publish_text: bool
) -> None:
    """Arguments are what somebody said at home, in other words."""
    async with theatre(tmp_path, publish_text=publish_text) as play, onlooker(play.broker.port) as looker:
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.told(do.RunTool)
        told = await looker.json("oyez/story/event/tool")
        arguments = {"arguments": {"name": "kitchen light", "on": True}} if publish_text else {}
        assert told == {"event_type": "tool", "name": "set_light", **arguments}
