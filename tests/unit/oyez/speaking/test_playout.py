"""What was heard, against a model that remembers every single frame."""

from hypothesis import given, strategies as st

from oyez.speaking.playout import Heard, Part, Playout

QUEUED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(1, 400), st.integers(0, 50)), max_size=25)
"""(item, content part, frames, frames of chimes before them)"""


def build(queued: list[tuple[int, int, int, int]]) -> tuple[Playout, list[Part | None]]:
    """The playout, and of each frame number the part that it belongs to; None: a chime."""
    playout, owners = Playout(1000), list[Part | None]()
    for item, content, frames, chime in sorted(queued, key=lambda entry: entry[:2]):
        owners += [None] * chime
        playout.queue(f"item{item}", content, len(owners), frames)
        owners += [(f"item{item}", content)] * frames
    return playout, owners


@given(QUEUED, st.lists(st.integers(0, 12_000), max_size=20))
def test_heard_is_what_a_frame_by_frame_count_says_and_never_falls(
    queued: list[tuple[int, int, int, int]], reports: list[int]
) -> None:
    playout, owners = build(queued)
    most, before = 0, dict.fromkeys(playout.heard(), 0)
    for report in reports:
        playout.audible(report)
        most = max(most, report)
        heard = playout.heard()
        assert heard == {part: owners[:most].count(part) for part in before}
        assert all(heard[part] >= ms for part, ms in before.items())
        before = heard


@given(QUEUED, st.integers(0, 12_000))
def test_a_cut_accounts_for_every_part(queued: list[tuple[int, int, int, int]], at: int) -> None:
    playout, owners = build(queued)
    parts = list(playout.heard())
    cut = playout.cut(at)
    if cut is None:
        assert not parts
        return
    here = (cut.item_id, cut.content_index)
    assert cut.heard_ms == owners[:at].count(here)
    assert cut.heard_ms <= cut.total_ms == owners.count(here)
    assert [*parts[: parts.index(here)], here, *cut.unheard] == parts
    assert all(owners[:at].count(part) == 0 for part in cut.unheard)
    assert all(owners[:at].count(part) == owners.count(part) for part in parts[: parts.index(here)])


@given(QUEUED, st.integers(0, 12_000))
def test_it_is_finished_when_complete_and_the_last_frame_was_heard(
    queued: list[tuple[int, int, int, int]], at: int
) -> None:
    playout, owners = build(queued)
    playout.audible(at)
    assert not playout.finished
    playout.complete()
    assert playout.finished == (not any(owners[at:]))
    assert playout.cut(at) is None or not playout.finished


def test_half_milliseconds_are_rounded_down() -> None:
    playout = Playout(48_000)
    playout.queue("a", 0, 0, 48_047)
    assert playout.cut(24_095) == Heard("a", 0, 501, 1000)


def test_a_reply_that_waits_for_more_sound_can_still_be_cut() -> None:
    playout = Playout(1000)
    playout.queue("a", 0, 0, 100)
    assert playout.cut(100) == Heard("a", 0, 100, 100)


def test_sound_that_comes_after_the_end_was_announced_is_waited_for() -> None:
    playout = Playout(1000)
    playout.queue("a", 0, 0, 100)
    playout.complete()
    playout.queue("a", 0, 100, 100)
    playout.audible(200)
    assert not playout.finished
