"""What every board promises. What a test needs of a board and the board has not, it says and skips.

No test bounds seconds, for a busy machine comes late: what must come is waited for, by the card's own clock.
"""

from collections.abc import Callable

import numpy as np
import pytest

from oyez_hw.alsa_speaker import DEVICE_BUFFER_MS
from oyez_hw.measuring.clock_fit import earliest_line
from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError
from tests.hardware.bench import Bench, db, listening
from tests.hardware.boards import EAR_STEP_DB, ECHO_DB

TRIES = 3
"""A take that a busy machine starved is made again."""


def tone(rate_hz: int, seconds: float, level: float = 0.1) -> Samples:
    """Mono int16 (n,), 440 Hz, amplitude as a fraction of full scale; never zero, so that it can be counted."""
    sine = np.sin(np.arange(int(rate_hz * seconds)) * 2 * np.pi * 440 / rate_hz)
    whole = np.rint(sine * level * 32767).astype(np.int16)
    return np.where(whole == 0, 1, whole).astype(np.int16)


def on_all(card: PcmFormat, mono: Samples) -> Samples:
    return np.repeat(mono[:, None], card.channels, axis=1)


def write_all(bench: Bench, samples: Samples) -> None:
    step = bench.formats[1].rate_hz // 50
    for start in range(0, len(samples), step):
        bench.speaker.write(samples[start : start + step])


def level_db(samples: Samples) -> float:
    return db(float(samples.std()) / 32768)


def repeat(do: Callable[[], object]) -> None:
    """Longer than any buffer lasts."""
    for _ in range(50):
        do()


def test_open_tells_what_the_card_really_gives(bench: Bench) -> None:
    assert bench.microphone.open() == bench.formats[0]
    assert bench.speaker.open() == bench.formats[1]


