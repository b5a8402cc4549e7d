"""The home organ on a real mosquitto: what is said, what is obeyed, and what becomes of it when the broker dies."""

import asyncio
import json
import logging
import shutil
import sys
from typing import Any

import pytest

from oyez.config import Home
from oyez.events import ListenAsked, MuteAsked, SayAsked, StopAsked, VolumeAsked
from oyez.home.away import BrokerAway
from oyez.home.broker import Broker
from oyez.home.topics import Message
from oyez.remote import WELL, Remote
from oyez.secret import Secret
from oyez.view import View
from tests.doubles.guarded_broker import encrypted, locked, old_broker
from tests.doubles.home import DEVICE, ROOT, Told, at_home
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import mosquitto, running

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


def is_(payload: bytes) -> Any:
    return lambda seen: seen == payload


async def test_it_announces_itself_with_retained_documents_and_says_good_bye() -> None:
    """Home Assistant's document, availability and state are there for who comes later; a clean stop says offline."""
    async with mosquitto() as server:
        async with at_home(Home(port=server.port)) as (broker, _), onlooker(server.port) as early:
            broker.show(View(state="listening", last_heard="secret words"))
            await early.json(f"{ROOT}/state", state="listening")
            async with onlooker(server.port) as late:
                config = await late.until("homeassistant/device/kitchen/config")
                online = await late.until(f"{ROOT}/availability", is_(b"online"))
                state = await late.until(f"{ROOT}/state")
                assert config.retain
                assert online.retain
                assert state.retain
                assert json.loads(config.payload)["device"]["name"] == "Kitchen speaker"
                assert json.loads(state.payload)["last_heard"] == "", "publish_text is off"
        async with onlooker(server.port) as later:
            assert (await later.until(f"{ROOT}/availability")).payload == b"offline"


async def test_the_last_will_says_offline_when_the_daemon_is_killed() -> None:
    """kill -9 of a real process that holds the connection."""
    program = (
        "import asyncio, sys\nfrom oyez.config import Device, Home\nfrom oyez.home.broker import Broker\n"
        "async def main():\n"
        "    broker = Broker(Home(port=int(sys.argv[1])), Device(id='kitchen'), print)\n"
        "    await broker.run()\n"
        "asyncio.run(main())\n"
    )
    async with (
        mosquitto() as server,
        onlooker(server.port) as looker,
        running([sys.executable, "-c", program, str(server.port)]) as daemon,
    ):
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        await daemon.kill()
        await looker.until(f"{ROOT}/availability", is_(b"offline"))


async def test_orders_become_events_and_are_answered_with_their_id() -> None:
    async with mosquitto() as server, at_home(Home(port=server.port)) as (_, told), onlooker(server.port) as looker:
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        await looker.send(f"{ROOT}/set/volume", "30")
        await looker.send(f"{ROOT}/set/muted", "on")
        await looker.json(f"{ROOT}/state", muted=True)
        await looker.send(f"{ROOT}/do/listen", "PRESS")
        await looker.send(f"{ROOT}/do/stop", '{"id": "s1"}')
        await looker.json(f"{ROOT}/event/done", id="s1", ok=True)
        await looker.send(f"{ROOT}/do/say", '{"text": "fail", "id": "s2"}')
        await looker.json(f"{ROOT}/event/done", id="s2", ok=False, why="The line is away.")
        assert told.events == [
            VolumeAsked(0.3),
            MuteAsked(True),
            ListenAsked(),
            StopAsked("s1"),
            SayAsked("fail", "s2"),
        ]


async def test_what_is_no_order_is_answered_on_event_error_and_changes_nothing() -> None:
    async with mosquitto() as server, onlooker(server.port) as looker:
        await looker.send(f"{ROOT}/do/say", "an old text", retain=True)
        async with at_home(Home(port=server.port)) as (_, told):
            assert "retained" in (await looker.json(f"{ROOT}/event/error", order="do/say"))["why"]
            await looker.send(f"{ROOT}/set/volume", "loud")
            await looker.json(f"{ROOT}/event/error", order="set/volume", ok=False)
            await looker.send(f"{ROOT}/do/dance", "now")
            await looker.json(f"{ROOT}/event/error", order="do/dance")
            await looker.send(f"{ROOT}/do/say", b"\xff\xff")
            await looker.json(f"{ROOT}/event/error", order="do/say", ok=False)
            await looker.send(f"{ROOT}/do/say", '{"text": 1, "id": "x"}')
            await looker.json(f"{ROOT}/event/error", id="x")
            assert told.events == []


