"""A card at any moment of its past: QEMU's `blklogwrites` keeps every write and every flush in order, and what the card
held after the first n of them is built anew.

A power cut is harder on a card than the end of a process: what was not flushed may be there, or not, or by halves, in
any order. `Past.as_after` builds such a card by the numbers of a seed. The format is the kernel's, of dm-log-writes.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import BinaryIO

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
SUPER = struct.Struct("<QQQI")
ENTRY = struct.Struct("<QQQQ")


@dataclass(frozen=True, slots=True)
class Entry:
    start: int
    """Byte of the card."""
    size: int
    flags: int
    at: int
    """Byte of the log at which its data begin."""

    @property
    def writes(self) -> bool:
        return self.size > 0 and not self.flags & (DISCARD | MARK)


def entries(log: Path) -> list[Entry]:
    """As far as they are whole: the machine may have been killed in mid-write. Raises ValueError: it is no such log."""
    length = log.stat().st_size
    with log.open("rb") as file:
        head = file.read(SUPER.size)
        if len(head) < SUPER.size or SUPER.unpack(head)[:2] != (MAGIC, 1):
            raise ValueError(f"{log} is no log of writes")
        sector = SUPER.unpack(head)[3]
        return list(_entries(file, sector, length))


def _entries(file: BinaryIO, sector: int, length: int) -> Iterator[Entry]:
    at = sector
    while at + sector <= length:
        file.seek(at)
        first, sectors, flags, _data = ENTRY.unpack(file.read(ENTRY.size))
        size = 0 if flags & DISCARD else sectors * sector
        if (sectors, flags) == (0, 0) or flags > 15 or at + sector + size > length:
            return
        yield Entry(first * sector, size, flags, at + sector)
        at += sector + size


def flushed_until(log: Sequence[Entry], count: int) -> int:
    """Of the first `count` entries, so many are surely on the card."""
    return next((number for number in range(count, 0, -1) if log[number - 1].flags & FLUSH), 0)


def moments(log: Sequence[Entry], near: range, everywhere: int, close: int, random: Random) -> list[int]:
    """Numbers of entries after which the power is cut, in order: some anywhere, some about writes that touch the bytes
    `near`. Pure."""
    told = [number for number, entry in enumerate(log) if entry.writes and entry.start in near]
    about = [max(1, min(len(log), random.choice(told) + random.randint(-2, 3))) for _ in range(close)] if told else []
    return sorted([random.randint(1, len(log)) for _ in range(everywhere)] + about)


class Past:
    """path: of the card, raw, as it was when the log began; it is changed, and goes forward only."""

    def __init__(self, path: Path, log: Path) -> None:
        self.path, self._log_file = path, log
        self.log = entries(log)
        self._done = 0

    @contextmanager
    def as_after(self, count: int, random: Random | None = None) -> Iterator[Path]:
        """The card after `count` entries, until the context ends. random: what was not flushed is there by its numbers
        only; None: all of it is."""
        sure = flushed_until(self.log, count)
        assert sure >= self._done, "time goes forward"
        undo: list[tuple[int, bytes]] = []
        with self._log_file.open("rb") as log, self.path.open("r+b") as card:
            for entry in self.log[self._done : sure]:
                _write(card, entry.start, _data(log, entry))
            self._done = sure
            for entry in self.log[sure:count]:
                data = _data(log, entry)
                data = data if random is None or entry.flags & FUA else data[: arrived(len(data), random)]
                undo.append((entry.start, os.pread(card.fileno(), len(data), entry.start)))
                _write(card, entry.start, data)
        try:
            yield self.path
        finally:
            with self.path.open("r+b") as card:
                for start, was in reversed(undo):
                    _write(card, start, was)


def arrived(size: int, random: Random) -> int:
    """So many bytes of a write that was not flushed came to the card: mostly all, else none, or its first sectors."""
    fate = random.random()
    if fate < 0.6:
        return size
    return 0 if fate < 0.85 else random.randrange(0, size + 1, 512)


def _data(log: BinaryIO, entry: Entry) -> bytes:
    return os.pread(log.fileno(), entry.size, entry.at) if entry.writes else b""


def _write(card: BinaryIO, start: int, data: bytes) -> None:
    if data:
        os.pwrite(card.fileno(), data, start)
