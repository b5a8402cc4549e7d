import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.home.bidding import Bid
from oyez.home.rivals import (
    BIDS_AT_ONCE,
    LARGEST_BID_BYTES,
    LIFE_S,
    MOST_RIVALS,
    Rivals,
    bid_message,
    listens_message,
    read_bid,
    read_words,
    source,
)

GOOD = {"word": "alexa", "near_db": -8.3, "score": 0.97, "snr_db": 21.0, "engaged": True, "spoke_s": 4, "claim": True}
BID = Bid("alexa", -8.3, 0.97, 21.0, engaged=True, spoke_s=4, claim=True)
WORDS = b'{"words": ["alexa", "hey_jarvis"]}'


def test_a_bid_is_read_as_it_was_sent_and_is_never_kept_nor_late() -> None:
    message = bid_message("kitchen", BID)
    assert (message.topic, message.retain, message.qos, message.life_s) == ("oyez/kitchen/bid", False, 0, LIFE_S)
    assert read_bid(message.payload) == BID


@given(st.floats(-200.0, 200.0).map(lambda db: round(db, 1)), st.integers(0, 10**9) | st.none(), st.booleans())
def test_whatever_is_sent_ranks_the_same_at_home_and_abroad(near_db: float, spoke_s: int | None, claim: bool) -> None:
    bid = Bid("alexa", near_db, 0.9, None, spoke_s=spoke_s, claim=claim)
    assert read_bid(bid_message("kitchen", bid).payload) == bid


def test_a_field_of_a_later_version_does_no_harm() -> None:
    assert read_bid(json.dumps({**GOOD, "colour": "blue"}).encode()) == BID


@pytest.mark.parametrize(
    "wrong",
    [
        {"near_db": 1e9},
        {"near_db": "near"},
        {"near_db": True},
        {"score": 1.5},
        {"score": None},
        {"word": "al exa"},
        {"word": "a" * 65},
        {"word": ""},
        {"spoke_s": -1},
        {"spoke_s": 1.5},
        {"engaged": "yes"},
        {"colour": "b" * LARGEST_BID_BYTES},
    ],
    ids=str,
)
def test_a_bid_out_of_bounds_is_none(wrong: dict[str, object]) -> None:
    assert read_bid(json.dumps({**GOOD, **wrong}).encode()) is None


@given(st.binary(max_size=600))
def test_no_bytes_do_harm(payload: bytes) -> None:
    read_bid(payload)
    read_words(payload)


@pytest.mark.parametrize("payload", [b"", b"NaN", b"[" * 500, b'{"word": "alexa", "score": NaN}', b"\xff\xfe"])
def test_what_is_no_json_of_ours_is_no_bid_and_listens_for_nothing(payload: bytes) -> None:
    assert read_bid(payload) is None
    assert read_words(payload) == frozenset()


def test_a_rival_is_there_and_listens_for_the_word() -> None:
    rivals = Rivals()
    rivals.listens("hall", WORDS)
    assert not rivals.listening_for(frozenset({"alexa"})), "nobody has said that it is there"
    rivals.is_available("hall", b"online")
    assert rivals.listening_for(frozenset({"alexa", "okay_nabu"})) == {"hall"}
    assert not rivals.listening_for(frozenset({"okay_nabu"}))
    rivals.is_available("hall", b"offline")
    assert not rivals.listening_for(frozenset({"alexa"}))


def test_a_device_that_takes_no_part_is_never_waited_for() -> None:
    rivals = Rivals()
    rivals.is_available("hall", b"online")
    rivals.listens("hall", listens_message("hall", ("alexa",)).payload)
    rivals.listens("hall", listens_message("hall", None).payload)
    assert not rivals.listening_for(frozenset({"alexa"}))
    assert listens_message("hall", None).retain


def test_there_are_never_more_rivals_than_can_be_minded() -> None:
    rivals = Rivals()
    for number in range(3 * MOST_RIVALS):
        rivals.is_available(f"d{number}", b"online")
        rivals.listens(f"d{number}", WORDS)
        rivals.admits(f"d{number}", 0.0)
    assert len(rivals.listening_for(frozenset({"alexa"}))) == MOST_RIVALS
    assert not rivals.admits("one more", 0.0)


def test_one_that_floods_is_not_listened_to_and_hinders_no_other() -> None:
    rivals = Rivals()
    assert sum(rivals.admits("hall", 0.0) for _ in range(1000)) == BIDS_AT_ONCE
    assert rivals.admits("attic", 0.0)
    assert rivals.admits("hall", 1.0)


@pytest.mark.parametrize(
    "topic",
    ["oyez/hall/bid/more", "oyez/ha ll/bid", "oyez//bid", "other/hall/bid", "oyez/hall/state", "oyez/hall/bid\n"],
)
def test_other_topics_are_of_no_device(topic: str) -> None:
    assert source(topic) is None
    assert source("oyez/hall/bid") == ("hall", "bid")
