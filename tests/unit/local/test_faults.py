"""Faults on demand strike when and where they were asked to, and nothing else does."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from oyez_local.faults import FaultPlan, Tampering, garbage, read
from oyez_realtime.messages import UnknownEvent, WireError, read_server_event


def plan(**fault: Any) -> FaultPlan:
    made = FaultPlan()
    made.add(read(json.dumps(fault).encode()))
    return made


def kinds(faults: list[Any]) -> list[str]:
    return [fault.fault for fault in faults]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "invalid_json"),
        ('{"fault": "earthquake"}', "invalid_value"),
        ('{"fault": "drop", "when": 3}', "invalid_value"),
        ('{"fault": "drop", "at": "no.such.event"}', "invalid_value"),
        ('{"fault": "close", "code": 1006}', "invalid_value"),
        ('{"fault": "refuse", "code": 1001}', "invalid_value"),
        ('{"fault": "refuse", "at": "session.created"}', "invalid_value"),
        ('{"fault": "error"}', "missing_required_parameter"),
        ('{"fault": "delay", "seconds": 0}', "invalid_value"),
        ('{"fault": "drop", "times": 0}', "invalid_value"),
    ],
)
def test_nonsense_is_refused(body: str, code: str) -> None:
    """What could never strike, or could not be sent, is refused by name."""
    with pytest.raises(WireError) as refused:
        read(body.encode())
    assert refused.value.code == code


def test_after_so_many_events() -> None:
    """after_events counts what went out of that session, and strikes once."""
    made = plan(fault="drop", after_events=3, session="a")
    assert [kinds(made.on_event("b", "response.created", True)) for _ in range(5)] == [[]] * 5
    assert kinds(made.on_event("a", "input_audio_buffer.append", False)) == []
    assert [kinds(made.on_event("a", "response.created", True)) for _ in range(4)] == [[], [], ["drop"], []]
    assert made.pending() == []


def test_at_an_event_of_a_type() -> None:
    """`at` waits for the type, in either direction; after_events lets some of them pass."""
    made = plan(fault="close", at="response.done", after_events=1)
    assert kinds(made.on_event("a", "response.created", True)) == []
    assert kinds(made.on_event("a", "response.done", True)) == []
    assert kinds(made.on_event("a", "response.done", True)) == ["close"]
    assert kinds(plan(fault="drop", at="response.create").on_event("a", "response.create", False)) == ["drop"]


def test_at_once_meets_one_session_or_all() -> None:
    """Without a session the first that is asked is met; `all` meets each, also those to come; an id only its own."""
    made = plan(fault="garbage")
    assert [kinds(made.at_once(name)) for name in "ab"] == [["garbage"], []]
    made = plan(fault="garbage", session="all")
    assert [kinds(made.at_once(name)) for name in "aba"] == [["garbage"], ["garbage"], []]
    made = plan(fault="garbage", session="b")
    assert [kinds(made.at_once(name)) for name in "ab"] == [[], ["garbage"]]


def test_refusals_meet_connections_alone() -> None:
    """`times` connections are refused, then the next comes in; sessions that run are left alone."""
    made = plan(fault="refuse", code=503, times=2)
    assert made.at_once("a") == []
    assert made.on_event("a", "response.done", True) == []
    assert [fault and fault.code for fault in (made.on_connect(), made.on_connect(), made.on_connect())] == [
        503,
        503,
        None,
    ]


def test_half_a_response() -> None:
    """From the strike on nothing of the response passes, nor its end; the next one passes whole."""
    tampering = Tampering()
    assert not tampering.swallows("response.created")
    tampering.begin(read(b'{"fault": "half"}'))
    swallowed = ["response.output_audio.delta", "conversation.item.done", "response.done"]
    assert [tampering.swallows(name) for name in swallowed] == [True, True, True]
    assert not tampering.swallows("response.created")


def test_slow_concerns_audio_and_delay_everything() -> None:
    """slow holds back audio deltas, delay each event."""
    tampering = Tampering()
    tampering.begin(read(b'{"fault": "slow", "seconds": 2}'))
    assert (tampering.wait_s("response.output_audio.delta"), tampering.wait_s("response.done")) == (2.0, 0.0)
    tampering.begin(read(b'{"fault": "delay", "seconds": 1}'))
    assert (tampering.wait_s("response.output_audio.delta"), tampering.wait_s("response.done")) == (3.0, 1.0)


def test_garbage_has_each_kind_of_it() -> None:
    """No JSON, no event, unknown types, and known events: a reader meets all four."""
    met = set()
    for frame in garbage("resp_x", "item_x"):
        try:
            event = read_server_event(frame)[0]
            met.add("unknown" if isinstance(event, UnknownEvent) else "event")
        except WireError as error:
            met.add(error.code)
    assert met == {"invalid_json", "invalid_event", "unknown", "event"}


@given(
    st.integers(0, 5),
    st.integers(1, 3),
    st.sampled_from([None, "all", "a"]),
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=60),
)
def test_no_fault_strikes_more_often_than_asked(
    after: int, times: int, session: str | None, events: list[tuple[str, bool]]
) -> None:
    """`times` in all, or in each session for `all`; never a session that was not meant."""
    made = plan(fault="drop", after_events=after, times=times, session=session)
    struck = {"a": 0, "b": 0}
    for name, outgoing in events:
        struck[name] += len(made.at_once(name)) + len(made.on_event(name, "response.done", outgoing))
    if session == "all":
        assert max(struck.values()) <= times
    else:
        assert sum(struck.values()) <= times
    assert session != "a" or struck["b"] == 0
