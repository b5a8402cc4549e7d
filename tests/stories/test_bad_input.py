"""Stories of bad input: what is no order, and a device that is not welcome any more. Said clearly, changing nothing."""

import asyncio
import time
from pathlib import Path

from oyez import actions as do, events as ev
from tests.doubles.onlooker import onlooker
from tests.stories.theatre import Theatre, backend_command, patient, theatre

NO_ORDERS: list[tuple[str, str | bytes]] = [
    ("set/volume", "loud"),
    ("set/volume", "250"),
    ("set/muted", "perhaps"),
    ("do/say", '{"text": 7, "id": "order-1"}'),
    ("do/say", b"\xff\xfe"),
    ("do/listen", "{broken"),
    ("do/dance", "PRESS"),
]
TOKEN_LIFE_S = 10


async def test_what_is_no_order_gets_an_answer_and_changes_nothing(tmp_path: Path) -> None:
    """One answer on event/error for each, by name and with its reason; the order after them is carried out."""
    async with theatre(tmp_path) as play, onlooker(play.broker.port) as looker:
        place, before = play.now, play.house.conductor.view
        for name, payload in NO_ORDERS:
            await looker.send(f"oyez/story/{name}", payload)
        await looker.send("oyez/story/set/volume", "35")
        await looker.json("oyez/story/state", volume=35)
        assert [type(fact) for _, fact in play.facts[place:]] == [ev.VolumeAsked, do.SetVolume]
        after = play.house.conductor.view
        assert (after.muted, after.state, after.trouble) == (before.muted, before.state, None)
        for name, _ in NO_ORDERS:
            answer = await looker.json("oyez/story/event/error", order=name)
            assert (answer["ok"], answer["why"].endswith(".")) == (False, True), answer
        errors = [message for message in looker.seen if message.topic == "oyez/story/event/error"]
        assert len(errors) == len(NO_ORDERS)
        assert (await looker.json("oyez/story/event/error", id="order-1"))["order"] == "do/say"


async def test_a_device_whose_key_was_revoked_says_so_at_once_and_at_every_wake_and_keeps_listening(
    tmp_path: Path,
) -> None:
    """The old token serves until it ends; then no sound leaves the room and the chime answers each wake."""
    async with (
        theatre(tmp_path, token_lifetime_s=TOKEN_LIFE_S, conversation=patient(patience_s=1.0)) as play,
        onlooker(play.broker.port) as looker,
    ):
        await backend_command(tmp_path, "device", "revoke", "story")
        revoked_s = time.monotonic()
        trouble = await play.told(ev.TroubleFound, kind="token_refused")
        assert "revoked" in trouble.sentence
        await looker.json("oyez/story/event/error", kind="token_refused")
        # Nothing tells the end of a token that nobody asks for: it is a matter of time alone.
        await asyncio.sleep(max(0.0, revoked_s + TOKEN_LIFE_S - time.monotonic()))
        for _ in range(2):
            await refused_wake(play)
        state = await looker.until("oyez/story/state", lambda payload: b"token_refused" in payload)
        assert b"revoked" in state.payload
        assert play.audio_bytes_at_server() == 0


async def refused_wake(play: Theatre) -> None:
    place = play.now
    await play.say("Hey Jarvis, turn on the kitchen light.").wait()
    await play.told(ev.WakeHeard, after=place)
    lost = await play.told(ev.SessionLost, after=place)
    assert (lost.reason, "revoked" in lost.sentence) == ("token_refused", True), lost
    await play.told(do.PlayChime, after=place, name="error")
    await play.told(do.Complain, after=place, kind="token_refused")
    shown = play.house.conductor.view.trouble
    assert shown is not None
    assert shown.kind == "token_refused"
    await play.shown("idle", after=place)
