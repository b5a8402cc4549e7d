"""The machine of a telephone call: tools answered once, money counted, and an end that always comes."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from oyez_backend.call import (
    FAREWELL_MAX_S,
    FAREWELL_UNHEARD_S,
    OWN,
    REJOINS_MAX,
    Action,
    Answer,
    Call,
    Continue,
    HangUp,
    Hush,
    Limits,
    Phase,
    Rejoin,
    RunTool,
    Speak,
)
from oyez_backend.call_meter import AnyUsage, Verdict
from oyez_realtime import messages as m
from oyez_realtime.closing import Remedy

LIMITS = Limits(max_call_s=60.0, farewell="Goodbye.")


class Purse:
    """A meter that is empty after so many output tokens."""

    def __init__(self, tokens: int = 100) -> None:
        self.tokens = tokens

    def spent(self, usage: AnyUsage) -> Verdict:
        if isinstance(usage, m.Usage) and isinstance(usage.output_tokens, int):
            self.tokens -= usage.output_tokens
        return Verdict.SPENT if self.tokens <= 0 else Verdict.WITHIN


def talking(limits: Limits = LIMITS, tokens: int = 100) -> Call:
    call = Call(Purse(tokens), limits, 0.0)
    assert call.joined() == []
    return call


def created(response_id: str, **fields: Any) -> m.ResponseCreated:
    return m.ResponseCreated(response=m.Response(id=response_id, **fields))


def done(response_id: str, *output: m.Item, tokens: int = 0, status: Any = "completed") -> m.ResponseDone:
    usage = m.Usage(output_tokens=tokens)
    return m.ResponseDone(response=m.Response(id=response_id, status=status, output=list(output), usage=usage))


def wanted(call_id: str, status: Any = "completed") -> m.FunctionCall:
    return m.FunctionCall(name="light", arguments='{"on":true}', call_id=call_id, status=status)


def test_two_tools_of_a_response_are_answered_each_and_the_model_goes_on_once() -> None:
    call = talking()
    assert call.heard(done("r1", wanted("a"), wanted("b")), 1.0) == [
        RunTool("a", "light", '{"on":true}'),
        RunTool("b", "light", '{"on":true}'),
    ]
    assert call.tool_answered("b", "done") == [Answer("b", "done")]
    assert call.tool_answered("a", "done") == [Answer("a", "done"), Continue()]


def test_a_tool_is_not_run_twice_nor_when_its_arguments_are_cut_short() -> None:
    call = talking()
    assert len(call.heard(done("r1", wanted("a")), 1.0)) == 1
    assert call.heard(done("r2", wanted("a")), 1.0) == []
    assert call.heard(done("r3", wanted("b", "incomplete"), status="incomplete"), 1.0) == []
    assert call.heard(done("r4", wanted("c", "in_progress"), status="cancelled"), 1.0) == []
    assert len(call.heard(done("r5", wanted("d"), status="cancelled"), 1.0)) == 1


def test_a_budget_that_is_used_up_ends_the_call_after_a_word() -> None:
    """Turns off, farewell said, played to its end, hung up; the tools of that last response are not run."""
    call = talking()
    hush, farewell = call.heard(done("r1", wanted("a"), tokens=100), 1.0)
    assert hush == Hush()
    assert isinstance(farewell, Speak)
    assert farewell.farewell
    assert farewell.instructions.endswith("Goodbye.")
    assert (call.phase, call.why) == (Phase.PARTING, "budget")
    assert call.heard(created("r2", metadata=OWN), 2.0) == []
    assert call.heard(m.OutputAudioBufferStarted(response_id="r2"), 2.0) == []
    assert call.heard(done("r2", tokens=5), 2.5) == []
    assert call.time_passed(2.5 + FAREWELL_UNHEARD_S) == []
    assert call.heard(m.OutputAudioBufferStopped(response_id="r2"), 9.0) == [HangUp()]
    assert call.phase is Phase.OVER


def test_a_farewell_whose_playing_is_not_told_has_time_to_be_heard() -> None:
    call = talking()
    call.heard(done("r1", tokens=100), 1.0)
    call.heard(created("r2"), 2.0)
    call.heard(done("r2"), 3.0)
    assert call.deadline_s == 3.0 + FAREWELL_UNHEARD_S
    assert call.time_passed(call.deadline_s) == [HangUp()]


def test_a_farewell_that_never_comes_is_not_waited_for() -> None:
    """Also not for the end of another response, which the caller began."""
    call = talking()
    call.heard(done("r1", tokens=100), 1.0)
    call.heard(created("r9", metadata={"oyez": "other"}), 2.0)
    call.heard(done("r9"), 3.0)
    assert call.time_passed(1.0 + FAREWELL_MAX_S - 0.1) == []
    assert call.time_passed(1.0 + FAREWELL_MAX_S) == [HangUp()]


def test_a_farewell_that_failed_is_the_end() -> None:
    call = talking()
    call.heard(done("r1", tokens=100), 1.0)
    call.heard(created("r2", metadata=OWN), 2.0)
    assert call.heard(done("r2", status="failed"), 3.0) == [HangUp()]


def test_time_is_up_in_the_middle_of_anything() -> None:
    call = talking()
    assert call.time_passed(59.9) == []
    assert [type(action) for action in call.time_passed(60.0)] == [Hush, Speak]
    assert call.why == "time"


def test_without_words_or_a_sideband_it_hangs_up_at_once() -> None:
    mute = talking(Limits(60.0, farewell=""))
    assert mute.time_passed(60.0) == [HangUp()]
    never_joined = Call(Purse(), LIMITS, 0.0)
    assert never_joined.time_passed(60.0) == [HangUp()]


def test_the_greeting_is_said_once_however_often_the_sideband_is_joined() -> None:
    call = Call(Purse(), Limits(60.0, "Goodbye.", greeting="Say hello."), 0.0)
    assert call.joined() == [Speak("Say hello.")]
    assert call.lost(Remedy.RETRY) == [Rejoin(0.5)]
    assert call.joined() == []


def test_what_a_tool_said_while_the_sideband_was_away_is_told_when_it_is_back() -> None:
    call = talking()
    call.heard(done("r1", wanted("a")), 1.0)
    call.lost(Remedy.RETRY)
    assert call.tool_answered("a", "done") == []
    assert call.joined() == [Answer("a", "done"), Continue()]


def test_a_sideband_that_keeps_breaking_ends_the_call() -> None:
    """A call that nobody counts must not go on."""
    call = talking()
    delays = [call.lost(Remedy.RETRY) for _ in range(REJOINS_MAX)]
    assert delays == [[Rejoin(0.5)], [Rejoin(1.0)], [Rejoin(2.0)], [Rejoin(4.0)]]
    assert call.lost(Remedy.RETRY) == [HangUp()]
    assert call.why == "sideband_lost"


@pytest.mark.parametrize("remedy", [Remedy.REFUSED, Remedy.NEW_TOKEN, Remedy.TELL])
def test_a_sideband_that_is_refused_ends_the_call(remedy: Remedy) -> None:
    assert talking().lost(remedy) == [HangUp()]


def test_a_caller_who_hangs_up_needs_no_hanging_up() -> None:
    call = talking()
    assert call.lost(Remedy.STOP) == []
    assert (call.phase, call.why) == (Phase.OVER, "caller")


def test_a_call_that_was_passed_on_is_over_when_its_socket_closes() -> None:
    call = talking()
    call.passed_on()
    assert call.lost(Remedy.RETRY) == []
    assert call.phase is Phase.OVER


IDS = st.sampled_from(["r1", "r2", "r3"])
CALLS = st.sampled_from(["a", "b", "c"])
EVENTS = st.one_of(
    st.builds(created, IDS, metadata=st.sampled_from([None, OWN, {"x": "y"}])),
    st.builds(
        lambda i, calls, tokens, status: done(i, *map(wanted, calls), tokens=tokens, status=status),
        IDS, st.lists(CALLS, max_size=2), st.integers(0, 40), st.sampled_from(["completed", "cancelled", "failed"]),
    ),
    st.builds(lambda i: m.OutputAudioBufferStarted(response_id=i), IDS),
    st.builds(lambda i: m.OutputAudioBufferStopped(response_id=i), IDS),
)  # fmt: skip
STEPS = st.one_of(
    EVENTS.map(lambda event: ("heard", event)),
    CALLS.map(lambda call_id: ("answered", call_id)),
    st.sampled_from(list(Remedy)).map(lambda remedy: ("lost", remedy)),
    st.just(("joined", None)),
    st.just(("end", None)),
)


def step(call: Call, kind: str, what: Any, now_s: float) -> list[Action]:
    match kind:
        case "heard":
            return call.heard(what, now_s)
        case "answered":
            return call.tool_answered(what, "done")
        case "lost":
            return call.lost(what)
        case "joined":
            return call.joined()
        case _:
            return call.end("asked")


@given(st.lists(st.tuples(st.floats(0, 5), STEPS), max_size=60))
def test_every_call_ends_in_time_once_and_with_at_most_one_farewell(history: list[tuple[float, Any]]) -> None:
    """Whatever happens in whatever order: no tool twice, nothing after the end, and the deadline ends it."""
    call, now_s = Call(Purse(), LIMITS, 0.0), 0.0
    told: list[Action] = []
    for gap_s, (kind, what) in history:
        now_s += gap_s
        over = call.phase is Phase.OVER
        actions = [*call.time_passed(now_s), *step(call, kind, what, now_s)]
        assert not over or not [a for a in actions if not isinstance(a, Answer | Continue)]
        told += actions
    for _ in range(2):
        now_s = max(now_s, call.deadline_s)
        told += call.time_passed(now_s)
    assert call.phase is Phase.OVER
    assert now_s <= 60.0 + 5.0 * 60 + FAREWELL_MAX_S
    assert sum(isinstance(action, HangUp) for action in told) <= 1
    assert sum(isinstance(action, Speak) and action.farewell for action in told) <= 1
    run = [action.call_id for action in told if isinstance(action, RunTool)]
    assert len(run) == len(set(run))
