"""No sound is lost with a session: what has no final caption is heard again, and what has one is not."""

from hypothesis import given, strategies as st

from oyez.captions.backlog import BYTES_PER_MS, KEPT_MAX_BYTES, Backlog


def sound(ms: int, value: int = 1) -> bytes:
    return bytes([value]) * (ms * BYTES_PER_MS)


def test_sound_without_a_final_caption_is_heard_again() -> None:
    backlog = Backlog()
    backlog.add(sound(500, 1))
    backlog.speech_stopped(500)
    backlog.add(sound(300, 2))
    backlog.committed("a")
    assert backlog.begin_session() == sound(500, 1) + sound(300, 2)


def test_what_was_said_after_the_turn_is_kept_when_its_caption_is_final() -> None:
    backlog = Backlog()
    backlog.add(sound(500, 1) + sound(300, 2))
    backlog.speech_stopped(500)
    backlog.committed("a")
    backlog.settled("a")
    assert backlog.begin_session() == sound(300, 2)
    assert backlog.sent == 0


def test_turns_ended_by_hand_end_where_they_were_ended() -> None:
    backlog = Backlog()
    backlog.add(sound(100, 1))
    backlog.commit_asked()
    backlog.add(sound(100, 2))
    backlog.commit_asked()
    backlog.committed("a")
    backlog.settled("a")
    assert backlog.begin_session() == sound(100, 2)


@given(st.lists(st.integers(0, 30_000), max_size=12))
def test_it_never_keeps_more_than_a_minute_and_always_the_latest(pieces_ms: list[int]) -> None:
    backlog, whole = Backlog(), b""
    for n, ms in enumerate(pieces_ms):
        backlog.add(sound(ms, n + 1))
        whole += sound(ms, n + 1)
    assert backlog.sent == len(whole)
    assert backlog.begin_session() == whole[-KEPT_MAX_BYTES:]
