"""The shell of arbitration: bids go out and come in over the house's broker, and the conductor is told who answers."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from oyez.actions_home import PlaceBid
from oyez.events import Event, RivalsKnown
from oyez.home.bidding import Bidding, Outcome, Send
from oyez.home.packets import Incoming
from oyez.home.rivals import WATCHED, Rivals, bid_message, listens_message, read_bid, source
from oyez.home.topics import Message
from oyez.view import View

log = logging.getLogger(__name__)


class Post(Protocol):
    """What it needs of the broker."""

    on_link: Callable[[bool], None]

    def send(self, message: Message) -> None: ...
    def keep(self, *retained: Message) -> None: ...
    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> object: ...


class Bidder:
    """Call everything on the loop's thread; nothing waits, nothing fails."""

    def __init__(
        self,
        device: str,
        bid_s: float,
        post: Post,
        tell: Callable[[Event], None],
        clock: Callable[[], float],
        *,
        takes_part: bool = True,
    ) -> None:
        """clock: monotonic seconds. takes_part: False: no rivals are ever known, and others are told not to wait."""
        self._device, self._post, self._tell, self._clock = device, post, tell, clock
        self._takes_part = takes_part
        self._bidding, self._rivals = Bidding(device, bid_s), Rivals()
        self._words: frozenset[str] = frozenset()
        self._any = self._flooded = False
        self._timer: asyncio.TimerHandle | None = None
        if not takes_part:
            post.keep(listens_message(device, None))
            return
        post.on_link = self._linked
        for pattern in WATCHED:
            post.watch(pattern, self._hear)

    def show(self, view: View) -> None:
        """What the device does: whether it may bid, and when it spoke last."""
        if not self._takes_part:
            return
        words = () if view.muted or view.budget == "spent" else view.wake_words
        if frozenset(words) != self._words:
            self._words = frozenset(words)
            self._tell_of_rivals()
        self._post.keep(listens_message(self._device, tuple(words)))
        if view.state == "speaking":
            self._bidding.spoke(self._clock())

    def place(self, order: PlaceBid) -> None:
        """A BidWon or BidLost follows."""
        rivals = self._rivals.listening_for(frozenset((order.word,)))
        self._act(self._bidding.place(order, rivals, self._clock()))

    def _hear(self, incoming: Incoming) -> None:
        found = source(incoming.topic)
        if found is None or found[0] == self._device:
            return
        device, what = found
        if what == "bid":
            self._hear_bid(device, incoming)
        elif what == "listens":
            self._rivals.listens(device, incoming.payload)
        else:
            self._rivals.is_available(device, incoming.payload)
            if not self._rivals.is_there(device):
                self._act(self._bidding.gone(device, self._clock()))
        self._tell_of_rivals()

    def _hear_bid(self, device: str, incoming: Incoming) -> None:
        if incoming.retained:  # nobody knows how old it is
            return
        if not self._rivals.admits(device, self._clock()):
            if not self._flooded:
                self._flooded = True
                log.warning("The device %s bids too often: some of its bids are not listened to.", device)
            return
        bid = read_bid(incoming.payload)
        if bid is not None:
            self._act(self._bidding.heard(device, bid, self._clock()))

    def _linked(self, there: bool) -> None:
        if not there:
            self._rivals.forget()
            self._tell_of_rivals()
            self._act(self._bidding.cut_off(self._clock()))

    def _tell_of_rivals(self) -> None:
        known = bool(self._rivals.listening_for(self._words))
        if known != self._any:
            self._any = known
            self._tell(RivalsKnown(known))

    def _act(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Send):
                self._post.send(bid_message(self._device, outcome.bid))
            else:
                self._tell(outcome)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._bidding.next_s is not None:
            wait_s = max(0.0, self._bidding.next_s - self._clock())
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._pass_time)

    def _pass_time(self) -> None:
        self._act(self._bidding.passed(self._clock()))
