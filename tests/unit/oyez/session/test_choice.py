"""Who answers, in all histories."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez import events as ev
from oyez.session.choice import HOLD_S, Choice, Far, Order
from oyez.session.ending import OutOfMeans
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime.closing import Remedy, Verdict
from oyez_realtime.errors import ConnectionLost, SessionRefused

BROKE = ConnectionLost("It broke.", Verdict(Remedy.RETRY, ""), 1006)
GOODBYE = ConnectionLost("Goodbye.", Verdict(Remedy.STOP, ""), 1000)
SPENT = OutOfMeans("No quota.", Verdict(Remedy.TELL, ""))
REFUSED = SessionRefused("No.", Verdict(Remedy.REFUSED, ""))
ERRORS = [BROKE, SPENT, REFUSED, TokenRefused("No."), BackendAway("Away."), TimeoutError(), OSError("No route.")]
FARS: list[Far] = ["service", "local"]
SERVICE_FIRST, LOCAL_FIRST = Order("service", "local", 2.0), Order("local", "service", 2.0)

histories = st.lists(
    st.one_of(
        st.tuples(st.just("opened"), st.sampled_from(FARS), st.sampled_from([None, *ERRORS])),
        st.tuples(st.just("answered")),
        st.tuples(st.just("door_open")),
        st.tuples(st.just("later"), st.floats(0.0, 2 * HOLD_S)),
    ),
    max_size=40,
)


@given(histories)
def test_an_outage_is_told_once_at_each_end(history: list[tuple[object, ...]]) -> None:
    """Fallen back and returned take turns, and what was told last is what holds."""
    choice, now, told = Choice(True, 2.0), 0.0, list[ev.Event]()
    for what, *more in history:
        match what, more:
            case "opened", [("service" | "local") as far, error]:
                assert error is None or isinstance(error, BaseException)
                told += choice.opened(far, error, now)
            case "answered", _:
                told += choice.answered()
            case "door_open", _:
                told += choice.door_open()
            case _, [float(wait_s)]:
                now += wait_s
    kinds = [type(fact) for fact in told]
    assert kinds == ([ev.LineFellBack, ev.LineReturned] * len(kinds))[: len(kinds)]
    assert (choice.away is not None) == (len(kinds) % 2 == 1)
    first = choice.to_open(now).first
    assert first == "service" or choice.away is not None


@given(histories, st.sampled_from(ERRORS), st.sampled_from(FARS))
def test_without_a_local_server_there_is_only_the_service(history: list[object], error: Exception, held: Far) -> None:
    choice = Choice(False, 2.0)
    assert choice.to_open(0.0) == Order("service")
    assert choice.to_mend("service", BROKE) == Order("service")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_after_a_failure_conversations_begin_with_the_local_server(error: Exception) -> None:
    """And with both of them in reach: who is tried first is not the only one."""
    choice = Choice(True, 2.0)
    assert choice.to_open(0.0) == SERVICE_FIRST
    (told,) = choice.opened("local", error, 0.0)
    assert isinstance(told, ev.LineFellBack)
    assert told.sentence.startswith("The voice service ")
    assert choice.to_open(1.0) == LOCAL_FIRST


def test_an_open_door_ends_an_outage_of_the_network() -> None:
    choice = Choice(True, 2.0)
    choice.opened("local", BROKE, 0.0)
    assert choice.door_is_proof
    assert choice.door_open() == [ev.LineReturned()]
    assert choice.to_open(1.0) == SERVICE_FIRST


def test_a_service_without_means_is_left_alone_and_then_tried_and_only_an_answer_is_proof() -> None:
    choice = Choice(True, 2.0)
    choice.opened("local", SPENT, 0.0)
    assert not choice.door_is_proof
    assert choice.door_open() == []
    assert choice.to_open(HOLD_S - 1.0) == LOCAL_FIRST
    assert choice.to_open(HOLD_S) == SERVICE_FIRST
    assert choice.opened("service", None, HOLD_S) == []
    assert choice.opened("local", SPENT, HOLD_S) == []  # again no answer: it is the same outage
    assert choice.to_open(HOLD_S + 1.0) == LOCAL_FIRST
    assert choice.answered() == [ev.LineReturned()]


def test_who_held_a_conversation_is_the_first_to_mend_it() -> None:
    """Also where the other one is to be had: nothing is moved in the middle without need."""
    choice = Choice(True, 2.0)
    assert choice.to_mend("service", BROKE) == SERVICE_FIRST
    assert choice.to_mend("local", BROKE) == LOCAL_FIRST


def test_a_service_without_means_is_not_asked_again_and_one_that_said_goodbye_is_not_away() -> None:
    choice = Choice(True, 2.0)
    assert choice.to_mend("service", SPENT) == Order("local")
    assert choice.to_mend("service", GOODBYE) == Order("service")
