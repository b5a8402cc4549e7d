"""What every board promises, on the simulated Room and on the virtual ALSA card."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from oyez_hw.pcm import Samples
from oyez_hw.ports import HardwareError
from tests.hardware.conftest import Bench, db


def tone(rate_hz: int, seconds: float, level: float = 0.1) -> Samples:
    """Mono int16 (n,), 440 Hz, amplitude as a fraction of full scale; never zero, so that it can be counted."""
    sine = np.sin(np.arange(int(rate_hz * seconds)) * 2 * np.pi * 440 / rate_hz)
    whole = np.rint(sine * level * 32767).astype(np.int16)
    return np.where(whole == 0, 1, whole).astype(np.int16)


def write_all(bench: Bench, samples: Samples) -> None:
    step = bench.room.loudspeaker.rate_hz // 50
    for start in range(0, len(samples), step):
        bench.speaker.write(samples[start : start + step])


def heard(bench: Bench) -> Samples:
    """What was audible, from its first sound on."""
    whole = bench.room.heard.read(0, bench.room.heard.end)
    sounding = np.nonzero(whole[:, 0])[0]
    return whole[sounding[0] : sounding[-1] + 1] if len(sounding) else whole[:0]


def repeat(do: Callable[[], object]) -> None:
    """Longer than any buffer lasts."""
    for _ in range(50):
        do()


def test_open_tells_what_the_card_really_gives(bench: Bench) -> None:
    assert bench.microphone.open() == bench.room.microphone
    assert bench.speaker.open() == bench.room.loudspeaker


def test_frames_have_shape_rate_and_a_time_that_keeps_pace(bench: Bench) -> None:
    card = bench.microphone.open()
    bench.microphone.read()
    frames = [bench.microphone.read() for _ in range(20)]
    now = time.monotonic()
    assert all(frame.samples.shape == (card.rate_hz // 50, card.channels) for frame in frames)
    assert all(frame.samples.dtype == np.int16 and frame.rate_hz == card.rate_hz for frame in frames)
    times = np.array([frame.time_s for frame in frames])
    assert np.all(np.diff(times) > 0)
    assert times[-1] - times[0] == pytest.approx(19 * 0.02, abs=0.03)
    assert 0 <= now - times[-1] < 0.2


def test_every_channel_is_in_its_place(bench: Bench) -> None:
    bench.microphone.open()
    bench.microphone.read()
    bench.room.say(tone(16_000, 1.0), 16_000, level_dbfs=-20.0)
    bench.pass_time(0.1)
    levels = [db(x) for x in np.concatenate([bench.microphone.read().samples for _ in range(10)]).std(axis=0) / 32768]
    assert levels == pytest.approx([-20.0 - 3.0 * channel for channel in range(len(levels))], abs=0.5)


def test_what_is_written_is_what_is_heard(bench: Bench) -> None:
    bench.microphone.open()
    card = bench.speaker.open()
    left = np.arange(1, card.rate_hz * 3 // 10 + 1) % 20_000 + 1
    sound = np.stack([left // (channel + 1) + 1 for channel in range(card.channels)], axis=1).astype(np.int16)
    write_all(bench, sound)
    assert bench.speaker.delay_frames() > 0
    bench.pass_time(0.2)
    assert np.array_equal(heard(bench), sound)


def test_the_microphones_hear_the_loudspeaker(bench: Bench) -> None:
    bench.microphone.open()
    card = bench.speaker.open()
    write_all(bench, np.repeat(tone(card.rate_hz, 0.3)[:, None], card.channels, axis=1))
    level = db(np.concatenate([bench.microphone.read().samples[:, 0] for _ in range(5)]).std() / 32768)
    assert level == pytest.approx(db(0.1 / np.sqrt(2)) - 12.0, abs=1.5)


def test_drop_silences_at_once_and_tells_how_much_was_not_heard(bench: Bench) -> None:
    bench.microphone.open()
    card = bench.speaker.open()
    sound = np.repeat(tone(card.rate_hz, 0.3)[:, None], card.channels, axis=1)
    write_all(bench, sound)
    dropped = bench.speaker.drop()
    assert 0 < dropped <= card.rate_hz * 0.12
    assert bench.speaker.delay_frames() == 0
    bench.pass_time(0.15)
    assert len(heard(bench)) == pytest.approx(len(sound) - dropped, abs=card.rate_hz * 0.002)
    write_all(bench, sound[: card.rate_hz // 20])
    bench.pass_time(0.15)
    assert bench.room.heard.read(bench.room.heard.end - 8, 8).any()


def test_an_overrun_is_counted_and_survived(bench: Bench) -> None:
    card = bench.microphone.open()
    bench.microphone.read()
    assert bench.microphone.xruns == 0
    bench.force_capture_xrun()
    frames = [bench.microphone.read() for _ in range(20)]  # those that wait in the buffer may come first
    assert bench.microphone.xruns == 1
    assert frames[-1].samples.shape == (card.rate_hz // 50, card.channels)


def test_an_underrun_is_counted_and_survived(bench: Bench) -> None:
    bench.microphone.open()
    card = bench.speaker.open()
    sound = np.repeat(tone(card.rate_hz, 0.06)[:, None], card.channels, axis=1)
    bench.speaker.write(sound)
    bench.pass_time(0.2)
    bench.speaker.write(sound)
    assert bench.speaker.xruns == 1
    bench.force_playback_xrun()
    bench.speaker.write(sound)
    assert bench.speaker.xruns == 2


def test_a_card_that_vanishes_fails_in_bounded_time_and_opens_again_when_it_is_back(bench: Bench) -> None:
    card = bench.speaker.open()
    bench.microphone.open()
    silence = np.zeros((card.rate_hz // 50, card.channels), np.int16)
    bench.speaker.write(silence)
    bench.microphone.read()
    bench.unplug()
    since = time.monotonic()
    with pytest.raises(HardwareError, match="gone"):
        repeat(bench.microphone.read)
    with pytest.raises(HardwareError, match="gone"):
        repeat(lambda: bench.speaker.write(silence))
    assert time.monotonic() - since < 1.0
    bench.microphone.close()
    bench.speaker.close()
    with pytest.raises(HardwareError):
        bench.microphone.open()
    bench.replug()
    bench.microphone.open()
    bench.speaker.open()
    bench.speaker.write(silence)
    assert bench.microphone.read().samples.shape[1] == bench.room.microphone.channels


def test_a_busy_card_says_so(bench: Bench) -> None:
    bench.microphone.open()
    with pytest.raises(HardwareError, match="in use"):
        bench.second_microphone.open()


def test_close_does_not_wait_for_the_buffer(bench: Bench) -> None:
    """A full buffer is lost on close, not played."""
    card = bench.speaker.open()
    write_all(bench, np.repeat(tone(card.rate_hz, 0.2)[:, None], card.channels, axis=1))
    pending = bench.speaker.delay_frames()
    bench.speaker.close()
    bench.microphone.open()
    bench.pass_time(0.1)
    assert len(heard(bench)) <= card.rate_hz * 0.2 - pending + card.rate_hz * 0.02


def test_what_is_said_when_a_microphone_has_just_opened_is_heard_from_its_beginning(any_bench: Bench) -> None:
    """The room's time goes on without a microphone: who speaks after a replug does not speak in the past."""
    any_bench.microphone.open()
    any_bench.microphone.read()
    any_bench.microphone.close()
    card = any_bench.speaker.open()
    for _ in range(25):  # half a second, by the loudspeaker's clock
        any_bench.speaker.write(np.zeros((card.rate_hz // 50, card.channels), np.int16))
    any_bench.microphone.open()
    any_bench.room.say(np.full(4_800, 3_000, np.int16), 16_000)
    sound = np.concatenate([any_bench.microphone.read().samples[:, 0] for _ in range(25)])
    assert np.count_nonzero(np.abs(sound) > 1_000) == pytest.approx(4_800, abs=800)
