"""What is ordered to be said, asked or played: one queue, the urgent first, and who ordered it learns of its end."""

import pytest

from oyez import actions as do, events as ev
from oyez.sounding import MARGIN_S
from oyez.state import MAX_WAITING, Phase, State
from tests.unit.oyez.told import WAKE, C, Told, speaking

FIRE = ev.SayAsked("Fire!", "f", "urgent")
POST = ev.SayAsked("The post is here.", "p")
GONG = ev.PlayAsked("gong", 3.0, "g", volume=0.9)
SIREN = ev.PlayAsked("siren", 2.0, "s", "urgent")
GIVEN_UP = "something urgent was to be said instead"


def said(told: Told, name: str = "a") -> list[do.Action]:
    """What is being announced is spoken and heard."""
    return told.tell(ev.ReplyBegun(name), ev.ReplyEnded(name, "completed"), ev.PlaybackFinished())


def heard(told: Told, seconds: float) -> list[do.Action]:
    return told.later(seconds, ev.PlaybackFinished())


def test_an_urgent_text_ends_a_conversation_at_once_and_is_said_on_its_open_line() -> None:
    told = speaking()
    fresh = told.tell(FIRE)
    assert fresh == [do.CutReply(), do.CancelReply(), do.ExpectBargeIn(False), do.CloseTap(), do.SayText("Fire!")]
    assert told.state.phase is Phase.ANNOUNCING
    assert said(told) == [do.FinishReply(), do.CompleteOrder("f", True), do.CloseSession()]
    assert told.state == State()


def test_an_urgent_text_goes_before_those_that_wait_and_never_into_the_middle_of_one() -> None:
    told = Told(POST, ev.SessionReady(), ev.SayAsked("Two.", "2"))
    assert told.tell(FIRE) == []
    assert do.SayText("Fire!") in said(told)
    assert do.SayText("Two.") in said(told)
    said(told)
    answers = [action.order_id for action in told.ordered if isinstance(action, do.CompleteOrder)]
    assert answers == ["p", "f", "2"]
    assert told.state == State()


def test_before_the_line_is_open_an_urgent_text_takes_the_first_place() -> None:
    told = Told(POST, FIRE)
    assert do.SayText("Fire!") in told.tell(ev.SessionReady())


def test_an_urgent_sound_does_not_wait_for_a_line() -> None:
    told = Told(POST)
    assert told.tell(SIREN) == [do.CloseSession(), do.PlayClip("siren")]
    assert heard(told, 2.0) == [do.CompleteOrder("s", True), do.DropClip("siren"), do.OpenSession()], "the post waits"


def test_an_urgent_text_while_a_request_is_still_opening_forgets_the_request() -> None:
    told = Told(WAKE)
    assert told.tell(FIRE) == [do.CloseTap(), do.CloseSession(), do.OpenSession()]
    assert told.state.phase is Phase.CALLING


def test_a_text_has_its_own_volume_for_as_long_as_it_is_said() -> None:
    told = Told(ev.SayAsked("Softly.", "1", volume=0.2))
    assert told.tell(ev.SessionReady())[-2:] == [do.UseVolume(0.2), do.SayText("Softly.")]
    assert do.UseVolume(None) in said(told)


@pytest.mark.parametrize(
    "ending",
    [WAKE, ev.StopAsked(), ev.TalkPressed(), ev.SessionLost("line_lost", "It broke."), ev.RestartAsked()],
    ids=lambda event: type(event).__name__,
)
def test_whatever_ends_it_the_volume_is_given_back(ending: ev.Event) -> None:
    told = Told(ev.SayAsked("Softly.", "1", volume=0.2), ev.SessionReady())
    assert do.UseVolume(None) in told.tell(ending)


def test_a_sound_needs_no_line_and_is_told_and_dropped_when_it_was_heard() -> None:
    told = Told(GONG)
    assert told.ordered == [do.UseVolume(0.9), do.PlayClip("gong")]
    assert told.state.phase is Phase.PLAYING
    assert heard(told, 3.1) == [do.CompleteOrder("g", True), do.DropClip("gong"), do.UseVolume(None)]
    assert told.state == State()


def test_the_end_of_something_that_was_cut_is_not_the_end_of_the_sound_behind_it() -> None:
    told = Told(GONG)
    assert told.tell(ev.PlaybackFinished()) == []
    assert told.state.phase is Phase.PLAYING


def test_nor_is_it_the_end_of_a_text_of_which_nothing_was_spoken() -> None:
    told = Told(POST, ev.SessionReady())
    assert told.tell(ev.PlaybackFinished(), ev.ReplyBegun("a"), ev.PlaybackFinished()) == []
    assert told.state.phase is Phase.ANNOUNCING


def test_a_sound_that_never_ends_is_silenced_and_its_sender_told() -> None:
    told = Told(GONG)
    assert told.later(3.0 + MARGIN_S, ev.DeadlinePassed())[:1] == [do.CutReply()]
    assert {do.DropClip("gong"), do.UseVolume(None)} <= set(told.ordered)
    assert told.state == State()


def test_a_sound_that_the_loudspeaker_lost_is_no_success() -> None:
    fresh = Told(GONG).tell(ev.PlaybackFinished(heard=False))
    (answer,) = [action for action in fresh if isinstance(action, do.CompleteOrder)]
    assert not answer.ok


