"""A broker that lets in who has a certificate, with the access list of docs/mqtt.md: each device to its own tree."""

import asyncio
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from oyez.config import Device, Home
from oyez.events import ListenAsked, StopAsked
from oyez.home.away import BrokerAway
from oyez.home.topics import Message
from oyez.remote import WELL, Remote
from oyez.view import View
from tests.doubles.guarded_broker import GuardedBroker, certified
from tests.doubles.home import at_home
from tests.doubles.onlooker import onlooker

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)
KITCHEN, BATH = Device(id="kitchen", name="Kitchen"), Device(id="bath", name="Bath")


def home(broker: GuardedBroker, name: str, **more: Any) -> Home:
    names = {"tls_ca_file": "ca.pem", "tls_cert_file": f"{name}.pem", "tls_key_file": f"{name}.key"}
    files = {key: str(broker.folder / file) for key, file in names.items()}
    return Home(port=broker.port, tls=True, **{**files, **more})


async def test_two_devices_on_one_broker_each_obey_their_own_orders_and_show_their_own_state() -> None:
    """And Home Assistant, which may do everything, sees both."""
    async with (
        certified("kitchen", "bath", "homeassistant") as server,
        at_home(home(server, "kitchen"), device=KITCHEN) as (kitchen, told_kitchen),
        at_home(home(server, "bath"), device=BATH) as (bath, told_bath),
        onlooker(server.port, certificates=(server.folder, "homeassistant")) as looker,
    ):
        for name in ("kitchen", "bath"):
            await looker.until(f"homeassistant/device/{name}/config")
            await looker.until(f"oyez/{name}/availability", lambda payload: payload == b"online")
        kitchen.show(View(state="listening"))
        bath.show(View(state="speaking"))
        await looker.json("oyez/kitchen/state", state="listening")
        await looker.json("oyez/bath/state", state="speaking")
        await looker.send("oyez/kitchen/do/listen", '{"id": "k"}')
        await looker.send("oyez/bath/do/stop", '{"id": "b"}')
        await looker.json("oyez/kitchen/event/done", id="k", ok=True)
        await looker.json("oyez/bath/event/done", id="b", ok=True)
        assert (told_kitchen.events, told_bath.events) == ([ListenAsked("k")], [StopAsked("b")])
        assert (kitchen.broker_trouble, bath.broker_trouble) == (None, None), "nothing it does is forbidden"
        assert (await Remote(home(server, "kitchen"), KITCHEN).stop()).exit_code == WELL


@pytest.mark.parametrize(
    "topic", ["oyez/bath/do/stop", "oyez/bath/state", "homeassistant/device/bath/config", "homeassistant/status"]
)
async def test_a_device_may_not_speak_for_another_and_the_refusal_is_told(topic: str) -> None:
    async with certified("kitchen") as server, at_home(home(server, "kitchen"), device=KITCHEN) as (broker, _):
        assert (await Remote(home(server, "kitchen"), KITCHEN).stop()).exit_code == WELL, "it is connected"
        with pytest.raises(BrokerAway, match=f"does not let this device publish to {topic}"):
            await broker.publish(Message(topic, b"x"))
        await broker.publish(Message("oyez/kitchen/event/mine", b"x"))


async def test_what_another_device_says_cannot_be_read() -> None:
    """The broker takes the wish and delivers nothing: what comes is only its own."""
    async with (
        certified("kitchen", "bath", "homeassistant") as server,
        at_home(home(server, "kitchen"), device=KITCHEN) as (kitchen, _),
        at_home(home(server, "bath"), device=BATH) as (bath, _),
        onlooker(server.port, certificates=(server.folder, "homeassistant")) as looker,
    ):
        seen: asyncio.Queue[str] = asyncio.Queue()
        bath.watch("oyez/+/event/#", lambda incoming: seen.put_nowait(incoming.topic))
        await looker.until("oyez/kitchen/availability", lambda payload: payload == b"online")
        await looker.until("oyez/bath/availability", lambda payload: payload == b"online")
        kitchen.emit("wake", {"word": "alexa"})
        await looker.until("oyez/kitchen/event/wake")
        bath.emit("wake", {"word": "alexa"})
        async with asyncio.timeout(10.0):
            assert await seen.get() == "oyez/bath/event/wake", "the kitchen's came first, and not to here"


async def test_without_a_certificate_nobody_enters_and_the_remedy_is_told() -> None:
    async with certified("kitchen") as server:
        bare = home(server, "kitchen", tls_cert_file="", tls_key_file="")
        async with at_home(bare, device=KITCHEN) as (_, told):
            assert "home.tls_cert_file" in await told.trouble()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"tls_key_file": "bath.key"}, "the key is not that of the certificate"),
        ({"tls_key_file": "locked.key"}, "or the key is protected by a password"),
        ({"tls_cert_file": "nowhere.pem"}, "No such file"),
        ({"tls_cert_file": "mosquitto.conf"}, "no PEM file"),
        ({"tls_ca_file": "nowhere.pem"}, "home.tls_ca_file"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value.values())),
)
async def test_files_that_do_not_fit_are_named(
    broken: dict[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The daemon goes on, and nobody is asked for a password at a terminal."""
    caplog.set_level(logging.WARNING)
    async with certified("kitchen", "bath") as server:
        await protect(server.folder)
        files = {key: str(server.folder / file) for key, file in broken.items()}
        async with at_home(home(server, "kitchen", **files), device=KITCHEN) as (_, told):
            trouble = await told.trouble()
        assert why in trouble
        assert str(server.folder) in trouble


async def protect(folder: Path) -> None:
    """`locked.key`: the kitchen's, with a password."""
    child = await asyncio.create_subprocess_exec(
        *("openssl", "ec", "-aes256", "-passout", "pass:hunter2", "-in", "kitchen.key", "-out", "locked.key"),
        cwd=folder,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await child.wait() == 0
