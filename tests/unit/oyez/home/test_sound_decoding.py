"""Sound files of all kinds become what the voice speaks; anything else is refused with a sentence."""

import os
import subprocess
import sys
from io import BytesIO

import hypothesis.strategies as st
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings

from oyez.home import sound_decoding
from oyez.home.sound_decoding import BYTES_PER_S, RATE_HZ, BadSound, decode

KINDS = [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", None)]


def file_of(kind: str, subtype: str | None, rate_hz: int = 48_000, channels: int = 2, seconds: float = 1.0) -> bytes:
    """A tone of 440 Hz, half of full scale, in each channel."""
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)
    file = BytesIO()
    soundfile.write(file, np.repeat(tone[:, None], channels, axis=1), rate_hz, format=kind, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "subtype"), KINDS)
def test_a_tone_comes_out_as_long_as_loud_and_as_high_as_it_went_in(kind: str, subtype: str | None) -> None:
    pcm = np.frombuffer(decode(file_of(kind, subtype)), "<i2") / 32_767
    assert abs(len(pcm) / RATE_HZ - 1.0) < 0.06
    middle = pcm[RATE_HZ // 4 : 3 * RATE_HZ // 4]
    assert abs(np.sqrt(np.mean(middle**2)) - 0.5 / np.sqrt(2)) < 0.02
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440 // 2


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (11_025, 1), (44_100, 6), (192_000, 1)])
def test_any_usual_rate_and_number_of_channels_will_do(rate_hz: int, channels: int) -> None:
    pcm = decode(file_of("WAV", "PCM_16", rate_hz, channels))
    assert abs(len(pcm) / BYTES_PER_S - 1.0) < 0.01


def test_the_tag_that_speech_engines_write_before_an_mp3_is_skipped_however_large() -> None:
    tag = b"ID3\x04\x00\x00\x00\x0c\x00\x00" + bytes(0x0C << 14)
    assert decode(tag + file_of("MP3", None)) == decode(file_of("MP3", None))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no sound that can be played"),
        (b"This is a text, whatever its name may be.", "no sound that can be played"),
        (b"<html><body>404</body></html>", "no sound that can be played"),
        (b"ID3", "no sound that can be played"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", "no sound that can be played"),
        (b"RIFF\x00\x00\x00\x00WAVE", "damaged"),
        (b"OggS" + bytes(100), "damaged"),
        (b"fLaC" + bytes(100), "damaged"),
        (file_of("FLAC", "PCM_16")[:5000], "damaged"),
        (file_of("WAV", "PCM_16", channels=9), "9 channels"),
        (file_of("WAV", "PCM_16", rate_hz=2000), "2000 Hz"),
        (file_of("WAV", "PCM_16", seconds=0.0), "no sound in it"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(BadSound, match=why):
        decode(data)


def test_hours_of_packed_silence_are_refused_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes and no second more; a header that claims less changes nothing."""
    monkeypatch.setattr(sound_decoding, "LONGEST_S", 60)
    packed = file_of("FLAC", "PCM_16", 8_000, 1, seconds=62.0)
    with pytest.raises(BadSound, match="longer than 1 minutes"):
        decode(packed)


SOUND = file_of("OGG", "VORBIS", 8_000, 1, 0.2)
WAVE = file_of("WAV", "PCM_16", 8_000, 2, 0.05)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([SOUND, WAVE]), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8))
def test_a_damaged_file_is_sound_or_a_sentence(sound: bytes, damage: list[tuple[int, int]]) -> None:
    data = bytearray(sound)
    for place, byte in damage:
        data[place % len(data)] = byte
    try:
        pcm = decode(bytes(data))
    except BadSound:
        return
    assert len(pcm) % 2 == 0


SANDBOXED = """
import ctypes, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE: Linux 6.3 and newer
    sys.exit(77)
from oyez.home.sound_decoding import decode
print(len(decode(sys.stdin.buffer.read())))
"""


def test_it_needs_no_memory_that_is_writable_and_executable_which_the_unit_forbids() -> None:
    done = subprocess.run([sys.executable, "-c", SANDBOXED], input=file_of("FLAC", "PCM_16"), capture_output=True)
    if done.returncode == 77:
        pytest.skip("this kernel cannot forbid it (PR_SET_MDWE)")
    assert done.returncode == 0, done.stderr.decode()
    assert abs(int(done.stdout) / BYTES_PER_S - 1.0) < 0.01


def test_nothing_stays_open_whatever_it_was_given() -> None:
    decode(file_of("WAV", "PCM_16"))
    before = len(os.listdir("/proc/self/fd"))
    for data in (file_of("OGG", "VORBIS"), b"RIFF\0\0\0\0WAVE", b"fLaC" + bytes(50), b"OggS" + bytes(100)):
        for _ in range(10):
            try:
                decode(data)
            except BadSound:
                continue
    assert len(os.listdir("/proc/self/fd")) == before