def test_frames_have_shape_rate_and_a_time_that_keeps_pace(bench: Bench) -> None:
    """Stamps may come late on a busy machine, so that only the earliest tell the card's clock."""
    card = bench.formats[0]

    def keeps_pace(frames: list[Frame]) -> bool:
        if len(frames) < 25:
            return False
        index = np.cumsum([len(frame.samples) for frame in frames]).astype(np.float64)
        line = earliest_line(index, np.array([frame.time_s for frame in frames]), card.rate_hz)
        return abs(line.slope * card.rate_hz - 1) < 0.01

    with listening(bench.microphone) as ears:
        ears.until(keeps_pace)
        frames = ears.frames
    assert all(frame.samples.shape == (card.rate_hz // 50, card.channels) for frame in frames)
    assert all(frame.samples.dtype == np.int16 and frame.rate_hz == card.rate_hz for frame in frames)
    assert np.all(np.diff([frame.time_s for frame in frames]) >= 0), "a stamp may come late, but never goes back"


def test_every_channel_is_in_its_place(bench: Bench) -> None:
    with listening(bench.microphone) as ears:
        silence = ears.listen(0.1)
        bench.mouth(tone(16_000, 3.0), 16_000, -20.0)
        if bench.own_room is None:
            ears.until(lambda frames: level_db(frames[-1].samples) > level_db(silence) + 10.0)
        sound = ears.listen(0.35)[-card_frames(bench, 0.2) :]
    levels = [level_db(sound[:, channel]) for channel in range(sound.shape[1])]
    if bench.own_room is not None:
        assert levels == pytest.approx([-20.0 + EAR_STEP_DB * channel for channel in range(len(levels))], abs=0.5)
    assert all(level > level_db(silence[:, channel]) + 6.0 for channel, level in enumerate(levels)), "one is deaf"


def card_frames(bench: Bench, seconds: float) -> int:
    return round(bench.formats[0].rate_hz * seconds)


def test_what_is_written_is_what_is_heard(bench: Bench) -> None:
    """Sample by sample, each channel its own."""
    card = bench.formats[1]
    left = np.arange(1, card.rate_hz * 3 // 10 + 1) % 20_000 + 1
    sound = np.stack([left // (channel + 1) + 1 for channel in range(card.channels)], axis=1).astype(np.int16)
    for _ in range(TRIES):
        bench.forget_heard()
        take = bench.take(lambda _: sound, 0.2)
        if not take.capture_breaks and not take.playback_breaks:
            break
    assert np.array_equal(bench.heard_of(take.heard), sound)


def test_the_microphones_hear_the_loudspeaker(bench: Bench) -> None:
    if bench.loop == "none":
        pytest.skip(f"{bench.name} does not hear itself (--loop none)")
    card = bench.speaker.open()
    with listening(bench.microphone) as ears:
        silence = level_db(ears.listen(0.1)[:, 0])
        write_all(bench, on_all(card, tone(card.rate_hz, 0.4)))
        ears.listen(0.1)
        periods = [level_db(frame.samples[:, 0]) for frame in ears.frames]
    loudest = float(np.median(sorted(periods)[-8:]))
    assert loudest > silence + 10.0
    if bench.exact:
        expected = db(0.1 / np.sqrt(2)) + (ECHO_DB if bench.own_room is not None else 0.0)
        assert loudest == pytest.approx(expected, abs=1.5)


def test_drop_silences_at_once_and_tells_how_much_was_not_heard(bench: Bench) -> None:
    card = bench.speaker.open()
    sound = on_all(card, tone(card.rate_hz, 0.3))
    with listening(bench.microphone) as ears:
        write_all(bench, sound)
        assert bench.speaker.delay_frames() > 0
        dropped = bench.speaker.drop()
        assert 0 < dropped <= card.rate_hz * DEVICE_BUFFER_MS / 1000 * 1.2
        assert bench.speaker.delay_frames() == 0
        ears.listen(0.2)
        audible = np.count_nonzero(bench.heard(ears)[:, 0])
        assert audible == pytest.approx(len(sound) - dropped, abs=card.rate_hz * 0.005)
        # Until it sees an underrun a driver plays on what is old in its ring: silence follows, as in the daemon.
        silence = np.zeros_like(sound[: card.rate_hz // 10])
        write_all(bench, np.concatenate([sound[: card.rate_hz // 20], silence]))
        ears.listen(0.2)
        again = np.count_nonzero(bench.heard(ears)[:, 0])
    assert again == pytest.approx(audible + card.rate_hz // 20, abs=card.rate_hz * 0.005), "it plays on after a drop"


def test_an_overrun_is_counted_and_survived(any_bench: Bench) -> None:
    card = any_bench.microphone.open()
    any_bench.microphone.read()
    before = any_bench.microphone.xruns
    any_bench.force_capture_xrun()
    frames = [any_bench.microphone.read() for _ in range(25)]  # those that wait in the buffer may come first
    assert any_bench.microphone.xruns > before
    assert frames[-1].samples.shape == (card.rate_hz // 50, card.channels)


def test_an_underrun_is_counted_and_survived(any_bench: Bench) -> None:
    card = any_bench.speaker.open()
    sound = on_all(card, tone(card.rate_hz, 0.06))
    with listening(any_bench.microphone) as ears:
        any_bench.speaker.write(sound)
        ears.listen(0.3)
        any_bench.speaker.write(sound)
        starved = any_bench.speaker.xruns
        assert starved >= 1
        any_bench.force_playback_xrun()
        any_bench.speaker.write(sound)
        assert any_bench.speaker.xruns > starved


def test_a_card_that_vanishes_is_told_as_gone_and_opens_again_when_it_is_back(any_bench: Bench) -> None:
    card = any_bench.speaker.open()
    any_bench.microphone.open()
    silence = np.zeros((card.rate_hz // 50, card.channels), np.int16)
    any_bench.speaker.write(silence)
    any_bench.microphone.read()
    any_bench.unplug()
    with pytest.raises(HardwareError, match="gone"):
        repeat(any_bench.microphone.read)
    with pytest.raises(HardwareError, match="gone"):
        repeat(lambda: any_bench.speaker.write(silence))
    any_bench.microphone.close()
    any_bench.speaker.close()
    with pytest.raises(HardwareError):
        any_bench.microphone.open()
    any_bench.replug()
    any_bench.microphone.open()
    any_bench.speaker.open()
    any_bench.speaker.write(silence)
    assert any_bench.microphone.read().samples.shape[1] == any_bench.formats[0].channels


def test_a_busy_card_says_so(any_bench: Bench) -> None:
    any_bench.microphone.open()
    with pytest.raises(HardwareError, match="in use"):
        any_bench.second_microphone.open()


def test_close_does_not_wait_for_the_buffer(any_bench: Bench) -> None:
    """A full buffer is lost on close, not played."""
    card = any_bench.speaker.open()
    with listening(any_bench.microphone) as ears:
        write_all(any_bench, on_all(card, tone(card.rate_hz, 0.2)))
        pending = any_bench.speaker.delay_frames()
        any_bench.speaker.close()
        ears.listen(0.3)
        audible = np.count_nonzero(any_bench.heard(ears)[:, 0])
    assert audible <= card.rate_hz * 0.2 - pending + card.rate_hz * 0.02


def test_what_is_said_when_a_microphone_has_just_opened_is_heard_from_its_beginning(any_bench: Bench) -> None:
    """The room's time goes on without a microphone: who speaks after a replug does not speak in the past."""
    room = any_bench.room
    any_bench.microphone.open()
    any_bench.microphone.read()
    any_bench.microphone.close()
    card = any_bench.speaker.open()
    for _ in range(25):  # half a second, by the loudspeaker's clock
        any_bench.speaker.write(np.zeros((card.rate_hz // 50, card.channels), np.int16))
    any_bench.microphone.open()
    room.say(np.full(4_800, 3_000, np.int16), 16_000)
    sound = np.concatenate([any_bench.microphone.read().samples[:, 0] for _ in range(25)])
    assert np.count_nonzero(np.abs(sound) > 1_000) == pytest.approx(4_800, abs=800)
