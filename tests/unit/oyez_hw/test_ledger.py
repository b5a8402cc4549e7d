"""The ledger against the plainest model there is: a list of what each stream frame was."""

from hypothesis import given, strategies as st

from oyez_hw.ledger import Ledger

ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("sound"), st.integers(1, 50)),
        st.tuples(st.just("filler"), st.integers(1, 50)),
        st.tuples(st.just("skip"), st.integers(1, 50)),
        st.tuples(st.just("report"), st.integers(0, 120)),
        st.tuples(st.just("drop"), st.integers(0, 120)),
    ),
    max_size=40,
)


def after(stream: list[int | None], frames: int) -> int:
    return next((sound + 1 for sound in reversed(stream[:frames]) if sound is not None), 0)


@given(ACTIONS)
def test_audible_and_written_are_what_a_list_of_frames_says(actions: list[tuple[str, int]]) -> None:
    ledger, stream, sound, audible = Ledger(1_000), list[int | None](), 0, 0
    for kind, number in actions:
        if kind == "sound":
            ledger.wrote(number, sound)
            stream += range(sound, sound + number)
            sound += number
        elif kind == "filler":
            ledger.wrote(number, None)
            stream += [None] * number
        elif kind == "skip":
            sound += number  # put and forgotten by a cut
        elif kind == "report":
            ledger.reported(number, 1.0)
            audible = max(audible, len(stream) - number)
        else:
            number = min(number, len(stream) - audible)  # a card cannot take back what was audible
            ledger.dropped(number, 1.0)
            stream = stream[: len(stream) - number]
            audible = len(stream)
        mark = ledger.mark(1.0)
        assert mark.frames_written == after(stream, len(stream))
        assert mark.frames_audible == after(stream, audible)


def test_between_reports_the_card_plays_on_but_never_past_what_was_written() -> None:
    ledger = Ledger(1_000)
    ledger.wrote(100, 0)
    ledger.reported(90, 5.0)
    assert ledger.mark(5.0625).frames_audible == 72
    assert ledger.mark(9.0).frames_audible == 100
    assert ledger.mark(4.0).frames_audible == 10


def test_filler_between_sound_does_not_count() -> None:
    ledger = Ledger(1_000)
    ledger.wrote(10, 0)
    ledger.wrote(20, None)
    ledger.wrote(10, 10)
    ledger.reported(5, 1.0)
    assert ledger.mark(1.0).frames_audible == 15
