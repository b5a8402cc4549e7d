"""The input audio buffer: what was written, where it stands in ms, and which turns are in it. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from oyez_local.ear import Ear
from oyez_local.orders import Refusal
from oyez_local.turns import FRAME_MS, Began, Ended, Paused, TurnDetector, TurnRules
from oyez_realtime.g711 import Law, Samples, decode, encode
from oyez_realtime.messages import G711_RATE_HZ, PCM_RATE_HZ, AudioFormat, AudioPcm, AudioPcmu

MIN_COMMIT_MS = 100
MAX_BUFFER_MS = 10 * 60 * 1000
"""An uncommitted buffer is no longer than this; past it an append is refused."""
IDLE_KEPT_MS = 2_000
"""Between turns only so much is kept, or the prefix padding where that is longer."""


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    start_ms: int
    """Of all audio written in this session, prefix padding included."""


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    number: int
    """Names the pause when it is judged."""
    pcm: bytes
    """The turn so far, int16 mono at the buffer's rate."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    end_ms: int
    """The silence that had to pass included."""
    pcm: bytes
    """The turn, int16 mono at the buffer's rate."""
    pause: int | None = None
    """The pause in which it ended: nothing was said since that one was told."""


Change: TypeAlias = SpeechBegan | SpeechPaused | SpeechEnded


class Listening:
    """Positions count every ms that was ever written, across commits and clears."""

    def __init__(self) -> None:
        self._format: AudioFormat = AudioPcm()
        self._pcm = bytearray()
        self._start_ms = 0.0
        self._turn_start_ms = 0
        self._odd = b""
        self._detector: TurnDetector | None = None
        self._ear: Ear | None = None
        self._ear_ms = 0.0

    @property
    def rate_hz(self) -> int:
        return PCM_RATE_HZ if isinstance(self._format, AudioPcm) else G711_RATE_HZ

    @property
    def written_ms(self) -> float:
        return self._start_ms + self._buffered_ms

    @property
    def speaking(self) -> bool:
        return self._detector is not None and self._detector.speaking

    @property
    def _buffered_ms(self) -> float:
        return len(self._pcm) // 2 * 1000 / self.rate_hz

    def configure(self, audio_format: AudioFormat, rules: TurnRules | None) -> None:
        """New rules begin with the next append; an unchanged configuration disturbs no turn."""
        if audio_format != self._format:
            self._drop(self._buffered_ms)
            self._format, self._odd, self._ear = audio_format, b"", None
        known = None if self._detector is None else self._detector.rules
        if rules != known or (rules is not None and self._ear is None):
            self._detector = None if rules is None else TurnDetector(rules)
            self._ear = None if rules is None else Ear(self.rate_hz, rules.threshold)
            self._ear_ms = self.written_ms

    def append(self, audio: bytes) -> list[Change]:
        """audio: in the session's input format. Raises Refusal when the buffer is full."""
        samples = self._decode(audio)
        if self._buffered_ms + len(samples) * 1000 / self.rate_hz > MAX_BUFFER_MS:
            raise Refusal(
                "input_audio_buffer_full",
                f"The input audio buffer holds at most {MAX_BUFFER_MS // 60_000} minutes; commit or clear it first.",
            )
        self._pcm += samples.tobytes()
        return [] if self._ear is None or self._detector is None else self._detect(self._ear, self._detector, samples)

    def _decode(self, audio: bytes) -> Samples:
        if not isinstance(self._format, AudioPcm):
            return decode(audio, self._law)
        data = self._odd + audio
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        return np.frombuffer(data[:whole], dtype="<i2").astype(np.int16)

    def pcm_of(self, audio: bytes) -> bytes:
        """Audio of an item in the input format, as int16 mono."""
        if isinstance(self._format, AudioPcm):
            return audio[: len(audio) // 2 * 2]
        return decode(audio, self._law).tobytes()

    def audio_of(self, pcm: bytes) -> bytes:
        """The way back."""
        return pcm if isinstance(self._format, AudioPcm) else encode(np.frombuffer(pcm, dtype=np.int16), self._law)

    @property
    def _law(self) -> Law:
        return "u" if isinstance(self._format, AudioPcmu) else "a"

    def _detect(self, ear: Ear, detector: TurnDetector, samples: Samples) -> list[Change]:
        found: list[Change] = []
        for speech in ear.listen(samples):
            self._ear_ms += FRAME_MS
            change = detector.hear(speech, round(self._ear_ms))
            if change is not None:
                found.append(self._cut(change, detector.rules))
        if not detector.speaking:
            self._drop(self._buffered_ms - max(IDLE_KEPT_MS, detector.rules.prefix_padding_ms + IDLE_KEPT_MS / 2))
        return found

    def _cut(self, change: Began | Paused | Ended, rules: TurnRules) -> Change:
        if isinstance(change, Began):
            self._turn_start_ms = round(max(self._start_ms, change.at_ms - rules.prefix_padding_ms))
            return SpeechBegan(self._turn_start_ms)
        if isinstance(change, Paused):
            return SpeechPaused(change.number, self.turn_so_far())
        return SpeechEnded(change.at_ms, self._take(self._turn_start_ms, change.at_ms), change.pause)

    def judge(self, pause: int, wait_ms: int) -> list[Change]:
        """That pause ends the turn after wait_ms of silence: told when so much was written already."""
        ended = None if self._detector is None else self._detector.judge(pause, wait_ms, round(self._ear_ms))
        return [] if ended is None or self._detector is None else [self._cut(ended, self._detector.rules)]

    @property
    def turn_ms(self) -> float:
        """Length of the turn so far; without turn detection, of all that is buffered."""
        return self.written_ms - max(self._start_ms, self._turn_start_ms if self.speaking else 0.0)

    def turn_so_far(self) -> bytes:
        """int16 mono; stays in the buffer."""
        return bytes(self._pcm[2 * self._index(self._turn_start_ms if self.speaking else self._start_ms) :])

    def _take(self, start_ms: float, end_ms: float) -> bytes:
        """The stretch as int16 mono; what stood before its end leaves the buffer."""
        first, last = self._index(start_ms), self._index(end_ms)
        pcm = bytes(self._pcm[2 * first : 2 * last])
        self._drop(end_ms - self._start_ms)
        return pcm

    def _index(self, at_ms: float) -> int:
        return max(0, round((at_ms - self._start_ms) * self.rate_hz / 1000))

    def _drop(self, duration_ms: float) -> None:
        count = min(len(self._pcm) // 2, max(0, round(duration_ms * self.rate_hz / 1000)))
        del self._pcm[: 2 * count]
        self._start_ms += count * 1000 / self.rate_hz

    def commit(self) -> bytes:
        """All that is buffered, int16 mono. Raises Refusal below 100 ms."""
        if self._buffered_ms < MIN_COMMIT_MS:
            raise Refusal(
                "input_audio_buffer_commit_empty",
                f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, "
                f"but buffer only has {self._buffered_ms:.2f}ms of audio.",
            )
        pcm = self._take(self._start_ms, self.written_ms)
        self._forget_turn()
        return pcm

    def clear(self) -> None:
        self._drop(self._buffered_ms)
        self._odd = b""
        self._forget_turn()

    def take_idle(self) -> tuple[int, int, bytes]:
        """(start_ms, end_ms, pcm) of the silence since the last turn, as far as it was kept."""
        start_ms, end_ms = self._start_ms, self.written_ms
        return round(start_ms), round(end_ms), self._take(start_ms, end_ms)

    def _forget_turn(self) -> None:
        if self._detector is not None:
            self._detector = TurnDetector(self._detector.rules)
