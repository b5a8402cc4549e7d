"""Turns begin and end where they should, whatever the frames are."""

from hypothesis import given, strategies as st

from oyez_local.turns import FRAME_MS, MAX_TURN_MS, Began, Ended, TurnDetector, TurnRules, rules_of
from oyez_realtime.messages import SemanticVad, ServerVad


def run(frames: list[bool], rules: TurnRules | None = None) -> list[Began | Ended]:
    detector = TurnDetector(rules or TurnRules())
    heard = [detector.hear(speech, (index + 1) * FRAME_MS) for index, speech in enumerate(frames)]
    return [change for change in heard if change is not None]


def test_a_turn_begins_with_its_first_speech_and_ends_after_the_silence() -> None:
    """400 ms of speech after 200 ms of silence: begins at 200, ends the session's 500 ms of silence later."""
    changes = run([False] * 10 + [True] * 20 + [False] * 50, TurnRules(silence_ms=500))
    assert changes[0] == Began(200)
    assert isinstance(changes[1], Ended)
    assert 1100 <= changes[1].at_ms <= 1100 + 2 * FRAME_MS


def test_a_click_is_no_turn() -> None:
    """One frame of speech in a hundred ms begins nothing."""
    assert run([False] * 5 + [True] + [False] * 20) == []


def test_a_pause_shorter_than_the_silence_does_not_end_a_turn() -> None:
    """300 ms between words stay inside a turn whose silence is 500 ms."""
    changes = run([True] * 20 + [False] * 15 + [True] * 20, TurnRules(silence_ms=500))
    assert changes == [Began(0)]


def test_crackle_does_not_keep_a_turn_open() -> None:
    """Single frames of speech between silences do not put off the end."""
    crackle = [False, False, False, True] * 20
    assert [type(change) for change in run([True] * 20 + crackle, TurnRules(silence_ms=400))] == [Began, Ended]


def test_a_higher_threshold_needs_more_speech() -> None:
    """What begins a turn at 0.1 does not at 1.0."""
    patchy = [True, False, True, False] * 10
    assert run(patchy, TurnRules(threshold=0.1))
    assert run(patchy, TurnRules(threshold=1.0)) == []


def test_a_turn_ends_at_last() -> None:
    """Endless speech is cut at MAX_TURN_MS."""
    changes = run([True] * (MAX_TURN_MS // FRAME_MS + 1))
    assert changes[:2] == [Began(0), Ended(MAX_TURN_MS)]


def test_eagerness_shortens_the_wait() -> None:
    """semantic_vad: low waits longest, high least."""
    waits = [rules.silence_ms for e in ("low", "medium", "high") if (rules := rules_of(SemanticVad(eagerness=e)))]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) == 3


def test_absent_fields_take_the_wires_defaults() -> None:
    """server_vad without numbers is 0.5, 300 ms, 200 ms; null is no detection at all."""
    assert rules_of(ServerVad()) == TurnRules(0.5, 300, 200)
    assert rules_of(None) is None


@given(st.lists(st.booleans(), max_size=400), st.floats(0, 1), st.integers(0, 1000))
def test_beginnings_and_ends_alternate_in_time(frames: list[bool], threshold: float, silence_ms: int) -> None:
    """Never two beginnings without an end between, and time never runs back."""
    changes = run(frames, TurnRules(threshold=threshold, silence_ms=silence_ms))
    assert [type(change) for change in changes] == [Began, Ended] * (len(changes) // 2) + [Began] * (len(changes) % 2)
    ends = [change.at_ms for change in changes if isinstance(change, Ended)]
    assert ends == sorted(ends)
    for began, ended in zip(changes[::2], changes[1::2], strict=False):
        assert began.at_ms < ended.at_ms