async def test_the_same_order_twice_is_carried_out_once_and_answered_twice() -> None:
    async with mosquitto() as server, at_home(Home(port=server.port)) as (_, told), onlooker(server.port) as looker:
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        await looker.send(f"{ROOT}/do/say", '{"text": "hello", "id": "a"}')
        await looker.json(f"{ROOT}/event/done", id="a")
        after = len(looker.seen)
        await looker.send(f"{ROOT}/do/say", '{"text": "hello", "id": "a"}')
        await looker.json(f"{ROOT}/event/done", id="a", after=after)
        assert told.events == [SayAsked("hello", "a")]


async def test_a_flood_is_refused_once_and_the_connection_lives_on() -> None:
    """60 orders while the clock stands: the burst passes, one refusal is told. Later orders are obeyed again."""
    now = [0.0]
    async with (
        mosquitto() as server,
        at_home(Home(port=server.port), clock=lambda: now[0]) as (_, told),
        onlooker(server.port) as looker,
    ):
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        for number in range(60):
            await looker.send(f"{ROOT}/set/volume", str(number))
        await looker.json(f"{ROOT}/event/error", ok=False, order="set/volume")
        # The device may still be reading the flood: it is asked again, a second later by its clock, until it obeys.
        for attempt in range(60):
            now[0] += 1.0
            await looker.send(f"{ROOT}/do/say", json.dumps({"text": "still here", "id": f"z{attempt}"}))
            if await told.heard(SayAsked, within_s=1.0):
                break
        assert any(isinstance(event, SayAsked) for event in told.events)
        assert 20 <= sum(isinstance(event, VolumeAsked) for event in told.events) <= 20 + 5 * now[0]
        errors = [message for message in looker.seen if message.topic == f"{ROOT}/event/error"]
        assert len(errors) <= 1 + now[0], "not one for each order"


async def test_a_broker_that_dies_and_returns_gets_everything_anew(caplog: pytest.LogCaptureFixture) -> None:
    """kill -9 of the broker, which forgets all; the trouble is told once; the last state and the event arrive."""
    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, told):
        async with onlooker(server.port) as looker:
            broker.show(View(state="idle"))
            await looker.json(f"{ROOT}/state", state="idle")
        caplog.set_level(logging.WARNING, "oyez.home")
        await server.kill()
        assert "broke" in await told.trouble()
        broker.show(View(state="speaking"))
        broker.emit("wake", {"word": "alexa", "score": 0.9})
        with pytest.raises(BrokerAway):
            await broker.publish(Message("house/light", b"ON"))
        await server.start()
        async with onlooker(server.port) as looker:
            await looker.json(f"{ROOT}/state", state="speaking")
            await looker.until("homeassistant/device/kitchen/config")
            await looker.until(f"{ROOT}/availability", is_(b"online"))
            await looker.send(f"{ROOT}/do/stop", '{"id": "back"}')
            await looker.json(f"{ROOT}/event/done", id="back", ok=True)
        assert broker.broker_trouble is None
        assert told.events == [StopAsked("back")]
        sentences = [record.getMessage() for record in caplog.records]
        assert len(sentences) == len(set(sentences)), "each trouble once, however often it is tried"


async def test_an_event_that_happened_while_the_broker_was_away_is_told_on_its_return() -> None:
    """The onlooker listens before the device comes."""
    async with mosquitto() as server, onlooker(server.port) as looker:
        told = Told()
        broker = Broker(Home(port=server.port), DEVICE, told.tell)
        broker.emit("wake", {"word": "alexa", "score": 0.9})
        task = asyncio.create_task(broker.run(), name="broker")
        await looker.json(f"{ROOT}/event/wake", word="alexa", event_type="wake")
        task.cancel()
        await asyncio.wait({task})


