"""When a turn begins and ends: speech or not, frame by frame, through hysteresis. Pure.

Rules:
- A turn begins when most of the last 100 ms was speech; how much is most, the session's `threshold` says.
- It began with the first speech of those 100 ms.
- It ends when no two of the last three frames were speech for `silence_ms`: one crackle keeps no turn open.
- With `eagerness` (semantic_vad) `silence_ms` is the longest wait; a shorter pause is told, and whoever knows the words
  so far may shorten the wait for as long as that pause lasts.
- No turn is longer than MAX_TURN_MS.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from oyez_realtime.messages import SemanticVad, TurnDetection, given

T = TypeVar("T")
Eagerness: TypeAlias = Literal["low", "medium", "high", "auto"]

FRAME_MS = 20
ONSET_FRAMES = 5
MAX_TURN_MS = 120_000
PAUSE_MS = 200
"""A silence worth asking whether the sentence is over."""

DEFAULT_THRESHOLD = 0.5
DEFAULT_PREFIX_PADDING_MS = 300
DEFAULT_SILENCE_MS = 200
LONGEST_WAIT_MS: dict[Eagerness, int] = {"low": 8000, "medium": 4000, "auto": 4000, "high": 2000}


@dataclass(frozen=True, slots=True)
class TurnRules:
    threshold: float = DEFAULT_THRESHOLD
    prefix_padding_ms: int = DEFAULT_PREFIX_PADDING_MS
    silence_ms: int = DEFAULT_SILENCE_MS
    idle_timeout_ms: int | None = None
    create_response: bool = True
    interrupt_response: bool = True
    eagerness: Eagerness | None = None
    """Of semantic_vad; None: silence alone ends a turn."""


def rules_of(detection: TurnDetection | None) -> TurnRules | None:
    """The rules with the wire's defaults filled in; None: the client commits."""
    if detection is None:
        return None
    create, interrupt = given(detection.create_response), given(detection.interrupt_response)
    answers = (create is not False, interrupt is not False)
    if isinstance(detection, SemanticVad):
        eagerness: Eagerness = given(detection.eagerness) or "auto"
        longest_ms = LONGEST_WAIT_MS[eagerness]
        return TurnRules(DEFAULT_THRESHOLD, DEFAULT_PREFIX_PADDING_MS, longest_ms, None, *answers, eagerness)
    return TurnRules(
        _or(given(detection.threshold), DEFAULT_THRESHOLD),
        _or(given(detection.prefix_padding_ms), DEFAULT_PREFIX_PADDING_MS),
        _or(given(detection.silence_duration_ms), DEFAULT_SILENCE_MS),
        given(detection.idle_timeout_ms),
        *answers,
    )


def _or(value: T | None, default: T) -> T:
    return default if value is None else value


@dataclass(frozen=True, slots=True)
class Began:
    """at_ms: where the first speech was, without padding."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Paused:
    """A silence inside a turn that may be its end. Only with `eagerness`."""

    number: int
    """Names this pause when it is judged."""


@dataclass(frozen=True, slots=True)
class Ended:
    """at_ms: where the silence was long enough."""

    at_ms: int
    pause: int | None = None
    """The pause in which it ended; None: no pause was told."""


class TurnDetector:
    """Takes frames of FRAME_MS; tells Began and Ended in turns, never two of one kind in a row, pauses between them."""

    def __init__(self, rules: TurnRules) -> None:
        self.rules = rules
        self.began_ms: int | None = None
        self._last_speech_ms = 0
        self._recent: deque[bool] = deque(maxlen=ONSET_FRAMES)
        self._wait_ms = rules.silence_ms
        self._pauses = 0
        self._pausing = False

    @property
    def speaking(self) -> bool:
        return self.began_ms is not None

    def hear(self, speech: bool, end_ms: int) -> Began | Paused | Ended | None:
        """speech: the verdict on the frame that ends at end_ms (of all audio written)."""
        self._recent.append(speech)
        return self._maybe_begin(end_ms) if self.began_ms is None else self._maybe_end(end_ms, self.began_ms)

    def judge(self, pause: int, wait_ms: int, end_ms: int) -> Ended | None:
        """Ends that pause after wait_ms of silence, which may have passed already; end_ms: of all audio written."""
        if self.began_ms is None or not self._pausing or pause != self._pauses:
            return None
        self._wait_ms = min(wait_ms, self.rules.silence_ms)
        if end_ms - self._last_speech_ms < self._wait_ms:
            return None
        return self._end(self._last_speech_ms + self._wait_ms)

    def _maybe_begin(self, end_ms: int) -> Began | None:
        needed = 0.2 + 0.7 * self.rules.threshold
        if sum(self._recent) < max(1.0, needed * ONSET_FRAMES):
            return None
        first = list(self._recent).index(True)
        self.began_ms = max(0, end_ms - (len(self._recent) - first) * FRAME_MS)
        self._speech_until(end_ms)
        return Began(self.began_ms)

    def _speech_until(self, end_ms: int) -> None:
        self._last_speech_ms, self._wait_ms, self._pausing = end_ms, self.rules.silence_ms, False

    def _maybe_end(self, end_ms: int, began_ms: int) -> Paused | Ended | None:
        if sum(list(self._recent)[-3:]) >= 2:
            self._speech_until(end_ms)
        silence_ms = end_ms - self._last_speech_ms
        if silence_ms >= self._wait_ms or end_ms - began_ms >= MAX_TURN_MS:
            return self._end(end_ms)
        if self.rules.eagerness is None or self._pausing or silence_ms < PAUSE_MS:
            return None
        self._pausing = True
        self._pauses += 1
        return Paused(self._pauses)

    def _end(self, at_ms: int) -> Ended:
        self.began_ms = None
        self._recent.clear()
        return Ended(at_ms, self._pauses if self._pausing else None)
