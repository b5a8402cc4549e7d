"""Timers that have come: they ring until somebody hears them, or for long enough, and none is lost."""

import pytest

from oyez import actions as do, events as ev
from oyez.state import Phase, State
from oyez.view import View, see
from tests.unit.oyez.told import WAKE, C, Told, speaking

DUE = ev.TimerDue("t", "eggs")
HEARD = do.AcknowledgeTimers(("t",), heard=True)


def test_a_timer_rings_a_sleeping_device_with_line_and_tap_closed() -> None:
    told = Told(DUE)
    assert told.ordered == [do.Ring(True)]
    view = see(View(), told.state, DUE, told.ordered)
    assert (view.state, view.ringing) == ("speaking", True)


def test_the_wake_word_stops_it_and_begins_a_conversation() -> None:
    told = Told(DUE)
    assert told.tell(WAKE) == [
        do.Ring(False),
        HEARD,
        do.ReportWake("hey_jarvis", 0.99),
        do.OpenSession(),
        do.OpenTap(9.5),
    ]


@pytest.mark.parametrize("event", [ev.TalkPressed("o"), ev.ListenAsked("o")])
def test_so_do_the_talk_button_and_the_order_to_listen(event: ev.Event) -> None:
    told = Told(DUE)
    fresh = told.tell(event)
    assert fresh[:2] == [do.Ring(False), HEARD]
    assert do.CompleteOrder("o", True) in fresh
    assert told.state.phase is Phase.OPENING


@pytest.mark.parametrize("event", [ev.TalkPressed("o"), ev.ListenAsked("o")])
@pytest.mark.parametrize("before", [ev.MuteAsked(True), ev.BudgetSpent("day", "Used up.")])
def test_where_nothing_can_be_begun_they_still_stop_it(event: ev.Event, before: ev.Event) -> None:
    told = Told(before, DUE)
    fresh = told.tell(event)
    assert fresh[:2] == [do.Ring(False), HEARD]
    assert told.state.phase is Phase.ASLEEP
    assert not any(isinstance(action, do.OpenSession) for action in told.ordered)


@pytest.mark.parametrize("event", [ev.StopAsked(), ev.StopHeard("stop", 0.9)])
def test_stop_stops_it(event: ev.Event) -> None:
    told = Told(DUE)
    fresh = told.tell(event)
    assert {do.Ring(False), HEARD} <= set(fresh)
    assert told.state == State()


def test_muting_the_microphone_does_not_silence_a_timer() -> None:
    told = Told(DUE)
    assert do.Ring(False) not in told.tell(ev.MuteAsked(True))
    assert told.state.phase is Phase.RINGING
    assert Told(ev.MuteAsked(True), DUE).ordered[-1] == do.Ring(True)


def test_one_that_nobody_hears_is_told_as_missed() -> None:
    told = Told(DUE)
    assert told.later(C.ring_s, ev.DeadlinePassed()) == [do.Ring(False), do.AcknowledgeTimers(("t",), heard=False)]
    assert told.state == State()


def test_several_are_one_ringing_and_the_last_to_come_has_its_whole_time() -> None:
    told = Told(DUE)
    assert told.later(C.ring_s - 1.0, ev.TimerDue("u"), ev.TimerDue("u")) == []
    assert told.later(2.0, ev.DeadlinePassed()) == []
    assert do.AcknowledgeTimers(("t", "u"), heard=True) in told.tell(WAKE)


def test_one_that_is_taken_away_rings_no_more_and_the_others_do() -> None:
    told = Told(DUE, ev.TimerDue("u"))
    assert told.tell(ev.TimerGone("t")) == []
    assert told.tell(ev.TimerGone("u")) == [do.Ring(False)]
    assert told.state == State()


def test_in_a_conversation_it_makes_itself_heard_once_and_rings_when_that_is_over() -> None:
    told = speaking()
    assert told.tell(DUE, DUE) == [do.PlayChime("ring")]
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert told.later(C.patience_s, ev.DeadlinePassed())[-2:] == [do.PlayChime("done"), do.Ring(True)]


def test_over_an_announcement_too_and_before_those_that_can_wait() -> None:
    told = Told(ev.SayAsked("One.", "1"), ev.SessionReady(), ev.SayAsked("Two.", "2"))
    assert told.tell(DUE) == [do.PlayChime("ring")]
    fresh = told.tell(ev.ReplyBegun("a"), ev.ReplyEnded("a", "completed"), ev.PlaybackFinished())
    assert fresh[-3:] == [do.CompleteOrder("1", True), do.CloseSession(), do.Ring(True)]
    assert told.later(C.ring_s, ev.DeadlinePassed())[-1] == do.OpenSession()


def test_a_line_that_is_lost_does_not_lose_the_timer() -> None:
    told = speaking()
    told.tell(DUE)
    assert told.tell(ev.SessionLost("line_lost", "It broke."))[-1] == do.Ring(True)


def test_stop_in_a_conversation_is_meant_for_the_timer_too() -> None:
    told = speaking()
    told.tell(DUE)
    assert HEARD in told.tell(ev.StopAsked())
    assert told.state == State()


def test_what_is_urgent_is_said_into_the_ringing_which_then_goes_on() -> None:
    told = Told(DUE)
    assert told.tell(ev.SayAsked("Fire!", "f", "urgent")) == [do.Ring(False), do.OpenSession()]
    told.tell(ev.SessionReady(), ev.ReplyBegun("a"), ev.ReplyEnded("a", "completed"))
    assert told.tell(ev.PlaybackFinished())[-1] == do.Ring(True)


def test_a_restart_acknowledges_nothing_so_that_it_rings_again() -> None:
    fresh = Told(DUE).tell(ev.RestartAsked("r"))
    assert fresh == [
        do.Ring(False),
        do.DropComing("the device restarts"),
        do.CompleteOrder("r", True),
        do.Restart(),
    ]


def test_what_the_device_has_to_say_itself_is_said_on_the_open_line_before_it_rings() -> None:
    told = speaking()
    told.tell(DUE, ev.BudgetSpent("session", "This was a long talk."))
    assert do.SayText("This was a long talk.") in told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    told.tell(ev.ReplyBegun("a"), ev.ReplyEnded("a", "completed"))
    assert told.tell(ev.PlaybackFinished())[-1] == do.Ring(True)
