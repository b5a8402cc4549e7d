"""Pure: what each channel of the card is: a microphone (inverted, weak), dead, or a loop-back of what is played."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from oyez_hw.measuring.clock_fit import Doubles
from oyez_hw.measuring.impulse_response import BEFORE_S, Responses, figures_of
from oyez_hw.measuring.pulses import FINER, finer, parabola
from oyez_hw.measuring.take import Take

Kind = Literal["microphone", "loop_back", "deaf", "silent"]
HEARD_DB = 18.0
"""The largest swing over the noise: below it nothing of the loudspeaker is in the channel."""
EARLIER_S = 0.0006
"""20 cm: no microphone of a board is so much nearer than the others; a loop-back has no way through the air."""
PULSE_ONLY = 0.98
"""So much of a loop-back's energy lies within a millisecond; a microphone hears the case and the room as well."""
DIRECT_S = 0.0015
"""What two microphones are compared by: the first sound, before the room's."""
ROOM_S = (0.004, 0.1)
"""After the first arrival: sound from all sides, alike for all microphones of a board."""
ROOM_HEARD_DB = 10.0
FULL_SCALE = 32_700
SILENT_DBFS = -115.0


@dataclass(frozen=True, slots=True)
class Channel:
    number: int
    kind: Kind
    """deaf: it delivers noise and nothing of the loudspeaker. silent: it delivers one and the same value."""
    gain_db: float | None
    """From digital loudspeaker to here; None: nothing heard."""
    beside_others_db: float | None
    """Against the median of the microphones, by the room's sound if it is heard, else by the direct sound, which the
    nearer microphone has more of."""
    by_room: bool
    inverted: bool
    later_us: float | None
    """Than the first microphone."""
    noise_dbfs: float
    offset: float
    """Constant part (DC), as a share of full scale."""
    clipped: bool


@dataclass(frozen=True, slots=True)
class Polarity:
    inverted: tuple[int, ...]
    undecided: bool
    """As many are one way as the other: which of them are wrong cannot be told."""


def channels_in(take: Take, found: Responses) -> list[Channel]:
    """In the card's order. What plays is expected to be silent for the first 0.3 s of the take."""
    figures = [figures_of(found, number) for number in range(len(found.sound))]
    quiet = take.heard[: round(0.3 * take.capture_hz)].astype(np.float64) / 32768
    kinds: list[Kind] = [
        "silent" if np.ptp(take.heard[:, number]) == 0 else "deaf" if one.to_noise_db < HEARD_DB else "microphone"
        for number, one in enumerate(figures)
    ]
    hearing = [number for number, kind in enumerate(kinds) if kind == "microphone"]
    latest_s = max((figures[number].arrival_s for number in hearing), default=0.0)
    for number in hearing:
        if latest_s - figures[number].arrival_s > EARLIER_S and _pulse_only(found, number):
            kinds[number] = "loop_back"
    microphones = [number for number in hearing if kinds[number] == "microphone"]
    later_s, signs = _compared(found, microphones)
    inverted = polarity(dict(zip(microphones, signs, strict=True))).inverted
    levels_db, by_room = _levels_db(found, microphones)
    middle_db = float(np.median(levels_db)) if microphones else 0.0
    result = []
    for number, kind in enumerate(kinds):
        at = microphones.index(number) if number in microphones else None
        result.append(
            Channel(
                number=number,
                kind=kind,
                gain_db=figures[number].gain_db if number in hearing else None,
                beside_others_db=None if at is None else float(levels_db[at]) - middle_db,
                by_room=by_room,
                inverted=number in inverted,
                later_us=None if at is None else float(later_s[at]) * 1e6,
                noise_dbfs=_noise_dbfs(quiet[:, number]),
                offset=float(quiet[:, number].mean()) if len(quiet) else 0.0,
                clipped=bool((np.abs(take.heard[:, number].astype(np.int32)) >= FULL_SCALE).any()),
            )
        )
    return result


def polarity(signs: dict[int, int]) -> Polarity:
    """signs: microphone -> 1 or -1 against one of them. The few are wrong, not the many."""
    one = tuple(sorted(number for number, sign in signs.items() if sign > 0))
    other = tuple(sorted(number for number, sign in signs.items() if sign < 0))
    few = min(one, other, key=lambda group: (len(group), -min(group, default=0)))
    return Polarity(few, bool(few) and len(one) == len(other))


def polarity_of(channels: Sequence[Channel]) -> Polarity:
    """Of what channels_in() said."""
    return polarity({one.number: -1 if one.inverted else 1 for one in channels if one.kind == "microphone"})


def _pulse_only(found: Responses, number: int) -> bool:
    sound = found.sound[number]
    top, half = int(np.argmax(np.abs(sound))), round(0.001 * found.rate_hz)
    near = sound[max(0, top - half) : top + half + 1]
    return float(near @ near) > PULSE_ONLY * float(sound @ sound)


def _compared(found: Responses, microphones: list[int]) -> tuple[Doubles, list[int]]:
    """(seconds by which each hears the direct sound later than the first to hear it, 1 or -1 against one of them)."""
    if not microphones:
        return np.zeros(0), []
    figures = {number: figures_of(found, number) for number in microphones}
    best = max(microphones, key=lambda number: figures[number].to_noise_db)
    at = round((figures[best].arrival_s - found.start_s) * found.rate_hz)
    half = round(DIRECT_S * found.rate_hz)
    low = max(0, at - half)
    window = np.hanning(2 * half + 2)[1:-1]
    wanted = np.conj(np.fft.rfft(np.pad(found.sound[best][low : low + 2 * half] * window, half)))
    later_s, signs = [], []
    for number in microphones:
        piece = np.pad(found.sound[number][low : low + 2 * half] * window, half)
        fit = finer(np.fft.irfft(np.fft.rfft(piece) * wanted, len(piece)))
        fit = np.roll(fit, half * FINER)[: 2 * half * FINER]
        top = int(np.argmax(np.abs(fit)))
        later_s.append(((top + parabola(np.abs(fit), top)) / FINER - half) / found.rate_hz)
        signs.append(1 if fit[top] > 0 else -1)
    return np.array(later_s) - min(later_s), signs


def _levels_db(found: Responses, microphones: list[int]) -> tuple[Doubles, bool]:
    """(level of each, by the room's sound). By the room's only if each hears enough of it."""
    room, noise, direct = [], [], []
    for number in microphones:
        sound = found.sound[number]
        first = (figures_of(found, number).arrival_s - found.start_s) * found.rate_hz
        low, high = (round(first + after_s * found.rate_hz) for after_s in ROOM_S)
        room.append(float(np.mean(np.square(sound[low:high]))))
        noise.append(float(np.mean(np.square(sound[: round(BEFORE_S / 2 * found.rate_hz)]))))
        begin = max(0, round(first - DIRECT_S * found.rate_hz))
        direct.append(float(np.sum(np.square(sound[begin : round(first + DIRECT_S * found.rate_hz)]))))
    by_room = (
        bool(room)
        and min(10 * math.log10(max(one, 1e-24) / max(floor, 1e-24)) for one, floor in zip(room, noise, strict=True))
        >= ROOM_HEARD_DB
    )
    chosen = np.array(room) - np.array(noise) if by_room else np.array(direct)
    return 10 * np.log10(np.maximum(chosen, 1e-24)), by_room


def _noise_dbfs(quiet: Doubles) -> float:
    power = float(np.var(quiet)) if len(quiet) else 0.0
    return max(SILENT_DBFS, 10 * math.log10(max(power, 1e-24)))
