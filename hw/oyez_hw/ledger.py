"""Pure: what was written to a card, and how much of the sound in it has been audible.

The card's stream is sound that somebody queued, with filler silence between. The ledger remembers which is which, so
that "how many frames are audible" can be answered in frames of *queued sound*, filler left out.

A sound frame has an index: its place in the sequence of all frames ever put. Indices that a cut forgot are passed over.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaybackMark:
    """Where playback stands. Both counts are sound indices: filler silence is left out of them."""

    frames_written: int
    """Every put frame before this index was given to the card or forgotten by a cut."""
    frames_audible: int
    """Every put frame before this index has been audible or was forgotten by a cut."""
    time_s: float
    """time.monotonic() for which this holds."""


@dataclass(slots=True)
class _Segment:
    stream_start: int
    frames: int
    sound_start: int | None
    """Sound index of its first frame; None: filler."""


class Ledger:
    """Told of each write, each delay the card reported, each drop. Time is an argument."""

    def __init__(self, rate_hz: int, sound_start: int = 0) -> None:
        self._rate_hz = rate_hz
        self._segments: deque[_Segment] = deque()
        self._stream_frames = 0
        self._passed = sound_start
        """Sound index reached by the segments that are audible to their end."""
        self._reported_audible = 0
        self._reported_s: float | None = None

    def wrote(self, frames: int, sound_start: int | None) -> None:
        """`frames` were given to the card: sound from this index on, or filler (None)."""
        self._segments.append(_Segment(self._stream_frames, frames, sound_start))
        self._stream_frames += frames

    def reported(self, delay_frames: int, time_s: float) -> None:
        """The card says that `delay_frames` of what was written are not audible yet."""
        audible = self._stream_frames - min(max(delay_frames, 0), self._stream_frames)
        self._reported_audible = max(self._reported_audible, audible)
        self._reported_s = time_s
        while self._segments and self._end(self._segments[0]) <= self._reported_audible:
            self._passed = self._sound_at(self._segments.popleft(), self._reported_audible)

    def dropped(self, frames: int, time_s: float) -> None:
        """The card forgot the last `frames` written: all that is left of the stream is audible."""
        self._stream_frames -= min(max(frames, 0), self._stream_frames)
        while self._segments and self._segments[-1].stream_start >= self._stream_frames:
            self._segments.pop()
        if self._segments:
            self._segments[-1].frames = self._stream_frames - self._segments[-1].stream_start
        self._reported_audible = min(self._reported_audible, self._stream_frames)
        self.reported(0, time_s)

    def mark(self, time_s: float) -> PlaybackMark:
        """Interpolated from the last report: the card plays on at its rate, but never past what was written."""
        since = 0 if self._reported_s is None else max(0, int((time_s - self._reported_s) * self._rate_hz))
        stream_audible = min(self._stream_frames, self._reported_audible + since)
        return PlaybackMark(self._sound_until(self._stream_frames), self._sound_until(stream_audible), time_s)

    def _sound_until(self, stream_frame: int) -> int:
        sound = self._passed
        for segment in self._segments:
            if segment.stream_start >= stream_frame:
                break
            if segment.sound_start is not None:
                sound = segment.sound_start + min(segment.frames, stream_frame - segment.stream_start)
        return sound

    def _sound_at(self, segment: _Segment, stream_frame: int) -> int:
        if segment.sound_start is None:
            return self._passed
        return segment.sound_start + min(segment.frames, stream_frame - segment.stream_start)

    @staticmethod
    def _end(segment: _Segment) -> int:
        return segment.stream_start + segment.frames
