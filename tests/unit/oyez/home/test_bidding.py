"""Rules one by one; what many devices make of them together is in test_bidding_properties.py."""

from typing import Any

import pytest

from oyez.actions_home import PlaceBid
from oyez.events_home import BidLost, BidWon
from oyez.home.bidding import CLAIMS, CLEARLY_DB, ENGAGED_DB, SAME_S, YIELD_S, Bid, Bidding, Send, rank

BID_S = 0.15
NOW = 1000.0
BOTH = frozenset({"hall", "attic"})


def bidding() -> Bidding:
    return Bidding("kitchen", BID_S)


def order(near_db: float | None = -10.0, **more: Any) -> PlaceBid:
    return PlaceBid("alexa", 0.97, 18.0, near_db=near_db, **more)


def bid(near_db: float | None, **more: Any) -> Bid:
    return Bid(more.pop("word", "alexa"), near_db, 0.97, 18.0, **more)


def test_where_nobody_else_listens_for_the_word_it_is_won_at_once() -> None:
    outcomes = bidding().place(order(), frozenset(), NOW)
    assert outcomes[-1] == BidWon()
    assert outcomes[:-1] == [Send(bid(-10.0)), Send(bid(-10.0, claim=True))]


def test_it_is_decided_as_soon_as_all_who_listen_have_bid() -> None:
    one = bidding()
    assert one.place(order(), BOTH, NOW) == [Send(bid(-10.0))]
    assert one.heard("hall", bid(-14.0), NOW + 0.02) == []
    assert one.heard("attic", bid(-20.0), NOW + 0.03) == [Send(bid(-10.0, claim=True)), BidWon()]
    assert one.next_s is None


def test_one_that_says_nothing_costs_no_more_than_bid_s() -> None:
    one = bidding()
    one.place(order(), BOTH, NOW)
    one.heard("hall", bid(-14.0), NOW + 0.02)
    assert one.next_s == NOW + BID_S
    assert one.passed(NOW + BID_S)[-1] == BidWon()


def test_a_device_that_goes_away_is_not_waited_for() -> None:
    one = bidding()
    one.place(order(), frozenset({"hall"}), NOW)
    assert one.gone("hall", NOW + 0.01)[-1] == BidWon()


def test_who_is_outbid_falls_silent_when_the_better_one_claims() -> None:
    one = bidding()
    one.place(order(), frozenset({"hall"}), NOW)
    assert one.heard("hall", bid(-4.0), NOW + 0.02) == []
    assert one.heard("hall", bid(-4.0, claim=True), NOW + 0.03) == [BidLost("hall")]


def test_who_is_outbid_by_one_that_never_claims_answers_itself() -> None:
    one = bidding()
    one.place(order(), frozenset({"hall"}), NOW)
    one.heard("hall", bid(-4.0), NOW + 0.02)
    assert one.next_s is not None
    assert NOW + 0.02 + BID_S < one.next_s < NOW + 2 * BID_S
    assert one.passed(one.next_s)[-1] == BidWon()


def test_who_hears_the_phrase_after_another_one_answered_falls_silent_without_a_word() -> None:
    one = bidding()
    one.heard("hall", bid(-10.0 + 1 - CLEARLY_DB, claim=True), NOW - 0.2)
    assert one.place(order(), BOTH, NOW) == [BidLost("hall")]


def test_unless_it_is_clearly_nearer_and_the_other_one_can_still_fall_silent() -> None:
    one, other = bidding(), bidding()
    claim = bid(-10.0 - CLEARLY_DB, claim=True)
    one.heard("hall", claim, NOW - YIELD_S)
    assert one.place(order(), frozenset({"hall"}), NOW)[-1] == BidWon()
    other.heard("hall", claim, NOW - YIELD_S - 0.01)
    assert other.place(order(), frozenset({"hall"}), NOW) == [BidLost("hall")]


def test_the_one_that_won_falls_silent_for_a_better_one_that_was_late() -> None:
    one = bidding()
    one.place(order(), frozenset(), NOW)
    assert one.heard("hall", bid(-3.0), NOW + 0.3) == []
    assert one.heard("hall", bid(-3.0, claim=True), NOW + 0.3) == [BidLost("hall")]


def test_and_claims_again_where_a_worse_one_has_not_heard_it_but_not_for_ever() -> None:
    one = bidding()
    one.place(order(), frozenset(), NOW)
    assert one.heard("hall", bid(-13.0), NOW + 0.1) == []
    answers = [one.heard("hall", bid(-13.0, claim=True), NOW + 0.1) for _ in range(9)]
    assert answers == [[Send(bid(-10.0, claim=True))]] * (CLAIMS - 1) + [[]] * (10 - CLAIMS)


def test_what_was_heard_of_an_earlier_phrase_or_of_another_word_decides_nothing() -> None:
    one = bidding()
    one.heard("hall", bid(30.0, claim=True), NOW - SAME_S - 0.01)
    one.heard("attic", bid(30.0, claim=True, word="hey_jarvis"), NOW - 0.1)
    assert one.place(order(), frozenset(), NOW)[-1] == BidWon()
    assert one.heard("hall", bid(30.0), NOW + SAME_S + 0.01) == []


def test_when_the_broker_goes_away_it_answers_itself() -> None:
    one = bidding()
    one.place(order(), BOTH, NOW)
    assert one.cut_off(NOW + 0.01)[-1] == BidWon()
    assert one.cut_off(NOW + 0.02) == []


def test_who_is_in_conversation_is_preferred_unless_another_one_heard_it_clearly_better() -> None:
    engaged = rank(bid(-10.0, engaged=True), "kitchen")
    assert engaged > rank(bid(-10.0 + ENGAGED_DB - 1), "hall")
    assert engaged < rank(bid(-10.0 + ENGAGED_DB + 1), "hall")


def test_equals_are_told_apart_by_who_spoke_last_and_then_by_id() -> None:
    just_now, long_ago, never = (rank(bid(-10.0, spoke_s=spoke_s), "attic") for spoke_s in (3, 300, None))
    assert just_now > long_ago > never
    assert rank(bid(-10.1), "kitchen") > rank(bid(-10.0), "hall"), "a tenth of a decibel makes nobody nearer"


def test_a_bid_tells_how_long_ago_the_device_spoke() -> None:
    one = bidding()
    one.spoke(NOW - 7.2)
    (sent, *_) = one.place(order(), BOTH, NOW)
    assert isinstance(sent, Send)
    assert sent.bid.spoke_s == 7


def test_of_two_that_cannot_tell_how_near_it_was_one_answers_too() -> None:
    one = bidding()
    one.place(order(None), frozenset({"hall"}), NOW)
    assert one.heard("hall", bid(None), NOW + 0.01)[-1] == BidWon()
    assert one.heard("hall", bid(-90.0, claim=True), NOW + 0.02) == [BidLost("hall")]


@pytest.mark.parametrize("count", [3, 500])
def test_it_remembers_no_more_devices_than_have_just_bid(count: int) -> None:
    one = bidding()
    for number in range(count):
        one.heard(f"device{number}", bid(-10.0), NOW + number)
    assert len(one._heard) <= 3
