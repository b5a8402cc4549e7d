"""Stories of things that die in the middle of a reply: the daemon stays up, says what is wrong, and works again after.

(Users' first complaint of such devices: it goes deaf and must be restarted.)
"""

import json
from pathlib import Path

from paho.mqtt import subscribe

from oyez import actions as do
from oyez import events as ev
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
    async with theatre(tmp_path, conversation=patient(patience_s=1.0)) as play:
        place = await begin_a_long_reply(play)
        await play.local.kill()
        lost = await play.told(ev.SessionLost, after=place)
        assert lost.reason in ("line_lost", "line_away")
        await play.told(do.PlayChime, after=place, name="error")
        await play.told(do.Complain, after=place)
        assert play.house.conductor.view.trouble is not None
        await play.local.start()
        await play.local.line("listening on ", after=1, timeout_s=60)
        await a_light_can_be_switched(play)
        assert play.house.conductor.view.trouble is None, "a trouble that is over is still shown"


async def test_the_backend_is_killed_in_mid_reply(tmp_path: Path) -> None:
    """The reply goes on; when the token in the drawer is too old, the device says that the backend is away."""
    async with theatre(tmp_path, token_lifetime_s=10, conversation=patient(patience_s=1.0)) as play:
        place = await begin_a_long_reply(play)
        await play.backend.kill()
        trouble = await play.told(ev.TroubleFound, after=place, kind="backend_away")
        assert trouble.sentence
        await play.told(do.CloseSession, after=place, timeout_s=90)
        place = play.now
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.told(ev.SessionLost, after=place, reason="backend_away")
        await play.told(do.PlayChime, after=place, name="error")
        await play.backend.start()
        await play.told(ev.TroubleGone, after=place, kind="backend_away")
        await a_light_can_be_switched(play)


async def test_the_broker_is_killed_in_mid_reply(tmp_path: Path) -> None:
    """The conversation does not notice; after the broker's return the state is there again."""
    async with theatre(tmp_path, conversation=patient(patience_s=1.0)) as play:
        place = await begin_a_long_reply(play)
        await play.broker.kill()
        await play.told(ev.TroubleFound, after=place, kind="broker_away")
        play.say("Stop. What time is it?", level_dbfs=-20.0)
        await play.told(do.CutReply, after=place)
        await play.told(ev.ReplyAudible, after=play.now)
        await play.broker.start()
        await play.told(ev.TroubleGone, after=place, kind="broker_away")
        message = await retained(play, "oyez/story/state")
        assert message["state"] in ("idle", "listening", "speaking", "thinking")
        await play.shown("idle", after=place)
        await a_light_can_be_switched(play)


async def retained(play: Theatre, topic: str) -> dict[str, object]:
    import asyncio

    message = await asyncio.to_thread(subscribe.simple, topic, hostname="127.0.0.1", port=play.broker.port)
    document: dict[str, object] = json.loads(message.payload)
    return document
