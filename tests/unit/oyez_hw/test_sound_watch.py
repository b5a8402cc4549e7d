"""A microphone that can be read and is lost nevertheless is found out; one that works never is."""

from collections.abc import Iterator

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame, Samples
from oyez_hw.ports import HardwareError
from oyez_hw.sound_watch import AHEAD_S, RECENT, REPEATED_S, STANDING_S, SoundWatch

PERIOD_S = 0.02
PERIOD = 320


def noise(seed: int, channels: int = 2) -> Samples:
    return np.random.default_rng(seed).integers(-20, 20, (PERIOD, channels)).astype(np.int16)


def frames(sounds: Iterator[Samples], seconds: float, start_s: float = 100.0) -> Iterator[Frame]:
    for period in range(round(seconds / PERIOD_S)):
        yield Frame(next(sounds), 16_000, start_s + (period + 1) * PERIOD_S)


def noises() -> Iterator[Samples]:
    seed = 0
    while True:
        seed += 1
        yield noise(seed)


def for_ever(*sounds: Samples) -> Iterator[Samples]:
    while True:
        yield from sounds


def found(watch: SoundWatch, sound: Iterator[Frame], xruns: int = 0) -> HardwareError:
    def listen() -> None:
        for frame in sound:
            watch.take(frame, xruns)

    with pytest.raises(HardwareError) as caught:
        listen()
    return caught.value


def test_a_room_s_noise_is_sound_for_as_long_as_one_listens() -> None:
    watch = SoundWatch(zeros_s=1.0)
    assert all(watch.take(frame, 0) for frame in frames(noises(), 30.0))


def test_zeros_are_borne_for_the_time_that_was_set_and_are_no_sound() -> None:
    zeros = np.zeros((PERIOD, 2), np.int16)
    watch = SoundWatch(zeros_s=3.0)
    assert not any(watch.take(frame, 0) for frame in frames(for_ever(zeros), 2.9))
    error = found(watch, frames(for_ever(zeros), 1.0, 103.0))
    assert (error.fault, error.unwell_s) == (Fault.SILENT, pytest.approx(3.0))


def test_a_converter_that_stands_at_one_value_is_as_silent_as_zeros() -> None:
    stuck = np.tile(np.array([[-3, 7]], np.int16), (PERIOD, 1))
    assert found(SoundWatch(zeros_s=3.0), frames(for_ever(stuck), 4.0)).fault is Fault.SILENT


def test_one_microphone_of_two_that_works_is_enough() -> None:
    half = noises()
    mixed = (np.column_stack([next(half)[:, 0], np.zeros(PERIOD, np.int16)]) for _ in iter(int, 1))
    watch = SoundWatch(zeros_s=1.0)
    assert all(watch.take(frame, 0) for frame in frames(mixed, 5.0))


def test_a_microphone_that_gates_its_noise_may_be_silent_for_ever_and_is_well() -> None:
    watch = SoundWatch(zeros_s=0.0)
    assert all(watch.take(frame, 0) for frame in frames(for_ever(np.zeros((PERIOD, 1), np.int16)), 200.0))


@pytest.mark.parametrize("length", [1, 5, RECENT])
def test_the_same_sound_over_and_over_is_found_out(length: int) -> None:
    """Of one period, of several, of the driver's whole buffer."""
    sounds = [noise(seed) for seed in range(length)]
    error = found(SoundWatch(), frames(for_ever(*sounds), REPEATED_S + length * PERIOD_S + 0.1))
    assert (error.fault, "over and over" in str(error)) == (Fault.STUCK, True)


def test_a_repetition_that_ends_in_time_is_forgotten() -> None:
    watch, same, other = SoundWatch(), noise(0), noises()
    for _ in range(5):
        for frame in frames(for_ever(same), REPEATED_S - 0.2):
            watch.take(frame, 0)
        watch.take(Frame(next(other), 16_000, 900.0), 1)


def test_a_clock_that_stands_is_found_out_and_one_that_a_machine_in_haste_catches_up_is_not() -> None:
    still = (Frame(noise(n), 16_000, 100.0) for n in range(1000))
    assert "stands still" in str(found(SoundWatch(), still))
    watch = SoundWatch()
    for n in range(round(STANDING_S / PERIOD_S / 2)):  # a second that had waited comes at once
        watch.take(Frame(noise(n), 16_000, 100.0), 0)
    for frame in frames(noises(), 10.0):
        watch.take(frame, 0)


@pytest.mark.parametrize("jump_s", [-0.2, AHEAD_S + 1.0])
def test_time_stamps_that_jump_are_found_out_unless_sound_was_lost(jump_s: float) -> None:
    def jumping() -> Iterator[Frame]:
        at_s = 100.0
        for n in range(400):
            at_s += PERIOD_S + (jump_s if n and n % 50 == 0 else 0.0)
            yield Frame(noise(n), 16_000, at_s)

    assert "jumps" in str(found(SoundWatch(), jumping()))
    watch = SoundWatch()
    for n, frame in enumerate(jumping()):
        watch.take(frame, xruns=n // 50)  # an overrun each time


@given(st.lists(st.floats(-0.02, AHEAD_S - 0.1), min_size=1, max_size=300), st.integers(1, 4))
def test_a_thread_that_is_late_is_no_card_that_is_lost(lateness: list[float], channels: int) -> None:
    """Whatever keeps it waiting: the stamps come late, but in order and with what lies between."""
    watch, at_s = SoundWatch(), 100.0
    for n, late_s in enumerate(lateness):
        at_s = max(at_s, 100.0 + n * PERIOD_S + late_s)
        watch.take(Frame(noise(n, channels), 16_000, at_s), 0)


def test_a_card_that_is_opened_again_begins_anew() -> None:
    watch, zeros = SoundWatch(zeros_s=3.0), np.zeros((PERIOD, 1), np.int16)
    for _ in range(3):
        watch.begin()
        for frame in frames(for_ever(zeros), 2.5):
            watch.take(frame, 0)
