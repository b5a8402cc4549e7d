"""Sound that is kept until the service has it for good."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from oyez.session.errands import Commit
from oyez.session.turn_audio import BYTES_PER_MS, LARGEST_BACKLOG_S, LEAD_MS, PIECE_MS, TAIL_S, TurnAudio


def sound(ms: int, at: int = 0) -> bytes:
    """No two stretches of it are alike."""
    return (np.arange(at * 24, (at + ms) * 24) % 65_521).astype("<u2").tobytes()


def joined(steps: list[bytes | Commit]) -> bytes:
    return b"".join(step for step in steps if isinstance(step, bytes))


def test_between_turns_only_a_tail_of_what_was_sent_is_kept() -> None:
    kept = TurnAudio()
    for at in range(0, 5000, 100):
        kept.put(sound(100, at))
        kept.sent(100 * BYTES_PER_MS)
    assert kept.kept_s == TAIL_S
    assert joined(kept.restart()) == sound(1500, 3500)


def test_what_was_not_sent_is_kept_whole_and_sent_first_in_the_next_session() -> None:
    kept = TurnAudio()
    for at in range(0, 4000, 100):
        kept.put(sound(100, at))
    steps = kept.restart()
    assert joined(steps) == sound(4000)
    assert all(isinstance(step, bytes) and len(step) <= PIECE_MS * BYTES_PER_MS for step in steps)


def test_a_running_turn_is_kept_from_before_its_beginning_by_the_services_own_count() -> None:
    kept = TurnAudio()
    for at in range(0, 6000, 100):
        kept.put(sound(100, at))
        kept.sent(100 * BYTES_PER_MS)
        if at == 2000:
            kept.began(1500)
    kept.ended(5500)
    assert kept.speaking
    assert joined(kept.restart()) == sound(6000 - 1500 + LEAD_MS, 1500 - LEAD_MS)


def test_a_committed_turn_is_given_away_once_and_only_what_came_after_it_is_sent_again() -> None:
    kept = TurnAudio()
    kept.put(sound(3000))
    kept.sent(3000 * BYTES_PER_MS)
    kept.began(1800)
    kept.ended(2500)
    assert kept.committed() == sound(900, 1600)
    assert not kept.speaking
    assert joined(kept.restart()) == sound(500, 2500)
    assert kept.committed() == b""


def test_the_next_session_counts_from_what_it_is_sent() -> None:
    kept = TurnAudio()
    kept.put(sound(3000))
    kept.sent(3000 * BYTES_PER_MS)
    again = joined(kept.restart())
    kept.sent(len(again))
    kept.began(LEAD_MS + 100)
    kept.ended(600)
    assert kept.committed() == again[100 * BYTES_PER_MS : 600 * BYTES_PER_MS]


def test_a_turn_of_the_device_is_kept_whole_and_committed_anew_where_it_ended() -> None:
    kept = TurnAudio()
    kept.by_device = True
    kept.put(sound(3000))
    kept.sent(3000 * BYTES_PER_MS)
    kept.cut()
    kept.put(sound(400, 3000))
    steps = kept.restart()
    at = next(index for index, step in enumerate(steps) if isinstance(step, Commit))
    assert (joined(steps[:at]), joined(steps[at:])) == (sound(3000), sound(400, 3000))
    kept.sent(3400 * BYTES_PER_MS)
    assert kept.committed() == sound(3000)


def test_forgotten_sound_does_not_come_back_even_if_it_was_never_sent() -> None:
    kept = TurnAudio()
    kept.by_device = True
    kept.put(sound(1000))
    kept.sent(100 * BYTES_PER_MS)
    kept.forget()
    kept.put(sound(300, 1000))
    assert kept.unsent_s == 0.3
    assert joined(kept.restart()) == sound(300, 1000)


def test_past_the_backlogs_bound_the_newest_is_refused() -> None:
    kept = TurnAudio()
    taken = [kept.put(bytes(48_000)) for _ in range(int(LARGEST_BACKLOG_S) + 2)]
    assert taken == [True] * int(LARGEST_BACKLOG_S) + [False] * 2


class Sending(RuleBasedStateMachine):
    """Whatever happens: what is sent again is one stretch that ends with the last sound put, no byte of what was not
    sent is lost, and no more is kept than the bounds allow."""

    def __init__(self) -> None:
        super().__init__()
        self.kept, self.put_ms, self.sent_ms, self.floor_ms, self.origin_ms = TurnAudio(), 0, 0, 0, 0

    @rule(pieces=st.integers(1, 30))
    def sound_comes(self, pieces: int) -> None:
        assert self.kept.put(sound(20 * pieces, self.put_ms))
        self.put_ms += 20 * pieces

    @precondition(lambda self: self.sent_ms < self.put_ms)
    @rule(share=st.floats(0.1, 1.0))
    def some_is_sent(self, share: float) -> None:
        ms = max(20, int((self.put_ms - self.sent_ms) * share) // 20 * 20)
        self.kept.sent(ms * BYTES_PER_MS)
        self.sent_ms += ms

    @precondition(lambda self: self.sent_ms > self.origin_ms)
    @rule(back_ms=st.integers(0, 1500))
    def somebody_begins(self, back_ms: int) -> None:
        self.kept.began(max(0, self.sent_ms - self.origin_ms - back_ms))

    @rule()
    def the_turn_is_committed(self) -> None:
        self.kept.ended(self.sent_ms - self.origin_ms)
        turn = self.kept.committed()
        assert turn in sound(self.put_ms)

    @rule()
    def the_session_is_lost(self) -> None:
        again = joined(self.kept.restart())
        assert len(again) >= (self.put_ms - self.sent_ms) * BYTES_PER_MS
        assert sound(self.put_ms).endswith(again)
        self.origin_ms = self.put_ms - len(again) // BYTES_PER_MS
        self.sent_ms = self.origin_ms

    @invariant()
    def the_books_are_right(self) -> None:
        assert round(self.kept.unsent_s * 1000) == self.put_ms - self.sent_ms
        if not self.kept.speaking:
            assert self.kept.kept_s <= TAIL_S + self.kept.unsent_s + 1e-9


TestSending = Sending.TestCase


@given(st.integers(-500, 9000), st.integers(-500, 9000))
def test_a_count_of_the_service_that_makes_no_sense_breaks_nothing(start_ms: int, end_ms: int) -> None:
    kept = TurnAudio()
    kept.put(sound(1000))
    kept.sent(1000 * BYTES_PER_MS)
    kept.began(start_ms)
    kept.ended(end_ms)
    assert kept.committed() in sound(1000)
