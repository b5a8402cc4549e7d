"""The partition table of a card."""

import struct

import pytest

from tests.image.card import SECTOR, Partition, partitions


def test_partitions_are_told_in_bytes_and_empty_entries_left_out() -> None:
    entry = struct.pack("<8xII", 2048, 4096)
    sector = bytes(446) + entry + bytes(16) + entry + bytes(16) + b"\x55\xaa"
    assert partitions(sector) == [Partition(2048 * SECTOR, 4096 * SECTOR)] * 2


def test_what_is_no_partition_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no MBR"):
        partitions(bytes(SECTOR))
