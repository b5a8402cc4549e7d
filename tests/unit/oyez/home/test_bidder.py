"""The shell of arbitration between a post that carries letters at once and a conductor that notes what it is told."""

import asyncio
from collections.abc import Callable

import pytest

from oyez import events as ev
from oyez.actions_home import PlaceBid
from oyez.home.bidder import Bidder
from oyez.home.packets import Incoming
from oyez.home.rivals import BIDS_AT_ONCE
from oyez.home.topics import OFFLINE, ONLINE, Message
from oyez.home.watchers import Watchers
from oyez.view import View

BID_S = 0.15
ALEXA = View(wake_words=("alexa",))
ORDER = PlaceBid("alexa", 0.9, 12.0, near_db=-10.0)


class Air:
    """Carries each message to all who watch its topic, at once, and keeps what is retained."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.sent: list[Message] = []
        self.retained: dict[str, Message] = {}

    def send(self, message: Message) -> None:
        self.sent.append(message)
        if message.retain:
            self.retained[message.topic] = message
        for post in self.posts:
            post.watchers.take(Incoming(message.topic, message.payload, False, False))


class Post:
    def __init__(self, air: Air) -> None:
        self.air, self.watchers = air, Watchers()
        self.on_link: Callable[[bool], None] = lambda there: None
        air.posts.append(self)

    def send(self, message: Message) -> None:
        self.air.send(message)

    def keep(self, *retained: Message) -> None:
        for message in retained:
            if self.air.retained.get(message.topic) != message:
                self.air.send(message)

    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> object:
        self.watchers.add(pattern, on_message)
        for message in self.air.retained.values():
            self.watchers.take(Incoming(message.topic, message.payload, True, False))
        return None


class Device:
    def __init__(self, air: Air, name: str, takes_part: bool = True, view: View = ALEXA) -> None:
        self.told: list[ev.Event] = []
        self.now = 50.0
        self.post, self.name = Post(air), name
        self.bidder = Bidder(name, BID_S, self.post, self.told.append, lambda: self.now, takes_part=takes_part)
        air.send(Message(f"oyez/{name}/availability", ONLINE, retain=True))
        self.bidder.show(view)


def test_a_rival_that_listens_for_the_same_word_is_known_and_one_that_does_not_is_none() -> None:
    air = Air()
    kitchen, _ = Device(air, "kitchen"), Device(air, "attic", view=View(wake_words=("okay_nabu",)))
    assert kitchen.told == []
    hall = Device(air, "hall")
    assert kitchen.told == hall.told == [ev.RivalsKnown(True)]


@pytest.mark.parametrize("view", [View(wake_words=("alexa",), muted=True), View(wake_words=("alexa",), budget="spent")])
def test_a_device_that_will_not_answer_anyway_is_no_rival(view: View) -> None:
    air = Air()
    kitchen, hall = Device(air, "kitchen"), Device(air, "hall")
    hall.bidder.show(view)
    assert kitchen.told == [ev.RivalsKnown(True), ev.RivalsKnown(False)]


def test_rivals_are_gone_with_their_will_and_with_the_broker() -> None:
    air = Air()
    kitchen, _ = Device(air, "kitchen"), Device(air, "hall")
    air.send(Message("oyez/hall/availability", OFFLINE, retain=True))
    assert kitchen.told[-1] == ev.RivalsKnown(False)
    air.send(Message("oyez/hall/availability", ONLINE, retain=True))
    assert kitchen.told[-1] == ev.RivalsKnown(True)
    kitchen.post.on_link(False)
    assert kitchen.told[-1] == ev.RivalsKnown(False)


def test_where_it_is_switched_off_nobody_is_known_and_nobody_waits() -> None:
    air = Air()
    kitchen, hall = Device(air, "kitchen"), Device(air, "hall", takes_part=False)
    assert kitchen.told == hall.told == []
    assert air.retained["oyez/hall/listens"].payload == b""


async def test_the_nearer_of_two_answers_and_the_other_one_falls_silent() -> None:
    air = Air()
    kitchen, hall = Device(air, "kitchen"), Device(air, "hall")
    kitchen.bidder.place(ORDER)
    hall.bidder.place(PlaceBid("alexa", 0.99, 30.0, near_db=-16.0))
    assert kitchen.told[-1] == ev.BidWon()
    assert hall.told[-1] == ev.BidLost("kitchen")


async def test_time_passes_where_the_other_one_is_frozen() -> None:
    air, done = Air(), asyncio.Event()
    kitchen, _ = Device(air, "kitchen"), Device(air, "hall")
    kitchen.bidder._tell = lambda event: done.set() if event == ev.BidWon() else None
    kitchen.bidder.place(ORDER)
    assert not done.is_set()
    kitchen.now += BID_S
    async with asyncio.timeout(5):
        await done.wait()


async def test_a_bid_that_waits_is_won_when_the_broker_goes_away() -> None:
    air = Air()
    kitchen, _ = Device(air, "kitchen"), Device(air, "hall")
    kitchen.bidder.place(ORDER)
    kitchen.post.on_link(False)
    assert kitchen.told[-2:] == [ev.RivalsKnown(False), ev.BidWon()]


async def test_a_claim_that_was_retained_or_comes_back_from_itself_or_in_a_flood_is_not_listened_to() -> None:
    air = Air()
    kitchen, _ = Device(air, "kitchen"), Device(air, "hall")
    claim = b'{"word": "alexa", "near_db": 50.0, "score": 1.0, "claim": true}'
    kitchen.post.watchers.take(Incoming("oyez/hall/bid", claim, retained=True, duplicate=False))
    kitchen.post.watchers.take(Incoming("oyez/kitchen/bid", claim, retained=False, duplicate=False))
    for _ in range(BIDS_AT_ONCE):
        kitchen.post.watchers.take(Incoming("oyez/hall/bid", b"nonsense", retained=False, duplicate=False))
    kitchen.post.watchers.take(Incoming("oyez/hall/bid", claim, retained=False, duplicate=False))
    kitchen.bidder.place(ORDER)
    kitchen.now += BID_S
    kitchen.bidder._pass_time()
    assert kitchen.told[-1] == ev.BidWon()


async def test_who_speaks_now_wins_from_an_equal() -> None:
    air = Air()
    kitchen, hall = Device(air, "kitchen"), Device(air, "hall")
    kitchen.bidder.show(View(wake_words=("alexa",), state="speaking"))
    hall.bidder.place(ORDER)
    kitchen.bidder.place(ORDER)
    assert kitchen.told[-1] == ev.BidWon()
    assert hall.told[-1] == ev.BidLost("kitchen")
