"""Formats, WAV files, levels, volume, tape: the pure parts."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez_hw.acoustics import active_dbfs, amplitude, convolved, dbfs, mono_floats
from oyez_hw.convert import FORMATS, from_house, to_house
from oyez_hw.levels import level_dbfs
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.software_volume import ScaledSpeaker, SoftwareVolume
from oyez_hw.tape import Tape
from oyez_hw.wav import read_wav, write_wav
from tests.unit.oyez_hw.cards import HandSpeaker

INT16 = st.integers(-32_768, 32_767)


@given(st.lists(INT16, min_size=2, max_size=20).filter(lambda x: len(x) % 2 == 0), st.sampled_from(list(FORMATS)))
def test_every_format_gives_back_what_was_written_in_it(values: list[int], name: str) -> None:
    samples = np.array(values, np.int16).reshape(-1, 2)
    data = from_house(samples, name)
    assert len(data) == samples.size * FORMATS[name][1]
    assert np.array_equal(to_house(data, name, 2), samples)


def test_the_unused_byte_of_s24_le_is_not_sound() -> None:
    assert to_house(bytes([0x00, 0x34, 0x92, 0x5A]), "S24_LE", 1)[0, 0] == np.int16(0x9234 - 0x10000)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="MU_LAW"):
        to_house(b"", "MU_LAW", 1)
    with pytest.raises(ValueError, match="MU_LAW"):
        from_house(np.zeros((1, 1), np.int16), "MU_LAW")


def test_a_wav_file_comes_back_as_it_was(tmp_path: Path) -> None:
    samples = np.arange(-50, 50, dtype=np.int16).reshape(-1, 2)
    write_wav(tmp_path / "x.wav", samples, 22_050)
    again, rate_hz = read_wav(tmp_path / "x.wav")
    assert (rate_hz, again.tolist()) == (22_050, samples.tolist())
    (tmp_path / "no.wav").write_bytes(b"RIFFno")
    with pytest.raises(ValueError, match="no WAV file"):
        read_wav(tmp_path / "no.wav")


@given(st.lists(st.tuples(st.integers(-5, 60), st.lists(INT16, min_size=1, max_size=25)), max_size=8))
def test_a_tape_gives_back_what_was_written_where_it_was_written(writes: list[tuple[int, list[int]]]) -> None:
    tape, model = Tape(10, 1), dict[int, int]()
    for at, values in writes:
        tape.write(at, np.array(values, np.int16)[:, None])
        model.update({at + i: value for i, value in enumerate(values)})
    assert tape.read(-20, 120)[:, 0].tolist() == [model.get(i, 0) for i in range(-20, 100)]


def test_a_tape_forgets_what_is_older_than_it_keeps() -> None:
    tape = Tape(10, 1, keep_s=2)
    for second in range(6):
        tape.write(second * 10, np.full((10, 1), second + 1, np.int16))
    assert tape.start == 30
    assert tape.read(0, 30).any() == False  # noqa: E712 - a numpy bool
    assert tape.read(30, 10)[0, 0] == 4


def test_levels_are_relative_to_full_scale() -> None:
    assert dbfs(np.full(100, 0.1, np.float32)) == pytest.approx(-20)
    assert level_dbfs(np.array([[3277, 0]] * 10, np.int16)) == pytest.approx([-20, -120], abs=0.01)


def test_the_level_of_speech_leaves_pauses_out() -> None:
    loud = np.full(16_000, 0.1, np.float32)
    assert active_dbfs(np.concatenate((loud, np.zeros(64_000, np.float32))), 16_000) == pytest.approx(-20)


def test_convolution_is_convolution() -> None:
    rng = np.random.default_rng(3)
    sound, response = rng.standard_normal(300).astype(np.float32), rng.standard_normal(40).astype(np.float32)
    assert convolved(sound, response) == pytest.approx(np.convolve(sound, response), abs=1e-4)


def test_a_recording_without_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="recording"):
        mono_floats(np.zeros((0,), np.int16))


def test_software_volume_scales_and_does_not_jump() -> None:
    speaker, volume = HandSpeaker(1), SoftwareVolume(1.0)
    scaled = ScaledSpeaker(speaker, volume)
    scaled.open()
    full = np.full((100, 1), 10_000, np.int16)
    scaled.write(full)
    volume.set(0.5)
    scaled.write(full)
    scaled.write(full)
    first, ramp, last = (chunk[:, 0] for chunk in speaker.written)
    assert np.all(first == 10_000)
    assert np.all(last == 1_250)
    assert (ramp[0], ramp[-1]) == (10_000, 1_250)
    assert np.abs(np.diff(ramp.astype(int))).max() < 100
    with pytest.raises(ValueError, match="volume"):
        volume.set(1.5)
    assert volume.get() == 0.5


@pytest.mark.parametrize(("rate_hz", "channels", "width"), [(100, 1, 16), (16_000, 0, 16), (16_000, 1, 8)])
def test_impossible_formats_are_refused(rate_hz: int, channels: int, width: int) -> None:
    with pytest.raises(ValueError, match=" is "):
        PcmFormat(rate_hz, channels, width)


def test_amplitude_of_decibels() -> None:
    samples: Samples = np.full((1, 1), 10_000, np.int16)
    assert (samples * amplitude(-20))[0, 0] == pytest.approx(1_000)
