"""Pure: what was queued of each reply, and how much of it was *heard*.

Every frame has a number, its own through any pause (backlog.py); less than the number that the room has heard up to
means that the frame was heard. Chimes have numbers too, but nobody asks for them: they count as nothing.
"""

from dataclasses import dataclass, field

Part = tuple[str, int]
"""item_id and content_index."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a reply was cut."""

    item_id: str
    content_index: int
    heard_ms: int
    """Rounded down, and never more than total_ms: so much of the part was audible in the room."""
    total_ms: int
    """So much of it had been queued."""
    unheard: tuple[Part, ...] = ()
    """Parts queued after it, of which nothing was heard."""


@dataclass(slots=True)
class _Queued:
    runs: list[tuple[int, int]] = field(default_factory=list)
    """Frame numbers [start, end), rising; neighbours are joined."""

    def add(self, start: int, frames: int) -> None:
        if self.runs and self.runs[-1][1] == start:
            joined, _ = self.runs.pop()
            self.runs.append((joined, start + frames))
        else:
            self.runs.append((start, start + frames))

    def frames(self) -> int:
        return sum(end - start for start, end in self.runs)

    def heard(self, audible: int) -> int:
        return sum(min(max(audible - start, 0), end - start) for start, end in self.runs)


class Playout:
    """One reply after another at one rate, until forgotten."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._parts: dict[Part, _Queued] = {}
        self._audible = 0
        self._complete = False

    @property
    def empty(self) -> bool:
        return not self._parts

    @property
    def awaited(self) -> bool:
        """Nothing more comes: the end is what is waited for."""
        return self._complete

    @property
    def finished(self) -> bool:
        """Nothing more comes, and all that came was heard."""
        return self._complete and not self.outstanding

    @property
    def outstanding(self) -> bool:
        """Some of what came was not heard yet."""
        return self.unheard_frames > 0

    @property
    def unheard_frames(self) -> int:
        """Of what came."""
        return sum(part.frames() - part.heard(self._audible) for part in self._parts.values())

    def queue(self, item_id: str, content_index: int, start: int, frames: int) -> None:
        """`frames` frames of a part are to be heard, numbered from `start` on. Numbers only rise."""
        self._complete = False
        self._parts.setdefault((item_id, content_index), _Queued()).add(start, frames)

    def complete(self) -> None:
        """No more will be queued for now."""
        self._complete = True

    def lose(self, start: int) -> None:
        """What was queued with numbers from `start` on will never be heard, and is not waited for."""
        for part in self._parts.values():
            part.runs = [(first, min(end, start)) for first, end in part.runs if first < start]

    def audible(self, frames_audible: int) -> None:
        """Every frame numbered below was heard. An older report than the last changes nothing."""
        self._audible = max(self._audible, frames_audible)

    def heard(self) -> dict[Part, int]:
        """ms heard of each part, rounded down."""
        return {part: self._ms(queued.heard(self._audible)) for part, queued in self._parts.items()}

    def cut(self, frames_audible: int) -> Heard | None:
        """Where the reply was cut, when exactly the frames numbered below were heard. None: nothing was left to cut.

        It is the last part of which anything was heard, else the first; that one may be whole while more of it is
        still on its way.
        """
        self.audible(frames_audible)
        if self.empty or self.finished:
            return None
        parts = list(self._parts)
        begun = [at for at, part in enumerate(parts) if self._parts[part].heard(self._audible)]
        at = begun[-1] if begun else 0
        queued = self._parts[parts[at]]
        heard_ms, total_ms = self._ms(queued.heard(self._audible)), self._ms(queued.frames())
        return Heard(*parts[at], heard_ms, total_ms, tuple(parts[at + 1 :]))

    def forget(self) -> None:
        """All of it was heard, or never will be."""
        self._parts.clear()
        self._complete = False

    def _ms(self, frames: int) -> int:
        return frames * 1000 // self._rate_hz
