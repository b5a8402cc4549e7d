"""The mute switch on the device wins over all that is set elsewhere, and gives it back as it was."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez import actions as do, events as ev
from oyez.orders import SWITCH_IS_ON
from oyez.state import Phase, State, at_rest
from oyez.view import View, see
from tests.unit.oyez.conversation_history import CLIP, CONVERSATION, HISTORY, QUESTION, RIVALS, TURNS, live
from tests.unit.oyez.told import WAKE, Told

ON, OFF = ev.MuteSwitched(True), ev.MuteSwitched(False)


@pytest.mark.parametrize(
    ("story", "phase"),
    [
        ([], Phase.ASLEEP),
        ([WAKE], Phase.OPENING),
        (CONVERSATION, Phase.THINKING),
        ([ev.TalkPressed(), ev.SessionReady()], Phase.LISTENING),
        ([ev.SayAsked("Dinner!")], Phase.CALLING),
        (QUESTION, Phase.ANSWERING),
        ([CLIP], Phase.PLAYING),
        ([ev.TimerDue("t")], Phase.RINGING),
        ([RIVALS, WAKE], Phase.BIDDING),
    ],
)
def test_whatever_the_device_does_the_switch_mutes_at_once(story: list[ev.Event], phase: Phase) -> None:
    told = Told(*story)
    assert told.state.phase is phase
    assert do.SetMuted(True) in told.tell(ON)
    assert told.state.muted
    assert told.state.switched
    assert do.SetMuted(False) in told.tell(OFF)
    assert not told.state.muted


def test_while_it_is_on_nobody_unmutes_and_who_tries_is_told_why() -> None:
    told = Told(ON)
    assert told.tell(ev.MuteAsked(False)) == [do.RefuseSetting("set/muted", SWITCH_IS_ON)]
    assert told.state.muted
    assert told.tell(WAKE) == []


def test_muted_by_the_household_too_it_stays_muted_when_the_switch_goes_back() -> None:
    for story in ([ev.MuteAsked(True), ON], [ON, ev.MuteAsked(True)]):
        told = Told(*story)
        assert told.tell(OFF) == []
        assert (told.state.muted, told.state.switched) == (True, False)
        assert do.SetMuted(False) in told.tell(ev.MuteAsked(False))


def test_a_wish_to_be_muted_behind_the_answer_counts_when_the_switch_was_quicker() -> None:
    told = Told(*CONVERSATION, ev.ReplyBegun("r1"), ev.MuteWished(), ON, OFF)
    assert told.state.muted


def test_a_switch_told_twice_is_one() -> None:
    assert Told(ON).tell(ON) == []
    assert Told().tell(OFF) == []
    assert Told(WAKE).tell(OFF) == []


def test_onlookers_see_who_muted_it() -> None:
    view, state = View(), State()
    for event, by in (
        (ON, ("switch",)),
        (ev.MuteAsked(True), ("switch", "household")),
        (OFF, ("household",)),
        (ev.MuteAsked(False), ()),
    ):
        told = Told()
        told.state = state
        view = see(view, state := _after(told, event), event, [])
        assert (view.muted, view.muted_by) == (bool(by), by)


def _after(told: Told, event: ev.Event) -> State:
    told.tell(event)
    return told.state


@given(HISTORY, TURNS)
def test_in_every_history_the_device_is_muted_while_the_switch_is_on(history: object, turns: object) -> None:
    state, _, _ = live(history, turns=turns)  # type: ignore[arg-type]
    assert state.muted or not state.switched
    assert state.switched or not state.muted_beneath
    assert at_rest(state).switched == state.switched


@given(st.lists(st.sampled_from([ON, OFF, ev.MuteAsked(True), ev.MuteAsked(False)]), max_size=12))
def test_asleep_it_is_muted_exactly_by_the_switch_or_the_household(events: list[ev.Event]) -> None:
    told, switch, household = Told(), False, False
    for event in events:
        told.tell(event)
        if isinstance(event, ev.MuteSwitched):
            switch = event.on
        elif isinstance(event, ev.MuteAsked):
            household = event.muted
        assert told.state.muted == (switch or household)
        assert told.state.muted_by_household == household
