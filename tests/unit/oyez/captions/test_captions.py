"""Captions come in the order in which people spoke, whatever the order in which they were written down."""

from hypothesis import given, strategies as st

from oyez.captions.captions import UNINTELLIGIBLE, Caption, Captions
from oyez_realtime import messages as wire


def committed(item_id: str) -> wire.ServerEvent:
    return wire.InputAudioBufferCommitted(item_id=item_id, previous_item_id=None)


def delta(item_id: str, text: str) -> wire.ServerEvent:
    return wire.ConversationItemInputAudioTranscriptionDelta(item_id=item_id, delta=text)


def completed(item_id: str, text: str) -> wire.ServerEvent:
    return wire.ConversationItemInputAudioTranscriptionCompleted(
        item_id=item_id, transcript=text, usage=wire.DurationUsage(1.0)
    )


def failed(item_id: str) -> wire.ServerEvent:
    return wire.ConversationItemInputAudioTranscriptionFailed(item_id=item_id, error=wire.ErrorDetail())


def all_of(events: list[wire.ServerEvent]) -> list[Caption]:
    captions = Captions()
    return [caption for event in events for caption in captions.take(event)]


def test_a_running_line_grows_until_it_is_final() -> None:
    assert all_of([committed("a"), delta("a", "hello "), delta("a", "there"), completed("a", "Hello there.")]) == [
        Caption("a", "hello", False),
        Caption("a", "hello there", False),
        Caption("a", "Hello there.", True),
    ]


def test_a_later_turn_waits_for_the_one_before_it() -> None:
    assert all_of(
        [committed("a"), committed("b"), delta("b", "two"), completed("b", "two"), completed("a", "one")]
    ) == [
        Caption("a", "one", True),
        Caption("b", "two", True),
    ]


def test_a_turn_that_cannot_be_written_down_holds_up_nobody() -> None:
    assert all_of([committed("a"), committed("b"), completed("b", "two"), failed("a")]) == [
        Caption("a", UNINTELLIGIBLE, True),
        Caption("b", "two", True),
    ]


def test_it_is_settled_when_nobody_speaks_and_no_line_is_open() -> None:
    captions = Captions()
    captions.take(wire.InputAudioBufferSpeechStarted(item_id="a", audio_start_ms=0))
    assert not captions.settled
    captions.take(committed("a"))
    assert not captions.settled
    captions.take(completed("a", ""))
    assert captions.settled


def test_what_was_understood_of_an_open_turn_is_not_lost_at_the_end() -> None:
    captions = Captions()
    for event in (committed("a"), delta("a", "half a"), committed("b")):
        captions.take(event)
    assert captions.give_up() == [Caption("a", "half a", True), Caption("b", UNINTELLIGIBLE, True)]
    assert captions.settled


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)))
def test_every_turn_has_one_final_line_in_the_order_of_speaking(order: list[int], bad: set[int]) -> None:
    events = [committed(str(n)) for n in range(6)]
    events += [failed(str(n)) if n in bad else completed(str(n), f"turn {n}") for n in order]
    assert [caption.item_id for caption in all_of(events) if caption.final] == list("012345")
