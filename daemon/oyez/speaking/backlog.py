"""Pure: sound that was given to playback and may have to be given again, because a pause took it back.

Every frame has a number of its own here, which it keeps through any number of pauses; playback's index of it changes
each time it is given again. So "how much was heard" is asked in these numbers.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.int16]
"""Mono, at the card's rate, shape (frames,)."""


@dataclass(slots=True)
class _Piece:
    first: int
    """Number of its first frame."""
    sound: Sound
    index: int | None
    """Playback's index of its first frame; None: it waits to be given."""
    ring: bool = False


class Backlog:
    """Pieces in the order in which they sound. Those that wait are the last ones."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque()
        self._end = 0

    @property
    def end(self) -> int:
        """The number that the next frame will have."""
        return self._end

    def add(self, sound: Sound, index: int | None, ring: bool = False) -> int:
        """The number of its first frame. index: playback's; None: it is to be given later. ring: `leave_out_rings`."""
        first = self._end
        self._pieces.append(_Piece(first, sound, index, ring))
        self._end += len(sound)
        return first

    def heard(self, frames_audible: int) -> int:
        """Every frame numbered below was heard, when playback says that its frames below this index were."""
        for piece in self._pieces:
            frames = 0 if piece.index is None else min(max(frames_audible - piece.index, 0), len(piece.sound))
            if frames < len(piece.sound):
                return piece.first + frames
        return self._end

    def forget(self, frames_audible: int) -> None:
        """What was heard will not be asked for again."""
        heard = self.heard(frames_audible)
        while self._pieces and self._pieces[0].first + len(self._pieces[0].sound) <= heard:
            self._pieces.popleft()

    def take_back(self, frames_audible: int) -> int:
        """Playback forgot all from this index on: it waits again, to the very frame. The number of that frame."""
        heard = self.heard(frames_audible)
        self.forget(frames_audible)
        if self._pieces and self._pieces[0].first < heard:
            begun = self._pieces[0]
            begun.sound, begun.first = begun.sound[heard - begun.first :], heard
        for piece in self._pieces:
            piece.index = None
        return heard

    def waiting(self) -> list[tuple[int, Sound]]:
        """(number of the first frame, sound), in order."""
        return [(piece.first, piece.sound) for piece in self._pieces if piece.index is None]

    def waiting_frames(self) -> int:
        return sum(len(sound) for _, sound in self.waiting())

    def leave_out_rings(self) -> None:
        """Those that wait will not be given. Their numbers are not used again."""
        self._pieces = deque(piece for piece in self._pieces if not (piece.ring and piece.index is None))

    def given(self, first: int, index: int) -> None:
        """The piece that begins with this number was given to playback."""
        for piece in self._pieces:
            if piece.first == first:
                piece.index = index

    def drop(self, first: int) -> None:
        """All from this number on will never be given. Its numbers are not used again."""
        while self._pieces and self._pieces[-1].first >= first:
            self._pieces.pop()
