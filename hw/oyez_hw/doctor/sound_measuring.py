"""Listens to a board for a few seconds while its loudspeaker sweeps. Whoever calls it waits for as long as it takes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from oyez_hw.doctor.sound_facts import Recording, SoundFigures
from oyez_hw.doctor.sound_figures import channels_of, echo_is_clear, echo_of, rate_error_ppm, rise_db
from oyez_hw.duplex import BEFORE_S, play_and_record
from oyez_hw.measuring.chirp import Chirp
from oyez_hw.measuring.take import Take
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError, Microphone, Speaker

QUIET_S = 2.6
"""After the half second in which cards click when they are opened."""
SWEEP = Chirp(1.0)
LEVEL = 0.25
"""Peak of the sweep, -12 dBFS: as loud as an answer, at the volume that is set."""
TAIL_S = 1.0
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to listen."""

    board: str
    asked: PcmFormat
    microphones: tuple[tuple[int, float, float], ...] = ()
    """(channel, x_mm, y_mm); empty: every channel that is no reference."""
    reference_channels: tuple[int, ...] = ()
    audible: bool = True
    """Play the sweep."""


@dataclass(frozen=True, slots=True)
class _Heard:
    take: Take
    overruns: int
    underruns: int
    swept: bool
    speaker_failed: str = ""


def listen(
    plan: Plan,
    microphone: Microphone,
    speaker: Speaker,
    clock: Callable[[], float] = time.monotonic,
    on_progress: Progress = lambda share: None,
) -> tuple[SoundFigures, Recording]:
    """clock: monotonic seconds, the one that stamps the frames. on_progress: 0 to 1. Raises HardwareError: no sound."""
    return _measured(plan, _record(plan, microphone, speaker, clock, on_progress))


def _record(
    plan: Plan, microphone: Microphone, speaker: Speaker, clock: Callable[[], float], on_progress: Progress
) -> _Heard:
    if not plan.audible:
        return _silently(microphone, on_progress)
    try:
        take = play_and_record(
            microphone, speaker, _sound, TAIL_S, clock=clock, on_heard=lambda samples, done: on_progress(done)
        )
        return _Heard(take, microphone.xruns, speaker.xruns, swept=True)
    except HardwareError as error:
        # Of both cards one failed. Where the microphone works alone it was the loudspeaker.
        return _silently(microphone, on_progress, str(error))


def _silently(microphone: Microphone, on_progress: Progress, speaker_failed: str = "") -> _Heard:
    got = microphone.open()
    try:
        periods: list[Samples] = []
        captured: list[tuple[int, float]] = []
        frames, wanted = 0, round((BEFORE_S + QUIET_S) * got.rate_hz)
        while frames < wanted:
            frame = microphone.read()
            frames += len(frame.samples)
            periods.append(frame.samples)
            captured.append((frames, frame.time_s))
            on_progress(min(1.0, frames / wanted))
    finally:
        microphone.close()
    take = Take(np.concatenate(periods), got.rate_hz, got.rate_hz, np.array(captured), np.zeros((0, 5)), 0)
    return _Heard(take, microphone.xruns, 0, swept=False, speaker_failed=speaker_failed)


def _sound(output: PcmFormat) -> Samples:
    mono = np.concatenate((np.zeros(round(QUIET_S * output.rate_hz)), LEVEL * SWEEP.sampled(output.rate_hz)))
    return np.repeat(np.rint(mono * 32_767).astype(np.int16)[:, None], output.channels, axis=1)


def _measured(plan: Plan, heard: _Heard) -> tuple[SoundFigures, Recording]:
    take, samples, rate_hz = heard.take, heard.take.heard, heard.take.capture_hz
    numbers = _microphones(plan, samples.shape[1])
    quiet = samples[round(BEFORE_S * rate_hz) : round((BEFORE_S + QUIET_S) * rate_hz)]
    begins = _sweep_at(take) if heard.swept else len(samples)
    loud = samples[begins:] if begins < len(samples) - rate_hz // 2 else None
    channels = channels_of(quiet, loud, rate_hz, numbers)
    best = max(channels, key=rise_db, default=None)
    echo = echo_of(loud, best.number, rate_hz, SWEEP) if loud is not None and best is not None else None
    error = rate_error_ppm(take.captured, take.capture_breaks, rate_hz)
    figures = SoundFigures(
        board=plan.board,
        asked_rate_hz=plan.asked.rate_hz,
        rate_hz=rate_hz,
        asked_channels=plan.asked.channels,
        channels=channels,
        microphones_wanted=max((channel + 1 for channel, _, _ in plan.microphones), default=0),
        card_channels=samples.shape[1],
        rate_error_ppm=None if error is None else round(error[0]),
        rate_unsure_ppm=None if error is None else round(error[1]),
        capture_xruns=heard.overruns,
        playback_xruns=heard.underruns,
        swept=loud is not None,
        speaker_failed=heard.speaker_failed,
        echo_delay_ms=round(echo.delay_s * 1000, 1) if echo is not None and echo_is_clear(echo) else None,
        echo_clarity_db=None if echo is None else round(echo.clarity_db, 1),
        echo_dbfs=None if echo is None else round(echo.peak_dbfs, 1),
    )
    return figures, Recording(samples, rate_hz, None if echo is None else echo.response, plan.microphones, begins)


def _microphones(plan: Plan, channels: int) -> list[int]:
    """Those of the plan that the card has."""
    wanted: Sequence[int] = [channel for channel, _, _ in plan.microphones] or range(channels)
    return [number for number in wanted if number < channels and number not in plan.reference_channels]


def _sweep_at(take: Take) -> int:
    """Index, in what was heard, of the moment at which the sweep became audible, as the card tells."""
    first = np.array([take.sound_start + round(QUIET_S * take.playback_hz)])
    audible_s = float(take.audible_s(first)[0])
    frames = take.captured[:, 0]
    return max(0, round(float(np.interp(audible_s, take.captured_s(frames), frames))))
