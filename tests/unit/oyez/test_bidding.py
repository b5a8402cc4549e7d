"""Several devices hear one wake word: who sleeps bids and waits, who is busy acts and bids along."""

import pytest

from oyez import actions as do, events as ev
from oyez.state import Phase, State
from oyez.view import View, see
from tests.unit.oyez.told import BY_SERVER, STOPPED, C, Told

WAKE = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5, snr_db=20.0, near_db=-30.0)
RIVALS = ev.RivalsKnown(True)
BID = do.PlaceBid("hey_jarvis", 0.99, 20.0, near_db=-30.0)
ENGAGED = do.PlaceBid("hey_jarvis", 0.99, 20.0, engaged=True, near_db=-30.0)
REPORT = do.ReportWake("hey_jarvis", 0.99, snr_db=20.0)
OPENED = [REPORT, do.OpenSession(), do.OpenTap(9.5)]
LOST = ev.BidLost("kitchen")
YIELD = do.ReportYield("hey_jarvis", "kitchen")
TALK: list[ev.Event] = [ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), ev.ReplyAudible("r1")]


def test_without_others_the_wake_word_opens_at_once() -> None:
    assert Told(WAKE).ordered == OPENED
    assert Told(RIVALS, ev.RivalsKnown(False), WAKE).ordered == OPENED


def test_with_others_a_sleeping_device_bids_and_nothing_is_opened_or_shown() -> None:
    told = Told(RIVALS, WAKE)
    assert told.ordered == [BID]
    assert see(View(), told.state, WAKE, told.ordered).state == "idle"


def test_who_wins_opens_from_the_end_of_the_phrase_as_if_there_had_been_no_delay() -> None:
    assert Told(RIVALS, WAKE).tell(ev.BidWon()) == OPENED


def test_who_loses_goes_back_to_sleep_and_says_only_that() -> None:
    told = Told(RIVALS, WAKE)
    assert told.tell(LOST) == [YIELD]
    assert told.state == State(rivals=True)


def test_if_nobody_says_who_answers_this_device_does() -> None:
    told = Told(RIVALS, WAKE)
    assert told.later(2 * C.bid_s, ev.DeadlinePassed()) == OPENED
    assert Told(RIVALS, WAKE).tell(ev.RivalsKnown(False)) == OPENED, "the broker is away"


def test_one_that_answered_and_was_not_the_best_falls_silent_in_mid_reply() -> None:
    told = Told(RIVALS, WAKE, ev.BidWon(), *TALK)
    fresh = told.tell(LOST)
    assert fresh[:2] == [do.CutReply(), do.CancelReply()]
    assert {do.CloseTap(), do.CloseSession(), YIELD} <= set(fresh)
    assert not any(isinstance(action, do.PlayChime) for action in fresh)
    assert told.state == State(rivals=True)


def test_in_conversation_the_wake_word_acts_at_once_and_the_others_are_told() -> None:
    told = Told(RIVALS, ev.ListenAsked(), *TALK)
    fresh = told.tell(WAKE)
    assert fresh[:2] == [ENGAGED, REPORT]
    assert fresh[-1] == do.OpenTap(9.5)
    assert YIELD in told.tell(LOST)


@pytest.mark.parametrize("events", [TALK[:0], TALK[:3]])
def test_while_a_request_opens_or_is_thought_about_no_other_device_takes_the_word(events: list[ev.Event]) -> None:
    assert Told(RIVALS, ev.ListenAsked(), *events).tell(WAKE) == [ENGAGED]


def test_a_conversation_that_nobody_bid_for_is_not_ended_by_a_late_word_of_others() -> None:
    assert Told(RIVALS, ev.ListenAsked(), ev.SessionReady()).tell(LOST) == []
    assert Told(RIVALS, WAKE, ev.BidWon(), ev.TalkPressed()).tell(LOST) == [], "somebody stands here and presses"


@pytest.mark.parametrize(
    "busy",
    [ev.TimerDue("t"), ev.SayAsked("Dinner!", "1"), ev.PlayAsked("gong", 3.0, "1")],
    ids=lambda e: type(e).__name__,
)
def test_a_device_that_rings_or_announces_acts_at_once_and_bids_along(busy: ev.Event) -> None:
    told = Told(RIVALS, busy)
    fresh = told.tell(WAKE)
    assert ENGAGED in fresh
    assert told.state.phase is Phase.OPENING
    assert told.tell(LOST)[-1] == YIELD


@pytest.mark.parametrize("before", [ev.MuteAsked(True), ev.BudgetSpent("day", "Used up.")])
def test_who_is_muted_or_spent_places_no_bid(before: ev.Event) -> None:
    told = Told(RIVALS, before)
    assert not any(isinstance(action, do.PlaceBid) for action in told.tell(WAKE))


@pytest.mark.parametrize(
    ("event", "phase"),
    [
        (ev.StopAsked(), Phase.ASLEEP),
        (ev.MuteAsked(True), Phase.ASLEEP),
        (ev.TalkPressed(), Phase.OPENING),
        (ev.ListenAsked(), Phase.OPENING),
        (ev.SayAsked("Fire!", None, "urgent"), Phase.CALLING),
        (ev.SayAsked("Dinner!"), Phase.BIDDING),
        (ev.TimerDue("t"), Phase.BIDDING),
    ],
)
def test_what_people_order_meanwhile_is_done(event: ev.Event, phase: Phase) -> None:
    told = Told(RIVALS, WAKE)
    told.tell(event)
    assert told.state.phase is phase


def test_what_came_meanwhile_is_done_by_who_yields() -> None:
    told = Told(RIVALS, WAKE, ev.TimerDue("t"))
    assert told.tell(LOST) == [YIELD, do.Ring(True)]
    told = Told(RIVALS, WAKE, ev.SayAsked("Dinner!"))
    assert told.tell(LOST) == [YIELD, do.OpenSession()]


def test_a_budget_that_is_used_up_in_that_very_moment_is_told_as_ever() -> None:
    told = Told(RIVALS, WAKE, ev.BudgetSpent("day", "Used up."))
    fresh = told.tell(ev.BidWon())
    assert fresh == [REPORT, do.PlayChime("error"), do.Complain("budget_spent", "Used up.")]
    assert told.state == State(rivals=True, spent="Used up.")
