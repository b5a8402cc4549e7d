"""Rows of the machine for learning a phrase."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.enrolling import OTHERWISE
from oyez.state import Phase, State

C = Conversation()
ASKED = ev.EnrolAsked("hey_house", "7")
LEARNING = State(enrolling=ASKED)


def test_asleep_the_first_recording_is_asked_for_by_a_chime() -> None:
    after, actions = step(State(), ASKED, 1.0, C)
    assert after == LEARNING
    assert actions == [do.PlayChime("wake"), do.BeginEnrolment("hey_house", "7")]


def test_a_muted_device_learns_nothing_and_says_why() -> None:
    after, actions = step(State(muted=True), ASKED, 1.0, C)
    assert after.enrolling is None
    assert [type(action) for action in actions] == [do.CompleteOrder]
    assert not actions[0].ok
    assert "muted" in actions[0].why


@given(st.sampled_from([phase for phase in Phase if phase is not Phase.ASLEEP]))
def test_in_a_conversation_or_announcement_it_is_refused(phase: Phase) -> None:
    state = replace(State(), phase=phase)
    after, actions = step(state, ASKED, 1.0, C)
    assert after == state
    assert [(action.order_id, action.ok) for action in actions] == [("7", False)]


def test_a_second_phrase_waits_for_the_first() -> None:
    after, actions = step(LEARNING, ev.EnrolAsked("other", "8"), 2.0, C)
    assert after == LEARNING
    assert [(action.order_id, action.ok) for action in actions] == [("8", False)]


def test_each_further_recording_is_asked_for_and_none_after_the_last() -> None:
    chime = do.PlayChime("wake")
    assert chime in step(LEARNING, ev.EnrolmentHeard("hey_house", 1, 3), 2.0, C)[1]
    assert chime not in step(LEARNING, ev.EnrolmentHeard("hey_house", 3, 3), 2.0, C)[1]


def test_a_refused_recording_sounds_wrong_and_is_explained() -> None:
    _, actions = step(LEARNING, ev.EnrolmentHeard("hey_house", 1, 3, "too short"), 2.0, C)
    assert actions == [do.ReportEnrolment("hey_house", 1, 3, "too short"), do.PlayChime("error")]


@pytest.mark.parametrize(("ok", "chime"), [(True, "done"), (False, "error")])
def test_the_end_answers_the_order_once(ok: bool, chime: str) -> None:
    after, actions = step(LEARNING, ev.EnrolmentEnded("hey_house", ok, "so it went", "7"), 9.0, C)
    assert after == State()
    assert actions == [do.PlayChime(chime), do.CompleteOrder("7", ok, "so it went")]  # type: ignore[arg-type]
    assert step(after, ev.EnrolmentEnded("hey_house", ok, "so it went", "7"), 9.1, C) == (after, [])


INTERRUPTIONS = [
    ev.WakeHeard("alexa", 0.9, 2.0),
    ev.ListenAsked("9"),
    ev.StopAsked("9"),
    ev.MuteAsked(True),
    ev.SayAsked("dinner", "9"),
]


@given(st.sampled_from(INTERRUPTIONS))
def test_whatever_else_begins_ends_it_and_answers_its_order(event: ev.Event) -> None:
    after, actions = step(LEARNING, event, 3.0, C)
    assert after.enrolling is None
    assert actions[:2] == [do.EndEnrolment(), do.CompleteOrder("7", False, OTHERWISE)]


@given(st.sampled_from([ev.VolumeAsked(0.3), ev.TroubleGone("disk"), ev.EnrolmentHeard("another", 1, 3)]))
def test_what_does_not_concern_it_lets_it_go_on(event: ev.Event) -> None:
    assert step(LEARNING, event, 3.0, C)[0].enrolling == ASKED
