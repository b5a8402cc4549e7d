"""The gate as a machine: properties that hold for every sequence of flags."""

import itertools

from hypothesis import given, strategies as st

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
    assert edges(replying, [True]) == ["suspected"]
    assert edges(replying, [True] * 23) == [], "100 ms count of what was before, and the next 100 ms do not"
    assert edges(replying, [True]) == ["started"]


def test_a_reply_that_begins_while_someone_speaks_can_still_be_interrupted() -> None:
    gate = Gate(120, 600, 240)
    assert edges(gate, [True] * 12) == ["started"]
    gate.replying(True)
    assert not gate.open
    assert edges(gate, [True] * 48) == ["suspected", "started"]
    gate.replying(True)
    assert gate.open


OVER_REPLY = st.lists(st.tuples(st.booleans(), st.sampled_from([False, False, False, True])), max_size=400)


@given(OVER_REPLY)
def test_over_a_reply_every_suspicion_is_answered_once_and_nothing_starts_without_one(
    heard: list[tuple[bool, bool]],
) -> None:
    gate = Gate(120, 600, 240)
    gate.replying(True)
    told = [edge for voiced, suspect in heard if (edge := gate.hear(voiced, suspect=suspect))]
    follows = {"suspected": ("started", "dismissed"), "started": ("stopped",)}
    assert all(after in follows.get(before, ("suspected",)) for before, after in itertools.pairwise(["", *told]))
    assert gate.suspects == (told[-1:] == ["suspected"])


@given(OVER_REPLY)
def test_a_suspicion_is_answered_in_bounded_time_and_speech_begins_only_with_enough_of_it(
    heard: list[tuple[bool, bool]],
) -> None:
    gate, since = Gate(120, 600, 240), None
    gate.replying(True)
    assert gate.answer_ms == 580
    for at, (voiced, suspect) in enumerate(heard):
        edge = gate.hear(voiced, suspect=suspect)
        since = at if edge == "suspected" else since
        if edge in ("started", "dismissed"):
            assert since is not None
            assert (at - since) * 10 <= gate.answer_ms
        if edge == "started":
            assert sum(flag for flag, _ in heard[max(0, at - 57) : at + 1]) >= 24
        assert not gate.suspects or since is None or (at - since) * 10 < gate.answer_ms


def test_a_cough_is_dismissed_when_silence_follows_it_and_talk_is_not() -> None:
    gate = Gate(120, 600, 360)
    gate.replying(True)
    assert edges(gate, [True] * 8) == []
    assert gate.hear(True, suspect=True) == "suspected"
    assert edges(gate, [True] * 15 + [False] * 29) == []
    assert edges(gate, [False]) == ["dismissed"]
    assert gate.hear(True, suspect=True) == "suspected"
    assert edges(gate, ([True] * 8 + [False] * 4) * 6) == ["started"]


def test_it_knows_when_that_began_which_made_it_open() -> None:
    gate = Gate(120, 600, 360)
    gate.replying(True)
    edges(gate, [False] * 50)
    edges(gate, [True] * 5 + [False] * 20 + [True] * 12)
    gate.hear(True, suspect=True)
    assert edges(gate, ([True] * 10 + [False] * 2) * 3 + [True] * 6) == ["started"]
    assert gate.utterance_ms == 10 * (12 + 1 + 3 * 12 + 6)


def test_who_was_suspected_as_the_reply_ended_by_itself_is_heard_as_anybody_is() -> None:
    gate = Gate(120, 600, 360)
    gate.replying(True)
    assert gate.hear(True, suspect=True) == "suspected"
    edges(gate, [True] * 5)
    gate.replying(False)
    assert edges(gate, [True] * 11) == ["started"]


@given(OVER_REPLY)
def test_with_barge_in_off_nothing_is_suspected_either(heard: list[tuple[bool, bool]]) -> None:
    gate = Gate(120, 600, None)
    gate.replying(True)
    assert not any(gate.hear(voiced, suspect=suspect) for voiced, suspect in heard)


def test_short_holes_do_not_end_an_utterance_and_flicker_does_not_prolong_it() -> None:
    gate = Gate(120, 600, 240)
    assert edges(gate, [True] * 12 + ([False] * 30 + [True] * 10) * 5) == ["started"]
    assert edges(gate, ([True] + [False] * 14) * 6) == ["stopped"]
