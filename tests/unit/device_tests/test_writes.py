"""A card's past, built anew from the log of its writes."""

import struct
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, strategies as st

from tests.image.writes import ENTRY, FLUSH, FUA, MAGIC, SUPER, Past, arrived, entries, flushed_until, moments

SECTOR = 512
SECTORS = 8
Write = tuple[int, int, int]
"""Sector, what is written into it, flags."""


def log_of(writes: list[Write], place: Path) -> Path:
    """As QEMU writes it."""
    raw = SUPER.pack(MAGIC, 1, len(writes), SECTOR).ljust(SECTOR, b"\0")
    for sector, letter, flags in writes:
        flush = flags == FLUSH
        raw += ENTRY.pack(sector, 0 if flush else 1, flags, 0).ljust(SECTOR, b"\0")
        raw += b"" if flush else bytes([letter]) * SECTOR
    place.write_bytes(raw)
    return place


def blank(place: Path) -> Path:
    place.write_bytes(bytes(SECTOR * SECTORS))
    return place


some_writes = st.lists(
    st.tuples(st.integers(0, SECTORS - 1), st.integers(1, 255), st.sampled_from([0, 0, 0, FUA, FLUSH])), max_size=20
)


@given(some_writes, st.data())
def test_without_chance_the_card_is_what_the_first_writes_made_of_it(
    tmp_path_factory: pytest.TempPathFactory, writes: list[Write], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("past")
    past = Past(blank(folder / "card"), log_of(writes, folder / "log"))
    for count in sorted(data.draw(st.lists(st.integers(0, len(writes)), max_size=4))):
        expected = bytearray(SECTOR * SECTORS)
        for sector, letter, flags in writes[:count]:
            if flags != FLUSH:
                expected[sector * SECTOR : (sector + 1) * SECTOR] = bytes([letter]) * SECTOR
        with past.as_after(count) as card:
            assert card.read_bytes() == expected


@given(some_writes, st.integers(0, 2**32), st.data())
def test_what_was_flushed_is_always_there_and_nothing_of_the_future(
    tmp_path_factory: pytest.TempPathFactory, writes: list[Write], seed: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("past")
    past = Past(blank(folder / "card"), log_of(writes, folder / "log"))
    count = data.draw(st.integers(0, len(writes)))
    sure = flushed_until(past.log, count)
    with past.as_after(count, Random(seed)) as card:
        found = card.read_bytes()
    for sector in range(SECTORS):
        may = [0, *(letter for at, letter, flags in writes[:sure] if at == sector and flags != FLUSH)][-1:]
        may += [letter for at, letter, flags in writes[sure:count] if at == sector and flags != FLUSH]
        assert set(found[sector * SECTOR : (sector + 1) * SECTOR]) <= set(may)


@given(st.integers(0, 64), st.integers(0, 2**32))
def test_of_a_write_whole_sectors_come_to_the_card(sectors: int, seed: int) -> None:
    came = arrived(sectors * SECTOR, Random(seed))
    assert 0 <= came <= sectors * SECTOR
    assert came % SECTOR == 0


def test_a_log_that_was_cut_off_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    log = log_of([(1, 7, 0), (2, 8, 0)], tmp_path / "log")
    log.write_bytes(log.read_bytes()[:-100])
    assert [entry.start for entry in entries(log)] == [SECTOR]


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(struct.pack("<Q", 1) * 64)
    with pytest.raises(ValueError, match="no log of writes"):
        entries(tmp_path / "log")


@given(some_writes.filter(bool), st.integers(0, 2**32))
def test_moments_lie_within_the_log_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, writes: list[Write], seed: int
) -> None:
    log = entries(log_of(writes, tmp_path_factory.mktemp("past") / "log"))
    chosen = moments(log, range(SECTOR, 2 * SECTOR), 5, 5, Random(seed))
    assert chosen == sorted(chosen)
    assert all(1 <= count <= len(log) for count in chosen)
    touched = any(entry.writes and entry.start == SECTOR for entry in log)
    assert len(chosen) == (10 if touched else 5)
