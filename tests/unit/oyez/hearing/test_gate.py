"""The gate as a machine: properties that hold for every sequence of flags."""

from hypothesis import given
from hypothesis import strategies as st

from oyez.hearing.gate import Gate

FLAGS = st.lists(st.booleans(), max_size=400)


def edges(gate: Gate, flags: list[bool]) -> list[str]:
    return [edge for edge in map(gate.hear, flags) if edge]


@given(FLAGS)
def test_started_and_stopped_alternate(flags: list[bool]) -> None:
    told = edges(Gate(120, 600, 240), flags)
    assert told == ["started", "stopped"] * (len(told) // 2) + ["started"] * (len(told) % 2)


@given(FLAGS)
def test_it_never_opens_on_less_speech_than_the_onset(flags: list[bool]) -> None:
    gate = Gate(120, 600, 240)
    for at, flag in enumerate(flags):
        if gate.hear(flag) == "started":
            assert sum(flags[max(0, at - 23) : at + 1]) >= 12


@given(FLAGS)
def test_whatever_was_heard_silence_closes_it_in_bounded_time(flags: list[bool]) -> None:
    gate = Gate(120, 600, 240)
    edges(gate, flags)
    was_open = gate.open
    assert edges(gate, [False] * 61) == (["stopped"] if was_open else [])
    assert not gate.open


@given(FLAGS)
def test_with_barge_in_off_speech_over_a_reply_is_not_heard(flags: list[bool]) -> None:
    gate = Gate(120, 600, None)
    gate.replying(True)
    assert edges(gate, flags) == []


def test_over_a_reply_it_asks_for_more_speech() -> None:
    quiet, replying = Gate(120, 600, 240), Gate(120, 600, 240)
    replying.replying(True)
    assert edges(quiet, [True] * 12) == ["started"]
    assert edges(replying, [True] * 23) == []
    assert edges(replying, [True]) == ["started"]


def test_a_reply_that_begins_while_someone_speaks_can_still_be_interrupted() -> None:
    gate = Gate(120, 600, 240)
    assert edges(gate, [True] * 12) == ["started"]
    gate.replying(True)
    assert not gate.open
    assert edges(gate, [True] * 24) == ["started"]
    gate.replying(True)
    assert gate.open


def test_short_holes_do_not_end_an_utterance_and_flicker_does_not_prolong_it() -> None:
    gate = Gate(120, 600, 240)
    assert edges(gate, [True] * 12 + ([False] * 30 + [True] * 10) * 5) == ["started"]
    assert edges(gate, ([True] + [False] * 14) * 6) == ["stopped"]
