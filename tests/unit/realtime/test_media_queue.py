"""What waits for a sink: in order, in time, bounded."""

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given as forall, strategies as st

from oyez_realtime import MediaParameters, Played
from oyez_realtime.media_queue import MS, STEP_MS, Chunk, MediaQueue

LEAD_S = 0.2


def chunk(ms: int, offset_ms: int = 0, item_id: str = "item", response_id: str = "resp", fill: int = 0) -> Chunk:
    return Chunk(response_id, item_id, 0, offset_ms * MS, bytes([fill]) * (ms * MS))


def queue(max_ms: int = 10_000, when_full: Literal["drop_oldest", "drop_newest"] = "drop_oldest") -> MediaQueue:
    return MediaQueue(LEAD_S, max_ms * MS, when_full)


def taken(waiting: MediaQueue, now_s: float) -> list[Chunk]:
    chunks = []
    while (piece := waiting.take(now_s)) is not None:
        chunks.append(piece)
    return chunks


def test_at_first_the_head_start_is_given_and_then_as_much_as_time_passed() -> None:
    """200 ms at once; 100 ms later another 100."""
    waiting = queue()
    waiting.put(chunk(1000))
    assert sum(len(piece.pcm) for piece in taken(waiting, 5.0)) == 200 * MS
    assert waiting.wait_s(5.0) == pytest.approx(STEP_MS / 1000)
    assert waiting.take(5.01) is None
    assert sum(len(piece.pcm) for piece in taken(waiting, 5.1)) == pytest.approx(100 * MS, abs=2)


def test_after_a_pause_time_that_passed_silent_is_not_made_up_for() -> None:
    """The head start is the same however long nothing was said."""
    waiting = queue()
    waiting.put(chunk(100))
    taken(waiting, 0.0)
    waiting.put(chunk(1000, 100))
    assert sum(len(piece.pcm) for piece in taken(waiting, 60.0)) == 200 * MS


def test_an_unpaced_queue_gives_all_at_once() -> None:
    """A file need not wait."""
    waiting = MediaQueue(None, 10_000 * MS)
    waiting.put(chunk(5000))
    assert waiting.wait_s(0.0) == 0.0
    assert [len(piece.pcm) for piece in taken(waiting, 0.0)] == [5000 * MS]
    assert waiting.played(0.0) == [Played("item", 0, 5000)]


def test_past_the_bound_the_oldest_goes_and_is_counted() -> None:
    """What is left is the newest, and it knows its place in the part."""
    waiting = queue(max_ms=100)
    assert waiting.put(chunk(80, 0, fill=1))
    assert not waiting.put(chunk(80, 80, fill=2))
    assert waiting.dropped_bytes == 60 * MS
    pieces = taken(waiting, 0.0)
    assert b"".join(piece.pcm for piece in pieces) == bytes([1]) * 20 * MS + bytes([2]) * 80 * MS
    assert pieces[0].offset == 60 * MS


def test_past_the_bound_the_newest_goes_where_that_is_wished() -> None:
    """What waited longest is heard."""
    waiting = queue(100, "drop_newest")
    waiting.put(chunk(80, 0, fill=1))
    waiting.put(chunk(80, 80, fill=2))
    assert b"".join(piece.pcm for piece in taken(waiting, 0.0)) == bytes([1]) * 80 * MS + bytes([2]) * 20 * MS


def test_what_was_played_follows_the_clock_and_what_the_sink_still_holds() -> None:
    """Of 200 ms given at once, 50 ms later 50 were heard; a card that holds 180 ms says 20."""
    waiting = queue()
    waiting.put(chunk(1000))
    taken(waiting, 0.0)
    assert waiting.played(0.05) == [Played("item", 0, 50)]
    assert waiting.played(0.05, delay_ms=180) == [Played("item", 0, 20)]


def test_a_cut_tells_every_part_it_cut_and_leaves_nothing() -> None:
    """The one being heard with its place, the one waiting with 0; the place is remembered."""
    waiting = queue()
    waiting.put(chunk(300, 0, "first"))
    waiting.put(chunk(300, 0, "second"))
    taken(waiting, 0.0)
    assert waiting.clear(0.1) == [Played("first", 0, 100), Played("second", 0, 0)]
    assert waiting.take(9.0) is None
    assert waiting.played(9.0) == [Played("first", 0, 100)]


def test_a_cut_of_one_response_leaves_the_other() -> None:
    """An out-of-band answer that is cancelled does not silence the conversation."""
    waiting = queue()
    waiting.put(chunk(300, 0, "a", "one"))
    waiting.put(chunk(300, 0, "b", "two"))
    taken(waiting, 0.0)
    assert not waiting.holds(0.0, 0.0, "two")
    assert waiting.clear(0.0, 0.0, "two") == [Played("b", 0, 0)]
    assert waiting.waiting_bytes == 100 * MS


@forall(
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 300)), min_size=1, max_size=20),
    st.integers(0, 500),
)
def test_never_early_never_out_of_order_nothing_lost(steps: list[tuple[int, int]], lead_ms: int) -> None:
    """However chunks and wake-ups fall: what was given is a prefix of what came, and never more than the lead ahead."""
    waiting = MediaQueue(lead_ms / 1000, 1_000_000 * MS)
    now_s, offset, given, begun_s = 0.0, 0, 0, 0.0
    for ms, pause_ms in steps:
        if given == offset:
            begun_s = now_s - given / MS / 1000
        waiting.put(chunk(ms, offset // MS))
        offset += ms * MS
        for piece in taken(waiting, now_s):
            assert piece.offset == given
            given += len(piece.pcm)
        ahead_s = given / MS / 1000 - (now_s - begun_s)
        assert ahead_s <= max(lead_ms, STEP_MS) / 1000 + 1e-6
        (played,) = waiting.played(now_s) or [Played("item", 0, 0)]
        assert played.played_ms <= given // MS
        now_s += pause_ms / 1000
    for _ in range(10_000):
        wait_s = waiting.wait_s(now_s)
        if wait_s is None:
            break
        now_s += wait_s + 1e-6
        for piece in taken(waiting, now_s):
            given += len(piece.pcm)
    assert given == offset


@pytest.mark.parametrize("wrong", [{"gain": -1}, {"gain": 17}, {"lead_ms": -1}, {"queue_max_ms": 0}])
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    """With the range in the sentence."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MediaParameters(**wrong)  # type: ignore[arg-type]


def test_offsets_rise_without_gap() -> None:
    """Pieces join to the part."""
    waiting = queue()
    waiting.put(chunk(150))
    pieces = taken(waiting, 0.0)
    assert all(one.offset + len(one.pcm) == two.offset for one, two in pairwise(pieces))
