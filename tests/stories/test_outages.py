"""Stories of things that die in the middle of a reply: the daemon stays up, says what is wrong, and works again after.

(Users' first complaint of such devices: it goes deaf and must be restarted.)
"""

import json
from pathlib import Path

import pytest

from oyez import actions as do, events as ev
from tests.doubles.onlooker import onlooker
from tests.stories.outside import trouble_shown
from tests.stories.theatre import Theatre, patient, theatre

STORY = "Hey Jarvis, tell me a long story about the sea."


async def begin_a_long_reply(play: Theatre) -> int:
    place = play.now
    play.say(STORY)
    await play.told(ev.ReplyAudible, after=place)
    await play.loudspeaker_has_played(0.5)
    return play.now


async def a_light_can_be_switched(play: Theatre) -> None:
    place = play.now
    play.say("Hey Jarvis, turn on the kitchen light.")
    await play.told(ev.WakeHeard, after=place)
    await play.told(ev.ToolAnswered, after=place, ok=True)
    await play.told(ev.PlaybackFinished, after=place)


async def test_the_voice_service_is_killed_in_mid_reply(tmp_path: Path) -> None:
    """State and event on MQTT say it in a sentence, the error chime sounds at once; later nothing of it is left."""
    async with (
        theatre(tmp_path, conversation=patient(patience_s=1.0)) as play,
        onlooker(play.broker.port) as looker,
    ):
        place, seen = await begin_a_long_reply(play), len(looker.seen)
        await play.local.kill()
        lost = await play.told(ev.SessionLost, after=place)
        assert lost.reason in ("line_lost", "line_away")
        ordered = await play.told(do.PlayChime, after=place, name="error")
        assert await trouble_shown(looker, {lost.reason}, seen) == lost.sentence
        await looker.json("oyez/story/event/error", after=seen, kind=lost.reason, why=lost.sentence)
        ordered_s = play.moment(ordered)
        assert await play.chime_in_room("error", ordered_s) - ordered_s < 0.5
        seen = len(looker.seen)
        await play.local.start()
        await play.local.line("listening on ", after=1, timeout_s=60)
        await a_light_can_be_switched(play)
        await trouble_shown(looker, {None}, seen)


@pytest.mark.long
async def test_the_backend_is_killed_in_mid_reply(tmp_path: Path) -> None:
    """The conversation goes on; the device says that the backend is away when it needs the next token, and again when
    it is spoken to without one."""
    async with (
        theatre(tmp_path, token_lifetime_s=10, conversation=patient(patience_s=1.0)) as play,
        onlooker(play.broker.port) as looker,
    ):
        place, seen = await begin_a_long_reply(play), len(looker.seen)
        await play.backend.kill()
        trouble = await play.told(ev.TroubleFound, after=place, kind="backend_away")
        assert await trouble_shown(looker, {"backend_away"}, seen) == trouble.sentence
        await looker.json("oyez/story/event/error", after=seen, kind="backend_away", why=trouble.sentence)
        play.say("Stop. What time is it?", level_dbfs=-20.0)
        await play.told(do.CutReply, after=place)
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        await play.told(do.CloseSession, after=place)
        place = play.now
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.told(ev.SessionLost, after=place, reason="backend_away")
        ordered = await play.told(do.PlayChime, after=place, name="error")
        await play.chime_in_room("error", play.moment(ordered))
        seen = len(looker.seen)
        await play.backend.start()
        await play.told(ev.TroubleGone, after=place, kind="backend_away")
        await trouble_shown(looker, {None}, seen)
        await a_light_can_be_switched(play)


async def test_the_backend_is_lost_while_nobody_speaks(tmp_path: Path) -> None:
    """The chime sounds when the trouble begins, not only at the next wake word."""
    async with theatre(tmp_path, token_lifetime_s=10) as play, onlooker(play.broker.port) as looker:
        place = play.now
        await play.backend.kill()
        trouble = await play.told(ev.TroubleFound, after=place, kind="backend_away")
        ordered = await play.told(do.PlayChime, after=place, name="error")
        await play.chime_in_room("error", play.moment(ordered))
        await looker.json("oyez/story/event/error", kind="backend_away", why=trouble.sentence)


@pytest.mark.long
async def test_the_broker_is_killed_in_mid_reply(tmp_path: Path) -> None:
    """The conversation does not notice; after the broker's return, which forgot all, the state is there again."""
    async with theatre(tmp_path, conversation=patient(patience_s=1.0)) as play:
        place = await begin_a_long_reply(play)
        await play.broker.kill()
        await play.told(ev.TroubleFound, after=place, kind="broker_away")
        play.say("Stop. What time is it?", level_dbfs=-20.0)
        await play.told(do.CutReply, after=place)
        await play.told(ev.ReplyAudible, after=play.now)
        await play.broker.start()
        await play.told(ev.TroubleGone, after=place, kind="broker_away")
        async with onlooker(play.broker.port) as looker:
            await looker.until("oyez/story/state", lambda payload: tells(payload, play))
            await play.shown("idle", after=place)
            # MQTT could not carry it while the broker was away: it is by sound that the household learns of it.
            ordered = await play.told(do.PlayChime, after=place, name="error")
            await play.chime_in_room("error", play.moment(ordered))
            await looker.json("oyez/story/state", state="idle", trouble=None)
            await a_light_can_be_switched(play)


def tells(payload: bytes, play: Theatre) -> bool:
    """Whether this state document tells what the house itself knows at this moment."""
    view = play.house.conductor.view
    trouble = view.trouble and {"kind": view.trouble.kind, "sentence": view.trouble.sentence}
    known = {
        "state": view.state,
        "muted": view.muted,
        "volume": round(view.volume * 100),
        "wake_word": "hey_jarvis",
        "last_heard": view.last_heard,
        "last_said": view.last_said,
        "trouble": trouble,
    }
    shown = json.loads(payload)
    return known == {name: shown[name] for name in known}
