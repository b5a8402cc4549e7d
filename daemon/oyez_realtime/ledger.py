"""Book-keeping of a session: which of our events caused an error, which responses run, how much audio arrived.

Every book is bounded; past the bound the oldest entry is forgotten, which costs a correlation and nothing else.
"""

from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last `limit` entries that were put."""

    def __init__(self, limit: int) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._limit = limit

    def put(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._limit:
            self._entries.popitem(last=False)

    def get(self, key: K) -> V | None:
        return self._entries.get(key)

    def pop(self, key: K) -> V | None:
        return self._entries.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def newest(self) -> list[K]:
        """Keys, latest put first."""
        return list(reversed(self._entries))


class ReceivedAudio:
    """How much of each content part arrived. Never counts more than the server sent.

    A part keeps the rate at which it came: the session's format may be another by the time somebody asks.
    """

    def __init__(self, limit: int = 256) -> None:
        self._bytes: Recent[tuple[str, int], int] = Recent(limit)
        self._bytes_per_ms: Recent[tuple[str, int], int] = Recent(limit)
        self._complete: Recent[tuple[str, int], bool] = Recent(limit)

    def add(self, item_id: str, content_index: int, size: int, bytes_per_ms: int) -> None:
        key = (item_id, content_index)
        self._bytes.put(key, (self._bytes.get(key) or 0) + size)
        self._bytes_per_ms.put(key, bytes_per_ms)

    def complete(self, item_id: str, content_index: int) -> None:
        self._complete.put((item_id, content_index), True)

    def is_complete(self, item_id: str, content_index: int) -> bool:
        return (item_id, content_index) in self._complete

    def is_known(self, item_id: str, content_index: int) -> bool:
        return (item_id, content_index) in self._bytes

    def ms(self, item_id: str, content_index: int) -> int:
        """Whole milliseconds, rounded down; 0 for a part that is not known."""
        key = (item_id, content_index)
        return (self._bytes.get(key) or 0) // (self._bytes_per_ms.get(key) or 1)


class Oddities:
    """What came over the wire and could not be taken: counted always, reported once per kind."""

    KINDS_MAX = 64
    """Kinds past this are counted together: a hostile server must not fill the memory."""
    REST = "(others)"

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._reports: list[str] = []

    def note(self, kind: str, sentence: str) -> None:
        if kind not in self.counts:
            if len(self.counts) >= self.KINDS_MAX:
                kind, sentence = (
                    self.REST,
                    "The server sends too many kinds of odd events; no more are named",
                )
            if kind not in self.counts:
                self._reports.append(sentence)
        self.counts[kind] += 1

    def take_reports(self) -> list[str]:
        """Sentences for the log that were not yet taken."""
        reports, self._reports = self._reports, []
        return reports
