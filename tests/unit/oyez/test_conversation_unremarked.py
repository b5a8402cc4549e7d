"""What somebody said to a service that did not notice is not passed over in silence."""

from oyez import actions as do, events as ev
from oyez.state import UNREMARKED_S, Phase
from tests.unit.oyez.told import BY_SERVER, WAKE, Told, speaking

BEGAN, ENDED = ev.SpeechStarted("gate"), ev.SpeechStopped("gate")


def complaints(told: list[do.Action]) -> list[str]:
    return [action.kind for action in told if isinstance(action, do.Complain)]


def heard_by_the_gate(told: Told, seconds: float = 2 * UNREMARKED_S) -> None:
    told.tell(BEGAN)
    told.later(seconds, ENDED)


def test_a_request_of_which_the_service_takes_no_notice_ends_in_a_complaint() -> None:
    """Found by the chaos: the socket was silent, or being mended, and the device slept as if nobody had spoken."""
    told = Told(WAKE, ev.SessionReady())
    heard_by_the_gate(told)
    ordered = told.wait()
    assert complaints(ordered) == ["line_silent"]
    assert do.PlayChime("error") in ordered
    assert told.state.phase is Phase.ASLEEP


def test_what_was_said_while_the_line_opened_counts_as_well() -> None:
    told = Told(WAKE)
    heard_by_the_gate(told)
    told.tell(ev.SessionReady())
    assert complaints(told.wait()) == ["line_silent"]


def test_a_request_over_a_reply_counts_as_well() -> None:
    told = speaking()
    heard_by_the_gate(told)
    assert complaints(told.wait()) == ["line_silent"]


def test_a_service_that_hears_the_beginning_and_falls_silent_is_complained_of() -> None:
    """Found by the chaos: the line broke in the middle of the request, and patience ended before it was mended."""
    told = Told(WAKE, ev.SessionReady(), BEGAN, BY_SERVER)
    told.later(2 * UNREMARKED_S, ENDED)
    assert complaints(told.wait()) == ["line_silent"]


def test_while_the_line_is_being_mended_nobodys_patience_ends() -> None:
    """What was said into a broken line is answered by the next session, not complained of before it is there."""
    told = Told(WAKE, ev.SessionReady(), BEGAN, BY_SERVER)
    told.tell(ev.LineBroke(told.now + 20.0))
    told.later(2 * UNREMARKED_S, ENDED)
    told.later(15.0, ev.DeadlinePassed())
    assert told.state.phase is Phase.LISTENING
    told.tell(ev.LineMended())
    told.later(10.0, ev.DeadlinePassed())
    assert told.state.phase is Phase.LISTENING
    assert complaints(told.wait()) == ["line_silent"]


def test_a_line_that_is_never_mended_holds_up_nobody_for_ever() -> None:
    told = Told(WAKE, ev.SessionReady(), BEGAN, BY_SERVER)
    told.tell(ev.LineBroke(told.now + 20.0))
    told.later(2 * UNREMARKED_S, ENDED)
    assert complaints(told.wait()) == []
    assert complaints(told.wait()) == ["line_silent"]


def test_a_request_that_the_service_answered_is_no_matter_in_what_follows() -> None:
    told = Told(WAKE, ev.SessionReady(), BEGAN, BY_SERVER)
    told.later(2 * UNREMARKED_S, ENDED)
    told.tell(ev.SpeechStopped("server"), ev.ReplyBegun("r1"), ev.ReplyAudible("r1"))
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert complaints(told.wait()) == []


def test_a_noise_is_nothing_to_complain_of() -> None:
    told = Told(WAKE, ev.SessionReady())
    heard_by_the_gate(told, UNREMARKED_S / 2)
    ordered = told.wait()
    assert complaints(ordered) == []
    assert do.PlayChime("done") in ordered


def test_a_service_that_notices_late_is_believed() -> None:
    """The line was mended, and what had been said reached the next session."""
    told = Told(WAKE, ev.SessionReady())
    heard_by_the_gate(told)
    told.tell(BY_SERVER)
    assert not told.state.unremarked
    told.tell(ev.SpeechStopped("server"))
    assert told.state.phase is Phase.THINKING
