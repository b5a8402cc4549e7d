"""A microphone that somebody wished muted is muted, whatever the device does when the wish arrives."""

import pytest

from oyez import actions as do, events as ev
from oyez.state import Phase
from tests.unit.oyez.conversation_history import CLIP, QUESTION, RIVALS
from tests.unit.oyez.told import WAKE, Told


@pytest.mark.parametrize(
    ("story", "phase"),
    [
        ([], Phase.ASLEEP),
        ([ev.SayAsked("Dinner!")], Phase.CALLING),
        (QUESTION, Phase.ANSWERING),
        ([CLIP], Phase.PLAYING),
        ([ev.TimerDue("t")], Phase.RINGING),
        ([RIVALS, WAKE], Phase.BIDDING),
    ],
)
def test_a_wish_that_comes_when_its_conversation_is_over_is_done_at_once(story: list[ev.Event], phase: Phase) -> None:
    told = Told(*story)
    assert told.state.phase is phase
    assert do.SetMuted(True) in told.tell(ev.MuteWished())
    assert told.state.muted
