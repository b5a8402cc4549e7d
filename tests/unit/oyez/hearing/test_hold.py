"""When the tap carries silence."""

from hypothesis import given, strategies as st

from oyez.hearing.hold import SOUND_TAIL_S, Hold

TAIL_S = 0.3
BLOCKS = st.lists(st.integers(1, 400), min_size=1, max_size=60)
"""Ends of blocks of 10 ms, in hundredths of a second."""


def ended(*, cancels: bool, interrupted: bool = False) -> Hold:
    """A reply ended at 1.0 s."""
    hold = Hold(cancels=cancels, tail_s=TAIL_S)
    hold.begin()
    hold.end(1.0, interrupted=interrupted)
    return hold


def holds(hold: Hold, end_cs: int, *, unsure: bool = False) -> bool:
    return hold.holds((end_cs - 1) / 100, end_cs / 100, unsure=unsure)


@given(BLOCKS, st.booleans())
def test_while_a_reply_sounds_everything_is_held(ends: list[int], cancels: bool) -> None:
    hold = Hold(cancels=cancels, tail_s=TAIL_S)
    hold.begin()
    assert hold.on
    assert all(holds(hold, end) for end in ends)


@given(BLOCKS, st.booleans(), st.booleans())
def test_after_a_reply_a_block_is_judged_by_when_it_was_captured(ends: list[int], cancels: bool, unsure: bool) -> None:
    """A canceller that knows the room needs no tail; without one, or with one that is unsure, the room rings on."""
    hold = ended(cancels=cancels)
    last = 100 if cancels and not unsure else 130
    assert [holds(hold, end, unsure=unsure) for end in ends] == [end <= last for end in ends]


@given(BLOCKS, st.booleans())
def test_what_interrupts_a_reply_is_never_held(ends: list[int], cancels: bool) -> None:
    hold = ended(cancels=cancels, interrupted=True)
    assert not any(holds(hold, end) for end in ends)


def test_an_interruption_outlives_what_was_still_queued_of_the_reply() -> None:
    hold = Hold(cancels=False, tail_s=TAIL_S)
    hold.begin()
    hold.played(0.0, 1.1, loud=True)
    hold.end(1.0, interrupted=True)
    assert not any(holds(hold, end) for end in range(90, 300))


def test_an_end_without_a_beginning_changes_nothing() -> None:
    hold = ended(cancels=False)
    hold.end(3.0, interrupted=False)
    assert holds(hold, 130)
    assert not holds(hold, 131)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=30), BLOCKS)
def test_without_a_canceller_what_overlaps_loudspeaker_sound_is_held(
    chunks: list[tuple[bool, int]], ends: list[int]
) -> None:
    hold, at, loud_at = Hold(cancels=False, tail_s=TAIL_S), 0, set[int]()
    deaf = Hold(cancels=True, tail_s=TAIL_S)
    for loud, length in chunks:
        for each in (hold, deaf):
            each.played(at / 100, (at + length) / 100, loud=loud)
        loud_at |= set(range(at, at + length)) if loud else set()
        at += length
    newest = [end for end in ends if end > at - 390]  # older ones are forgotten
    tail = round(SOUND_TAIL_S * 100)
    for end in newest:
        middle_s = end / 100 - 0.005  # edges apart, floats agree with the model
        expected = any(moment in loud_at for moment in range(end - 1 - tail, end))
        assert hold.holds(middle_s - 0.004, middle_s + 0.004, unsure=False) == expected
        assert not holds(deaf, end)


def test_sound_that_was_cut_holds_nothing() -> None:
    hold = Hold(cancels=False, tail_s=TAIL_S)
    hold.played(0.0, 1.0, loud=True)
    hold.played(1.0, 2.0, loud=True)
    hold.played(0.5, 0.6, loud=False)
    assert holds(hold, 50)
    assert holds(hold, 65)
    assert not holds(hold, 67)
