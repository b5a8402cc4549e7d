"""Stories of turns in the whole daemon: the talk button over MQTT, who ends a turn, how a conversation ends, G.711."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from oyez import actions as do, events as ev
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, patient, theatre

STORY, TIME = "Tell me a long story about the sea.", "What time is it?"
LIGHT = "Hey Jarvis, turn on the kitchen light."
PERIODS_S = 0.06
"""Three periods of the card: one is being played when the order comes, one is being written."""


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def facts(play: Theatre, kind: type[object], after: int = 0) -> list[Any]:
    return [fact for _, fact in play.facts[after:] if isinstance(fact, kind)]


async def talk(looker: Onlooker, action: str, order_id: str) -> dict[str, Any]:
    """Presses or releases the button, and returns what became of it."""
    await looker.send("oyez/story/do/talk", json.dumps({"action": action, "id": order_id}))
    return await looker.json("oyez/story/event/done", id=order_id)


def truncation_is_what_the_room_heard(play: Theatre, audible: ev.ReplyAudible, cut: do.CutReply) -> None:
    """Within 60 ms; and nothing sounds three periods after the order to be silent."""
    (truncate,) = [line for line in play.at_server() if line["type"] == "conversation.item.truncate"]
    _, ended_s = play.reply_in_room(play.moment(audible), play.moment(cut) + 0.3)
    heard_ms = play.reply_heard_ms(play.moment(audible), play.moment(cut) + 0.3)
    assert abs(truncate["audio_end_ms"] - heard_ms) <= 60, (truncate, heard_ms)
    assert ended_s <= play.moment(cut) + PERIODS_S


async def test_what_is_said_while_the_talk_button_is_held_is_one_turn_and_a_press_silences_a_reply(
    tmp_path: Path,
) -> None:
    """A pause of 1.5 s ends no turn, the last syllable before the release is there, and the next press cuts in: what
    was heard of the reply is told within 60 ms."""
    for words in ("Turn on the kitchen", "light, please.", STORY, TIME):
        speech(words)
    async with theatre(tmp_path) as play, onlooker(play.broker.port) as looker:
        await one_turn_pause_and_all(play, looker)
        await talk(looker, "press", "p2")
        await play.say(STORY).wait()
        place = play.now
        await talk(looker, "release", "r2")
        audible = await play.told(ev.ReplyAudible, after=place)
        await play.loudspeaker_has_played(2.0)
        place = play.now
        assert (await talk(looker, "press", "p3"))["ok"]
        cut = await play.told(do.CutReply, after=place)
        await play.say(TIME).wait()
        assert (await talk(looker, "release", "r3"))["ok"]
        assert plain((await play.told(ev.TextHeard, after=place)).text) == "what time is it"
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        truncation_is_what_the_room_heard(play, audible, cut)


async def one_turn_pause_and_all(play: Theatre, looker: Onlooker) -> None:
    assert (await talk(looker, "press", "p1"))["ok"]
    await play.say("Turn on the kitchen").wait()
    await asyncio.sleep(1.5)  # they think
    await play.say("light, please.").wait()
    assert (await talk(looker, "release", "r1"))["ok"]
    heard = await play.told(ev.TextHeard)
    assert plain(heard.text) == "turn on the kitchen light please"
    await play.told(ev.ToolAnswered, name="set_light", ok=True)
    await play.told(ev.PlaybackFinished)
    assert len(facts(play, ev.TextHeard)) == len(facts(play, do.RunTool)) == 1
    seen = play.at_server()
    assert not any(line["type"] == "input_audio_buffer.speech_started" for line in seen)
    committed = next(at for at, line in enumerate(seen) if line["type"] == "input_audio_buffer.commit")
    turn_s = sum(line.get("audio_bytes", 0) for line in seen[:committed] if line["direction"] == "in") / 48_000
    opened, commit = await play.told(do.OpenTap), await play.told(do.CommitTurn)
    assert commit.until_s is not None
    assert 0.0 <= turn_s - (commit.until_s - opened.since_s) < 0.1, "all of it up to the release, and hardly more"


async def test_a_press_that_is_too_short_or_muted_does_nothing_and_says_so(tmp_path: Path) -> None:
    """Nothing is committed and nothing answered; who is muted is told to unmute, and no line opens."""
    async with theatre(tmp_path) as play, onlooker(play.broker.port) as looker:
        await looker.send("oyez/story/do/talk", '{"action": "press", "id": "p1"}')
        await asyncio.sleep(0.05)  # so long it is held
        refused = await talk(looker, "release", "r1")
        assert not refused["ok"]
        assert "hold it for as long as you speak" in refused["why"]
        await play.told(do.CloseSession)
        await looker.send("oyez/story/set/muted", "ON")
        await play.told(do.SetMuted)
        refused = await talk(looker, "press", "p2")
        assert not refused["ok"]
        assert "unmute" in refused["why"]
        assert len(facts(play, do.OpenSession)) == 1, "the second press opens no line"
        assert facts(play, do.CommitTurn) == facts(play, ev.ReplyBegun) == []
        assert not any(line["type"] == "input_audio_buffer.commit" for line in play.at_server())


@pytest.mark.parametrize("turn_detection", ["manual", "semantic_vad"])
async def test_a_request_in_one_breath_is_answered_whoever_ends_the_turn_and_thanks_end_it(
    tmp_path: Path, turn_detection: str
) -> None:
    """The device's own gate, or the service by what was meant: the light is switched once and that is said. Thanks are
    answered by silence, the chime for done and sleep."""
    for words in (LIGHT, "Thank you."):
        speech(words)
    async with theatre(tmp_path, line={"turn_detection": turn_detection}) as play, onlooker(play.broker.port) as looker:
        play.say(LIGHT)
        await play.told(ev.ToolAnswered, name="set_light", ok=True)
        switched = await looker.until("house/light/kitchen_light/set")
        assert switched.payload == b"ON"
        await play.told(ev.PlaybackFinished)
        assert plain(facts(play, ev.TextHeard)[0].text) == "turn on the kitchen light"
        assert "kitchen light is on" in facts(play, ev.TextSaid)[-1].text.lower()
        by_device = any(line["type"] == "input_audio_buffer.commit" for line in play.at_server())
        assert by_device == (turn_detection == "manual")
        place = play.now
        play.say("Thank you.")
        chime = await play.told(do.PlayChime, after=place, name="done")
        await play.chime_in_room("done", play.moment(chime))
        assert facts(play, do.CloseSession)
        assert facts(play, ev.DeadlinePassed) == [], "it was the thanks that ended it"
        assert plain(facts(play, ev.TextHeard)[-1].text) == "thank you"
        begun_s, ended_s = play.reply_in_room(play.moment(chime) - 0.5, play.moment(chime) + 3.0)
        assert play.moment(chime) <= begun_s < ended_s < begun_s + 1.0, "no welcome before the chime, none after it"
        assert len(facts(play, do.RunTool)) == 1


async def test_a_conversation_sleeps_behind_the_last_follow_up_that_it_may_have(tmp_path: Path) -> None:
    """follow_ups_max: nobody waits for a patience to run out."""
    for words in ("Hey Jarvis, hello there.", "What is two plus three?"):
        speech(words)
    async with theatre(tmp_path, conversation=patient(patience_s=20.0, follow_ups_max=1)) as play:
        play.say("Hey Jarvis, hello there.")
        await play.told(ev.PlaybackFinished)
        asked = play.now
        play.say("What is two plus three?")
        assert "5" in (await play.told(ev.TextSaid, after=asked)).text
        await play.told(ev.PlaybackFinished, after=asked)
        await play.told(do.CloseSession, after=asked)
        assert facts(play, ev.DeadlinePassed) == facts(play, ev.SessionLost) == []


@pytest.mark.parametrize("audio_format", ["pcmu", pytest.param("pcma", marks=pytest.mark.long)])
async def test_over_a_poor_uplink_a_reply_is_interrupted_as_over_a_good_one(tmp_path: Path, audio_format: str) -> None:
    """G.711 both ways: what was heard of the reply is told within 60 ms, and the interruption is answered."""
    for words in (f"Hey Jarvis, {STORY}", TIME):
        speech(words)
    async with theatre(tmp_path, line={"audio_format": audio_format}) as play:
        play.say(f"Hey Jarvis, {STORY}")
        audible = await play.told(ev.ReplyAudible)
        await play.loudspeaker_has_played(1.0)
        place = play.now
        play.say(TIME, level_dbfs=-20.0)
        cut = await play.told(do.CutReply, after=place)
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        await play.told(ev.ReplyAudible, after=place)
        truncation_is_what_the_room_heard(play, audible, cut)
        recorded_s = play.when_last(ev.ReplyAudible) - play.when(ev.WakeHeard)
        assert 0 < play.audio_bytes_at_server() < 8_000 * (recorded_s + 2.0)