def test_the_wake_word_over_a_sound_silences_it_and_a_person_goes_first() -> None:
    told = Told(GONG, POST)
    fresh = told.tell(WAKE)
    assert fresh[0] == do.CutReply()
    assert {do.DropClip("gong"), do.CompleteOrder("g", False, "someone spoke over it")} <= set(fresh)
    assert fresh[-1] == do.OpenTap(9.5)
    told.tell(ev.SessionReady())
    told.wait()
    assert do.SayText("The post is here.") in told.wait(), "behind the conversation"


def test_a_long_sound_makes_way_for_what_is_urgent_but_an_urgent_one_is_heard_out() -> None:
    told = Told(GONG)
    assert do.CompleteOrder("g", False, GIVEN_UP) in told.tell(FIRE)
    assert told.state.phase is Phase.CALLING
    told = Told(SIREN)
    assert told.tell(FIRE) == []
    assert do.OpenSession() in heard(told, 2.0)


def test_a_lost_line_takes_the_texts_with_it_and_not_the_sounds() -> None:
    told = Told(POST, GONG)
    fresh = told.tell(ev.SessionLost("line_away", "No internet."))
    assert do.CompleteOrder("p", False, "No internet.") in fresh
    assert fresh[-1] == do.PlayClip("gong")


def test_a_full_queue_still_has_room_for_what_is_urgent() -> None:
    told = speaking()
    told.tell(*[ev.SayAsked("x", str(n)) for n in range(MAX_WAITING)])
    assert do.SayText("Fire!") in told.tell(FIRE)


def test_with_the_budget_spent_nothing_is_said_and_sounds_are_played() -> None:
    told = Told(ev.BudgetSpent("day", "Used up."))
    assert do.CompleteOrder("f", False, "Used up.") in told.tell(FIRE)
    assert do.PlayClip("gong") in told.tell(GONG)


def test_in_quiet_hours_only_what_is_urgent_is_heard() -> None:
    told = Told(ev.QuietHours(True, "Quiet until 07:00."))
    refused = [do.CompleteOrder("p", False, "Quiet until 07:00.")]
    assert told.tell(POST) == refused
    assert told.tell(GONG) == [do.CompleteOrder("g", False, "Quiet until 07:00."), do.DropClip("gong")]
    assert told.tell(SIREN) == [do.PlayClip("siren")]
    heard(told, 2.0)
    told.tell(ev.QuietHours(False), POST)
    assert told.state.phase is Phase.CALLING


def test_what_waits_when_quiet_hours_begin_is_refused_and_what_is_being_said_is_not() -> None:
    told = Told(POST, ev.SessionReady(), GONG)
    assert told.tell(ev.QuietHours(True, "Quiet.")) == [do.CompleteOrder("g", False, "Quiet."), do.DropClip("gong")]
    assert do.CompleteOrder("p", True) in said(told)
    assert Told(POST).tell(ev.QuietHours(True, "Quiet.")) == [do.CloseSession(), do.CompleteOrder("p", False, "Quiet.")]


def test_in_quiet_hours_people_are_answered_and_timers_ring() -> None:
    told = Told(ev.QuietHours(True, "Quiet."), WAKE, ev.SessionReady())
    assert told.state.phase is Phase.LISTENING
    assert Told(ev.QuietHours(True, "Quiet."), ev.TimerDue("t")).ordered == [do.Ring(True)]


def test_stop_ends_all() -> None:
    told = Told(GONG, POST, SIREN)
    fresh = told.tell(ev.StopAsked("x"))
    refused = {action.order_id for action in fresh if isinstance(action, do.CompleteOrder) and not action.ok}
    assert "p" in refused
    assert "s" in refused
    assert told.state == State()


def test_a_restart_ends_in_order_what_runs_and_restarts_last() -> None:
    told = speaking()
    told.tell(POST)
    fresh = told.tell(ev.RestartAsked("r"))
    assert fresh[:1] == [do.CutReply()]
    assert do.CloseSession() in fresh
    refused = do.CompleteOrder("p", False, "the device restarts")
    coming = do.DropComing("the device restarts")
    assert fresh[-4:] == [refused, coming, do.CompleteOrder("r", True), do.Restart()]
    assert told.state == State()


def test_a_line_that_fell_back_is_told_at_once_and_said_once_behind_the_conversation() -> None:
    told = speaking()
    fell_back = ev.LineFellBack("The local server answers.")
    assert told.tell(fell_back, fell_back) == [do.Complain("line_local", "The local server answers.")]
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert do.SayText("The local server answers.") in told.later(C.patience_s, ev.DeadlinePassed())
    said(told)
    assert told.state.phase is Phase.ASLEEP
    told.tell(WAKE, ev.SessionReady())
    told.wait()
    told.wait()
    assert told.ordered.count(do.SayText("The local server answers.")) == 1
    assert told.tell(ev.LineReturned()) == [do.Relieve(("line_local",))]
    assert told.state == State()


def test_what_a_sleeping_device_learns_of_the_line_is_said_behind_its_next_conversation_unless_it_returned() -> None:
    told = Told(ev.LineFellBack("The local server answers."))
    assert told.state.phase is Phase.ASLEEP
    told.tell(WAKE, ev.SessionReady())
    told.wait()
    assert do.SayText("The local server answers.") in told.wait()
    told = Told(ev.LineFellBack("The local server answers."), ev.LineReturned(), WAKE, ev.SessionReady())
    told.wait()
    told.wait()
    assert told.state == State()


def test_follow_up_as_the_household_set_it_counts_more_than_the_configuration() -> None:
    told = speaking()
    told.tell(ev.FollowUpAsked(False), ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert told.state == State(follow_up=False)
