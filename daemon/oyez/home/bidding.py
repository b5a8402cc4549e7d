"""Pure: several devices heard one wake word; which of them answers?

Each tells the others how near the phrase was said (a *bid*), the best one says that it answers (a *claim*, which is its
bid once more), and the others fall silent. Nobody's clock is compared with anybody else's: what counts is when a
message arrived here. Bids are ranked by nearness, in steps of EQUAL_DB and with ENGAGED_DB on top for a device that is
in conversation already; equals by who spoke last; then by id. The order is total and every device computes it from the
same numbers, so that they agree without a referee:

| what happens | what it means |
|---|---|
| nobody else listens for the word, or the broker is away | won, at once |
| a claim came less than SAME_S before the own phrase was heard | lost, at once and without a bid ... |
| ... it is younger than YIELD_S, and this device ranks CLEARLY_DB higher | bid nevertheless |
| all who listen for the word have bid, or `bid_s` is over; none ranks higher | won: claim |
| one ranks higher | lost when it claims; if it does not in time, it is out of it |
| after winning: a higher claim | lost nevertheless: the other one was late, and is nearer |
| after winning: a lower claim | that one did not hear ours: claim again |

If no message is lost, the highest bid that was sent wins on every device, whatever the delays and in whatever order:
a bid that was sent loses only to a higher one, so there is no circle, and one that lost to a claim in silence was seen
by nobody. As nobody falls silent for a bid alone, one that freezes after bidding leaves nobody without an answer.
Delays above `bid_s` cost a moment in which two have answered, no more. Where messages are lost for good, as between two
parts of a network, each part has its winner: never none.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from oyez.actions_home import PlaceBid
from oyez.events_home import BidLost, BidWon

SAME_S = 1.0
"""What is heard within it is one phrase: devices hear it up to half a second apart (docs/arbitration.md), and the same
device cannot wake twice in it."""
YIELD_S = 0.5
"""So long after a claim nothing was heard of the one that made it, and it can still fall silent."""
ENGAGED_DB = CLEARLY_DB = 4.0
"""So much nearer must be who is to be preferred to one that is engaged, or came first: in a room about a quarter of the
distance, in the open more than half of it."""
EQUAL_DB = 0.25
"""Who is nearer by less is not nearer."""
GRACE_S = 0.05
"""For a message on its way, and a loop that is busy."""
PATIENCE = 1.95
"""Times bid_s: whoever placed a bid is told by then what became of it."""
CLAIMS = 4
"""So often a claim is made for one phrase."""
UNKNOWN_DB = -200.0


@dataclass(frozen=True, slots=True)
class Bid:
    """What one device tells the others of one wake word that it heard."""

    word: str
    near_db: float | None
    score: float
    """For onlookers, as is snr_db: they rank nobody."""
    snr_db: float | None
    engaged: bool = False
    spoke_s: int | None = None
    """So long ago it last spoke; None: not since it was switched on."""
    claim: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    bid: Bid


Outcome: TypeAlias = Send | BidWon | BidLost
Rank: TypeAlias = tuple[float, float, str]


def rank(bid: Bid, device: str) -> Rank:
    """The higher one answers."""
    near_db = UNKNOWN_DB if bid.near_db is None else bid.near_db
    spoke_s = math.inf if bid.spoke_s is None else bid.spoke_s
    return (math.floor((near_db + ENGAGED_DB * bid.engaged) / EQUAL_DB + 0.5), -spoke_s, device)


@dataclass(slots=True)
class _Own:
    bid: Bid
    placed_s: float
    state: Literal["open", "won", "lost"] = "open"
    decided_s: float = 0.0
    claims: int = 0


class Bidding:
    """Times are monotonic seconds of this device. Every bid that was placed is answered by BidWon or BidLost within
    PATIENCE times bid_s, if `passed` is called at `next_s`; after BidWon a BidLost may follow."""

    def __init__(self, device: str, bid_s: float) -> None:
        self._device, self._bid_s = device, bid_s
        self._heard: dict[str, tuple[Bid, float]] = {}
        """By device: its last bid, and when it arrived."""
        self._own: _Own | None = None
        self._awaited: frozenset[str] = frozenset()
        self._spoke_s: float | None = None
        self.next_s: float | None = None
        """When `passed` is to be called."""

    def place(self, order: PlaceBid, rivals: frozenset[str], now: float) -> list[Outcome]:
        """rivals: devices that are there and listen for this word."""
        bid = Bid(order.word, order.near_db, order.score, order.snr_db, order.engaged, self._since_spoken(now))
        self._own, self._awaited = _Own(bid, now), rivals
        claims = {device: heard for device, heard in self._fresh(now).items() if heard[0].claim}
        if claims:
            first = max(claims, key=lambda device: rank(claims[device][0], device))
            rival, arrived_s = claims[first]
            lead_db = (rank(bid, self._device)[0] - rank(rival, first)[0]) * EQUAL_DB
            if lead_db < CLEARLY_DB or now - arrived_s > YIELD_S:
                return self._lose(first, now)
        return [Send(bid), *self._judge(now)]

    def heard(self, device: str, bid: Bid, now: float) -> list[Outcome]:
        """Another device's bid or claim arrived."""
        self._forget(now)
        self._heard[device] = (bid, now)
        own = self._own
        if own is None or own.bid.word != bid.word:
            return []
        if own.state == "open":
            return self._judge(now)
        if own.state == "lost" or now - own.decided_s > SAME_S:
            return []
        if not bid.claim:
            return []
        return self._lose(device, now) if rank(bid, device) > rank(own.bid, self._device) else self._claim()

    def passed(self, now: float) -> list[Outcome]:
        """The time at `next_s` has come."""
        return self._judge(now) if self._own is not None and self._own.state == "open" else []

    def cut_off(self, now: float) -> list[Outcome]:
        """The broker is away: there is nobody to agree with."""
        self._heard.clear()
        return self._win(now) if self._own is not None and self._own.state == "open" else []

    def gone(self, device: str, now: float) -> list[Outcome]:
        """This device went away: it is not waited for."""
        self._heard.pop(device, None)
        self._awaited -= {device}
        return self.passed(now)

    def spoke(self, now: float) -> None:
        """This device speaks."""
        self._spoke_s = now

    def _judge(self, now: float) -> list[Outcome]:
        own = self._own
        assert own is not None
        fresh = self._fresh(now)
        mine = rank(own.bid, self._device)
        higher = {device: heard for device, heard in fresh.items() if rank(heard[0], device) > mine}
        claimed = [device for device, (bid, _) in higher.items() if bid.claim]
        if claimed:
            return self._lose(max(claimed, key=lambda device: rank(higher[device][0], device)), now)
        if higher:
            newest_s = max(arrived_s for _, arrived_s in higher.values())
            claims_by_s = min(newest_s + self._bid_s + GRACE_S, own.placed_s + PATIENCE * self._bid_s)
            if now < claims_by_s:
                return self._wait(claims_by_s)
        waits_until_s = own.placed_s + self._bid_s
        if self._awaited - fresh.keys() and now < waits_until_s:
            return self._wait(waits_until_s)
        return self._win(now)

    def _wait(self, until_s: float) -> list[Outcome]:
        self.next_s = until_s
        return []

    def _win(self, now: float) -> list[Outcome]:
        assert self._own is not None
        self._own.state, self._own.decided_s, self.next_s = "won", now, None
        return [*self._claim(), BidWon()]

    def _lose(self, to: str, now: float) -> list[Outcome]:
        assert self._own is not None
        self._own.state, self._own.decided_s, self.next_s = "lost", now, None
        return [BidLost(to)]

    def _claim(self) -> list[Outcome]:
        own = self._own
        assert own is not None
        own.claims += 1
        return [Send(replace(own.bid, claim=True))] if own.claims <= CLAIMS else []

    def _fresh(self, now: float) -> dict[str, tuple[Bid, float]]:
        """What others heard of the phrase that the own bid is for."""
        assert self._own is not None
        since_s, word = self._own.placed_s - SAME_S, self._own.bid.word
        return {
            device: (bid, arrived_s)
            for device, (bid, arrived_s) in self._heard.items()
            if bid.word == word and since_s <= arrived_s <= now
        }

    def _forget(self, now: float) -> None:
        """Bids of earlier phrases, so that there are never more than devices that bid in one."""
        self._heard = {device: heard for device, heard in self._heard.items() if now - heard[1] <= 2 * SAME_S}

    def _since_spoken(self, now: float) -> int | None:
        return None if self._spoke_s is None else max(0, round(now - self._spoke_s))
