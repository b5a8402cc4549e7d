"""Pure: when an open tap carries silence, so that the service never takes the device's own voice for a person's.

Sound reaches the ears later than it was captured, so each block is judged by its own time and not by its arrival. All
times are monotonic seconds.
"""

from collections import deque

SOUND_TAIL_S = 0.15
"""So long after a chime the room and the microphone's buffer may still give it back."""
KEEP_S = 4.0
"""More than the longest that a block may come late."""


class Hold:
    """Asked for each block, in the order of capture."""

    def __init__(self, *, cancels: bool, tail_s: float) -> None:
        """cancels: an echo canceller takes out what the loudspeaker plays. tail_s: of the room, after a reply."""
        self._cancels, self._tail_s = cancels, tail_s
        self._on = False
        self._until_s = self._open_until_s = float("-inf")
        self._sounds: deque[tuple[float, float]] = deque()
        """When the loudspeaker sounded: [start, end), rising."""

    @property
    def on(self) -> bool:
        """A reply sounds."""
        return self._on

    def begin(self) -> None:
        """The device begins to speak."""
        self._on = True

    def end(self, at_s: float, *, interrupted: bool) -> None:
        """It ended, by itself or because somebody spoke over it: then what they go on to say is not held."""
        if not self._on:
            return
        self._on = False
        if interrupted:
            self._until_s, self._open_until_s = float("-inf"), at_s + self._tail_s
        else:
            self._until_s, self._open_until_s = at_s, float("-inf")

    def played(self, start_s: float, end_s: float, *, loud: bool) -> None:
        """What the loudspeaker plays from `start_s` on; what was told of the time after it was cut."""
        while self._sounds and self._sounds[-1][1] > start_s:
            begun_s, _ = self._sounds.pop()
            if begun_s < start_s:
                self._sounds.append((begun_s, start_s))
        if loud:
            self._sounds.append((start_s, end_s))
        while self._sounds and self._sounds[0][1] < start_s - KEEP_S:
            self._sounds.popleft()

    def holds(self, start_s: float, end_s: float, *, unsure: bool) -> bool:
        """Whether what was captured in this time stays here. unsure: the canceller does not know the room yet."""
        if self._on:
            return True
        if end_s <= self._open_until_s:
            return False
        echoes = unsure or not self._cancels
        if end_s <= self._until_s + (self._tail_s if echoes else 0.0):
            return True
        return not self._cancels and any(
            begun_s < end_s and start_s < ended_s + SOUND_TAIL_S for begun_s, ended_s in self._sounds
        )
