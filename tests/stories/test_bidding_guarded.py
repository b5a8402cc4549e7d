"""Bids over a mosquitto with TLS, a certificate for each device, and the access list of docs/mqtt.md."""

import asyncio
import shutil
import time

import pytest

from oyez.actions_home import PlaceBid
from oyez.config import Device, Home
from oyez.events import BidLost, BidWon, Event, RivalsKnown
from oyez.home.bidder import Bidder
from oyez.home.broker import Broker
from oyez.home.topics import Message
from oyez.view import View
from tests.doubles.guarded_broker import GuardedBroker, certified

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None or shutil.which("openssl") is None, reason="mosquitto or openssl is not installed"
)
ALEXA = View(wake_words=("alexa",))


class Member:
    """A device as far as its bids go."""

    def __init__(self, guarded: GuardedBroker, name: str) -> None:
        home = Home(
            port=guarded.port,
            tls=True,
            tls_ca_file=str(guarded.folder / "ca.pem"),
            tls_cert_file=str(guarded.folder / f"{name}.pem"),
            tls_key_file=str(guarded.folder / f"{name}.key"),
        )
        self.told: asyncio.Queue[Event] = asyncio.Queue()
        self.broker = Broker(home, Device(id=name), self.told.put_nowait)
        self.bidder = Bidder(name, 0.5, self.broker, self.told.put_nowait, time.monotonic)
        self.bidder.show(ALEXA)

    async def hears(self) -> Event:
        async with asyncio.timeout(10):
            return await self.told.get()


async def test_devices_agree_under_the_documented_access_list_and_none_can_bid_for_another() -> None:
    async with certified("kitchen", "hall", "attic") as guarded:
        members = {name: Member(guarded, name) for name in ("kitchen", "hall", "attic")}
        kitchen, hall, attic = members.values()
        running = [asyncio.create_task(member.broker.run(), name=name) for name, member in members.items()]
        try:
            for member in members.values():
                assert await member.hears() == RivalsKnown(True)
            forged = b'{"word": "alexa", "near_db": 99.0, "score": 1.0, "claim": true}'
            attic.broker.send(Message("oyez/hall/bid", forged, qos=1))
            kitchen.bidder.place(PlaceBid("alexa", 0.9, 20.0, near_db=-5.0))
            hall.bidder.place(PlaceBid("alexa", 0.9, 20.0, near_db=-9.0))
            assert await kitchen.hears() == BidWon()
            assert await hall.hears() == BidLost("kitchen")
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
