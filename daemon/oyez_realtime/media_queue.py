"""The audio that waits for one sink, given out in real time. Pure: time is an argument, in seconds of any one clock."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from oyez_realtime.media import MEDIA_FORMAT, Played

STEP_MS = 20
"""The smallest piece that is given out, the last of a chunk excepted."""
RUNS_MAX = 256
"""So many pieces of parts are remembered for `played`."""
MS = MEDIA_FORMAT.bytes_per_ms
SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """PCM of a content part; `offset` in bytes from its beginning."""

    response_id: str
    item_id: str
    content_index: int
    offset: int
    pcm: bytes

    def split(self, size: int) -> tuple["Chunk", "Chunk"]:
        later = replace(self, offset=self.offset + size, pcm=self.pcm[size:])
        return replace(self, pcm=self.pcm[:size]), later


@dataclass(slots=True)
class _Run:
    """What was given out of a part without a gap: bytes [start, end) of it."""

    response_id: str
    item_id: str
    content_index: int
    start: int
    end: int

    def goes_on_with(self, chunk: Chunk) -> bool:
        return (self.item_id, self.content_index, self.end) == (chunk.item_id, chunk.content_index, chunk.offset)


class MediaQueue:
    """lead_s: given out so much earlier than due, at least by one step; None: not paced at all."""

    def __init__(
        self,
        lead_s: float | None,
        max_bytes: int,
        when_full: Literal["drop_oldest", "drop_newest"] = "drop_oldest",
    ) -> None:
        self._lead_s = None if lead_s is None else max(lead_s, STEP_MS / 1000)
        self._max_bytes, self._when_full = max_bytes, when_full
        self._waiting: deque[Chunk] = deque()
        self._runs: deque[_Run] = deque(maxlen=RUNS_MAX)
        self._ends_s = 0.0
        self.waiting_bytes = 0
        self.dropped_bytes = 0
        """Never given out because too much waited."""

    def put(self, chunk: Chunk) -> bool:
        """False: too much waits, and something was dropped."""
        self._waiting.append(chunk)
        self.waiting_bytes += len(chunk.pcm)
        too_much = self.waiting_bytes - self._max_bytes
        if too_much > 0:
            self._drop(-(-too_much // SAMPLE) * SAMPLE)
        return too_much <= 0

    def _drop(self, size: int) -> None:
        self.dropped_bytes += size
        self.waiting_bytes -= size
        while size > 0:
            chunk = self._waiting.popleft() if self._when_full == "drop_oldest" else self._waiting.pop()
            cut = min(size, len(chunk.pcm))
            size -= cut
            if self._when_full == "drop_oldest" and cut < len(chunk.pcm):
                self._waiting.appendleft(chunk.split(cut)[1])
            elif cut < len(chunk.pcm):
                self._waiting.append(chunk.split(len(chunk.pcm) - cut)[0])

    def take(self, now_s: float) -> Chunk | None:
        """What is to be written now: a piece of one part, or None."""
        if not self._waiting:
            return None
        size = len(self._waiting[0].pcm)
        if self._lead_s is not None:
            due = int((self._lead_s - self._ahead_s(now_s)) * 1000 * MS) // SAMPLE * SAMPLE
            if due < min(STEP_MS * MS, size):
                return None
            size = min(size, due)
        return self._give(size, now_s)

    def _give(self, size: int, now_s: float) -> Chunk:
        chunk, later = self._waiting.popleft().split(size)
        if later.pcm:
            self._waiting.appendleft(later)
        self.waiting_bytes -= size
        self._ends_s = max(self._ends_s, now_s) + size / MS / 1000
        if self._runs and self._runs[-1].goes_on_with(chunk):
            self._runs[-1].end += size
        else:
            self._runs.append(
                _Run(chunk.response_id, chunk.item_id, chunk.content_index, chunk.offset, chunk.offset + size)
            )
        return chunk

    def wait_s(self, now_s: float) -> float | None:
        """Until `take` gives something; None when nothing waits."""
        if not self._waiting:
            return None
        if self._lead_s is None:
            return 0.0
        step_s = min(STEP_MS, len(self._waiting[0].pcm) / MS) / 1000
        return max(0.0, self._ahead_s(now_s) + step_s - self._lead_s)

    def unheard_s(self, now_s: float) -> float:
        """So long until the last of what was given out has been heard, where it is heard in real time."""
        return 0.0 if self._lead_s is None else self._ahead_s(now_s)

    def clear(
        self, now_s: float, delay_ms: float = 0.0, response_id: str | None = None, item_id: str | None = None
    ) -> list[Played]:
        """Forgets what waits: all, or that of one response or item. Returns the parts that it cut, in their order.

        What was given out and is not audible counts as unheard when it belongs to what is forgotten: the sink has to
        be told to forget it too, see `holds`.
        """
        before = {(played.item_id, played.content_index): played for played in self.played(now_s, delay_ms)}
        kept = [chunk for chunk in self._waiting if not _matches(chunk, response_id, item_id)]
        cut = [(chunk.item_id, chunk.content_index) for chunk in self._waiting if _matches(chunk, response_id, item_id)]
        if self.holds(now_s, delay_ms, response_id, item_id):
            cut = self._forget_unheard(now_s, delay_ms) + cut
        self._waiting = deque(kept)
        self.waiting_bytes = sum(len(chunk.pcm) for chunk in kept)
        return [before.get(part) or Played(*part, 0) for part in dict.fromkeys(cut)]

    def holds(
        self, now_s: float, delay_ms: float = 0.0, response_id: str | None = None, item_id: str | None = None
    ) -> bool:
        """Whether the sink was given something of it that is not audible yet."""
        unheard = self._unheard_bytes(now_s, delay_ms)
        for run in reversed(self._runs):
            if unheard <= 0:
                return False
            if _matches(run, response_id, item_id):
                return True
            unheard -= run.end - run.start
        return False

    def _forget_unheard(self, now_s: float, delay_ms: float) -> list[tuple[str, int]]:
        unheard = self._unheard_bytes(now_s, delay_ms)
        parts: list[tuple[str, int]] = []
        for run in reversed(self._runs):
            if unheard <= 0:
                break
            size = min(unheard, run.end - run.start)
            run.end -= size
            unheard -= size
            parts.insert(0, (run.item_id, run.content_index))
        self._ends_s = now_s
        return parts

    def played(self, now_s: float, delay_ms: float = 0.0) -> list[Played]:
        """Every part of which something was given out, oldest first. delay_ms: so much the sink still holds."""
        unheard = self._unheard_bytes(now_s, delay_ms)
        ends: dict[tuple[str, int], int] = {}
        for run in reversed(self._runs):
            size = run.end - run.start
            heard = max(0, size - unheard)
            unheard = max(0, unheard - size)
            part = (run.item_id, run.content_index)
            ends[part] = max(ends.get(part, 0), run.start + heard if heard else 0)
        return [Played(*part, end // MS) for part, end in reversed(ends.items())]

    def _ahead_s(self, now_s: float) -> float:
        return max(0.0, self._ends_s - now_s)

    def _unheard_bytes(self, now_s: float, delay_ms: float) -> int:
        unheard_ms = max(delay_ms, self.unheard_s(now_s) * 1000)
        return round(unheard_ms * MS) // SAMPLE * SAMPLE


def _matches(piece: Chunk | _Run, response_id: str | None, item_id: str | None) -> bool:
    return response_id in (None, piece.response_id) and item_id in (None, piece.item_id)
