"""The sound of the running turn, kept until the service has it for good. Pure.

What was sent over a socket that broke is gone with it. So all sound since the turn began is kept here, sent or not, by
the same count of milliseconds as the service's: it counts what was written to its buffer in this session. When a
turn is committed its sound goes to the mirror; between turns only a tail is kept, since the service tells that somebody
began to speak a moment after they did.
"""

from oyez.session.errands import Commit

BYTES_PER_MS = 48
"""PCM16 mono at 24 kHz."""
LARGEST_BACKLOG_S = 60.0
"""Sound that may wait for the line. More than any opening takes; past it the newest is dropped and counted."""
LONGEST_TURN_S = 60.0
"""Of what was sent of a running turn; past it the oldest is forgotten."""
TAIL_S = 1.5
"""Sent, and part of no turn yet: longer than a service takes to notice speech and tell of it."""
LEAD_MS = 200
"""So much before its beginning a turn is sent again from: a VAD wants to hear it begin."""
PIECE_MS = 100


class TurnAudio:
    """Positions are bytes since this session's first."""

    def __init__(self) -> None:
        self.by_device = False
        """The device ends the turns: everything since the last one may belong to the next."""
        self._kept = bytearray()
        self._base = 0
        """Position of the first byte kept."""
        self._sent = 0
        self._begun: int | None = None
        self._ended: int | None = None
        self._cuts: list[tuple[int, bool]] = []
        """Where the device ended a turn that the service has not yet committed, and whether it wants an answer."""

    @property
    def speaking(self) -> bool:
        """Somebody speaks, or spoke and the service has not made an item of it."""
        return self._begun is not None or bool(self._cuts)

    @property
    def unsent_s(self) -> float:
        return (self._end - max(self._sent, self._base)) / BYTES_PER_MS / 1000

    @property
    def kept_s(self) -> float:
        return len(self._kept) / BYTES_PER_MS / 1000

    @property
    def _end(self) -> int:
        return self._base + len(self._kept)

    def put(self, pcm: bytes) -> bool:
        """Sound that is to be sent. False: too much waits already; it was not taken."""
        if self.unsent_s + len(pcm) / BYTES_PER_MS / 1000 > LARGEST_BACKLOG_S:
            return False
        self._kept += pcm
        return True

    def sent(self, size: int) -> None:
        """The next `size` bytes went out over this session's socket."""
        self._sent += size
        self._trim()

    def began(self, start_ms: int) -> None:
        """The service hears somebody speak, from there on."""
        self._begun, self._ended = self._at(start_ms - LEAD_MS), None
        self._trim()

    def ended(self, end_ms: int) -> None:
        self._ended = self._at(end_ms)

    @property
    def answered(self) -> bool:
        """The turn that the service commits next wants an answer."""
        return self._cuts[0][1] if self._cuts else True

    def cut(self, answered: bool = True) -> None:
        """The device says: here ends a turn."""
        self._cuts.append((self._end, answered))

    def committed(self) -> bytes:
        """The service made an item of the turn: its sound, which is no longer kept here."""
        if self._cuts:
            first, last = self._base, self._cuts.pop(0)[0]
        elif self._begun is not None:
            first, last = self._begun, self._sent if self._ended is None else self._ended
        else:  # a turn of silence that the service made of its own accord
            first = last = self._base
        turn = bytes(self._kept[max(0, first - self._base) : max(0, last - self._base)])
        self._begun = self._ended = None
        self._drop(last)
        return turn

    def forget(self) -> None:
        """What was heard so far is no turn, whether it was sent or not."""
        self._begun = self._ended = None
        self._cuts.clear()
        self._drop(self._end)

    def unmade(self) -> None:
        """The device ended a turn that was too short to be one."""
        if self._cuts:
            self._drop(self._cuts.pop(0)[0])

    def restart(self) -> list[bytes | Commit]:
        """For a new session, whose count begins with the first of it: what is to be sent again, and what never was."""
        self._trim()
        if self._begun is not None:
            self._drop(self._begun)
        cuts = [(max(0, at - self._base), answered) for at, answered in self._cuts]
        self._base = self._sent = 0
        self._begun = self._ended = None  # the new session has heard nobody yet
        self._cuts = cuts
        pieces: list[bytes | Commit] = []
        done = 0
        for cut, answered in cuts:
            pieces += [*_pieces(bytes(self._kept[done:cut])), Commit(answered)]
            done = cut
        return pieces + list(_pieces(bytes(self._kept[done:])))

    def _trim(self) -> None:
        if self._begun is not None or self._cuts or self.by_device:
            self._drop(self._sent - round(LONGEST_TURN_S * 1000) * BYTES_PER_MS)
        else:
            self._drop(self._sent - round(TAIL_S * 1000) * BYTES_PER_MS)

    def _drop(self, position: int) -> None:
        """Forgets what lies before it."""
        count = min(max(0, position - self._base), len(self._kept))
        del self._kept[:count]
        self._base += count

    def _at(self, ms: int) -> int:
        return min(max(ms * BYTES_PER_MS, self._base), self._end)


def _pieces(pcm: bytes) -> list[bytes]:
    size = PIECE_MS * BYTES_PER_MS
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]
