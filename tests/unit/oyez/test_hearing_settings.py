"""What is listened for can be changed at any moment, and changes nothing else."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.conversation import step
from oyez.state import Phase
from oyez.view import View, see
from tests.unit.oyez.conversation_history import HISTORY, TURNS, C, live

ASKED = st.sampled_from([ev.WakeWordsAsked(("alexa",), "w"), ev.SensitivityAsked("high", "w")])


@given(HISTORY, TURNS, ASKED)
@settings(max_examples=200)
def test_a_setting_is_carried_out_and_answered_in_every_phase_and_moves_nothing(
    history: Any, turns: Any, asked: ev.WakeWordsAsked | ev.SensitivityAsked
) -> None:
    state, now, _ = live(history, turns=turns)
    after, (first, answer) = step(state, asked, now, C)
    assert after == state
    assert first in (do.SetWakeWords(("alexa",)), do.SetSensitivity("high"))
    assert answer == do.CompleteOrder("w", True)


@pytest.mark.parametrize("phase", list(Phase))
def test_no_phase_is_without_a_row_for_either(phase: Phase) -> None:
    from oyez.conversation import TABLE

    assert {(phase, ev.WakeWordsAsked), (phase, ev.SensitivityAsked)} <= set(TABLE)


def test_onlookers_see_what_is_listened_for_in_both_spellings() -> None:
    from oyez.state import State

    asked = ev.WakeWordsAsked(("alexa", "jarvis"))
    view = see(View(), State(), asked, step(State(), asked, 0.0, C)[1])
    assert (view.wake_words, view.wake_word) == (("alexa", "jarvis"), "alexa, jarvis")
    asked_more = ev.SensitivityAsked("low")
    assert see(view, State(), asked_more, step(State(), asked_more, 0.0, C)[1]).sensitivity == "low"
