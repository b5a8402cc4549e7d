"""What `vad` measures: judges of speech, and the figures of what they say against the labels. Blocks of 10 ms."""

from collections.abc import Callable
from dataclasses import dataclass, field

import earshot
import numpy as np
import numpy.typing as npt
import webrtcvad

from oyez.config import Hearing
from oyez.hearing.gate import Gate
from oyez.hearing.mixdown import Mono
from oyez.hearing.speech import SpeechJudge

BLOCK = 160
FRAME = 256
APART = 100
"""Blocks: a beginning counts when nobody spoke for a second before it, an end when nobody does for a second after."""
LATE = 200
"""Blocks: a beginning that is not told within two seconds was missed, and counts as two seconds late."""

Flags = npt.NDArray[np.bool_]
Voiced = Callable[[Mono], bool]


def webrtcvad_alone(mode: int) -> Callable[[], Voiced]:
    def make() -> Voiced:
        vad = webrtcvad.Vad(mode)
        return lambda block: bool(vad.is_speech(block.tobytes(), 16_000))

    return make


def earshot_alone() -> Voiced:
    network = earshot.Detector()
    rest: Mono = np.zeros(0, np.int16)
    speech = False

    def voiced(block: Mono) -> bool:
        nonlocal rest, speech
        rest = np.concatenate([rest, block])
        if len(rest) >= FRAME:
            speech, rest = network.predict_i16(rest[:FRAME]) >= 0.5, rest[FRAME:]
        return speech

    return voiced


def ours(mode: int) -> Callable[[], Voiced]:
    return lambda: SpeechJudge(mode).voiced


JUDGES: dict[str, Callable[[], Voiced]] = {
    "oyez": ours(Hearing().vad_mode),
    "oyez_mode_1": ours(1),
    "webrtcvad_mode_1": webrtcvad_alone(1),
    "webrtcvad_mode_2": webrtcvad_alone(2),
    "webrtcvad_mode_3": webrtcvad_alone(3),
    "earshot_alone": earshot_alone,
}


def flags(judge: Callable[[], Voiced], sound: Mono) -> Flags:
    """A fresh judge hears the whole sound. One flag a block."""
    voiced = judge()
    starts = range(0, len(sound) - BLOCK + 1, BLOCK)
    return np.array([voiced(sound[at : at + BLOCK]) for at in starts], bool)


@dataclass
class Tally:
    """Of one judge over all clips."""

    spoken: int = 0
    unheard: int = 0
    silent: int = 0
    alarms: int = 0
    onsets: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    late: int = 0
    alarms_apart: int = 0
    apart: int = 0

    def add(self, said: Flags, truth: Flags) -> None:
        self.spoken += int(truth.sum())
        self.unheard += int((truth & ~said).sum())
        self.silent += int((~truth).sum())
        self.alarms += int((~truth & said).sum())
        near = np.convolve(truth, np.ones(51), "same") > 0
        self.apart += int((~near).sum())
        self.alarms_apart += int((~near & said).sum())
        started, stopped = edges(said)
        for begin in (at for at in rises(truth) if at >= APART and not truth[at - APART : at].any()):
            told = [at for at in started if begin - APART // 4 <= at < begin + LATE]
            self.onsets.append(10 * (told[0] - begin if told else LATE))
            self.late += not told
        for end in (at for at in rises(~truth) if at and len(truth) - at >= APART and not truth[at : at + APART].any()):
            told = [at for at in stopped if end <= at < end + LATE]
            self.offsets += [10 * (told[0] - end)] if told else []

    def figures(self) -> dict[str, float | int | None]:
        return {
            "miss_rate": share(self.unheard, self.spoken),
            "false_alarm_rate": share(self.alarms, self.silent),
            "false_alarm_rate_far_from_speech": share(self.alarms_apart, self.apart),
            "onset_ms": median(self.onsets),
            "offset_ms": median(self.offsets),
            "onsets": len(self.onsets),
            "onsets_missed": self.late,
            "offsets": len(self.offsets),
        }


def edges(said: Flags) -> tuple[list[int], list[int]]:
    """Blocks at which the daemon's own gate, with its shipped settings, tells the beginning and the end of speech."""
    config = Hearing()
    gate = Gate(config.onset_ms, config.offset_ms, None)
    told = [(at, gate.hear(bool(flag))) for at, flag in enumerate(said)]
    return [at for at, edge in told if edge == "started"], [at for at, edge in told if edge == "stopped"]


def rises(truth: Flags) -> list[int]:
    """Blocks that begin a run of True."""
    return [int(at) for at in np.flatnonzero(truth & ~np.concatenate([[False], truth[:-1]]))]


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def median(values: list[int]) -> float | None:
    return float(np.median(values)) if values else None