async def test_home_assistants_birth_is_answered_with_a_new_announcement() -> None:
    async with mosquitto() as server, at_home(Home(port=server.port)), onlooker(server.port) as looker:
        await looker.until("homeassistant/device/kitchen/config")
        after = len(looker.seen)
        await looker.send("homeassistant/status", "online")
        await looker.until("homeassistant/device/kitchen/config", after=after)
        await looker.until(f"{ROOT}/availability", is_(b"online"), after=after)


async def test_discovery_switched_off_takes_the_device_out_of_home_assistant() -> None:
    async with mosquitto() as server, onlooker(server.port) as looker:
        await looker.send("homeassistant/device/kitchen/config", "{}", retain=True)
        async with at_home(Home(port=server.port, discovery=False)):
            await looker.until("homeassistant/device/kitchen/config", is_(b""))


@pytest.mark.parametrize("polite", [True, False], ids=["says so", "hangs up"])
async def test_a_broker_of_mqtt_3_1_1_is_served_too(polite: bool) -> None:
    async with (
        mosquitto() as server,
        old_broker(server.port, polite=polite) as port,
        at_home(Home(port=port)) as (_, told),
        onlooker(server.port) as looker,
    ):
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        await looker.send(f"{ROOT}/do/stop", "PRESS")
        await looker.json(f"{ROOT}/event/done", ok=True)
        assert told.events == [StopAsked()]


async def test_one_hang_up_is_not_taken_for_an_old_broker_for_ever() -> None:
    """As of a broker that was just starting: MQTT 3.1.1 serves at once, and after the next loss it is MQTT 5 again."""
    async with (
        mosquitto() as server,
        old_broker(server.port, polite=False, refusals=1) as port,
        at_home(Home(port=port)) as (broker, told),
    ):
        async with onlooker(server.port) as looker:
            await looker.until(f"{ROOT}/availability", is_(b"online"))
            assert not broker.tells_where_to_answer
        await server.kill()
        assert await told.trouble()
        await server.start()
        async with onlooker(server.port) as looker:
            await looker.until(f"{ROOT}/availability", is_(b"online"))
            assert broker.tells_where_to_answer


async def test_a_wrong_password_is_told_with_its_remedy_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    async with locked("kitchen", "right") as server:
        home = Home(port=server.port, username="kitchen")
        async with at_home(home, password=Secret("wrong-hunter2")) as (_, told):
            trouble = await told.trouble()
            assert "home.password_file" in trouble
            assert "hunter2" not in caplog.text + trouble
        async with (
            at_home(home, password=Secret("right")),
            onlooker(server.port, username="kitchen", password="right") as looker,
        ):
            await looker.until(f"{ROOT}/availability", is_(b"online"))


async def test_what_the_access_list_forbids_is_told() -> None:
    """MQTT 5 says so; the device says it on, by name of the topic."""
    access = ("topic readwrite oyez/kitchen/#", "topic read homeassistant/status")
    async with (
        locked("kitchen", "right", *access) as server,
        at_home(Home(port=server.port, username="kitchen"), password=Secret("right")) as (broker, told),
    ):
        assert "publish to homeassistant/device/kitchen/config" in await told.trouble()
        with pytest.raises(BrokerAway, match="publish to house/light"):
            await broker.publish(Message("house/light", b"ON"))
        await broker.publish(Message("oyez/kitchen/mine", b"ON"))


async def test_tls_is_verified_against_the_named_authority() -> None:
    async with encrypted() as server:
        home = Home(port=server.port, tls=True, tls_ca_file=str(server.folder / "ca.pem"))
        async with at_home(home):
            assert (await Remote(home, DEVICE).stop()).exit_code == WELL
        async with at_home(Home(port=server.port, tls=True)) as (_, told):
            trouble = await told.trouble()
            assert "home.tls_ca_file" in trouble


async def test_a_message_into_the_house_returns_when_the_broker_has_it() -> None:
    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, _), onlooker(server.port) as looker:
        await looker.until(f"{ROOT}/availability", is_(b"online"))
        await broker.publish(Message("house/light/kitchen/set", b"ON", True))
        assert (await looker.until("house/light/kitchen/set")).payload == b"ON"


async def test_without_a_configured_broker_there_is_nothing_to_do() -> None:
    await Broker(Home(host=""), DEVICE, Told().tell).run()
