"""From a sound file's bytes to what the voice speaks. Pure, and slow: for a worker thread.

libsndfile is shown only what begins like a format that we take, and gives block by block, so that no claim in a header
and no packed silence makes more of it than the bound.
"""

import os
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr

RATE_HZ = 24_000
BYTES_PER_S = 2 * RATE_HZ
LONGEST_S = 600
MOST_CHANNELS = 8
RATES_HZ = (4_000, 192_000)
BLOCK_FRAMES = 1 << 16
KINDS: Final = "WAV, FLAC, Ogg (Vorbis or Opus) and MP3"


class BadSound(Exception):
    """A sentence for whoever ordered it."""


def decode(data: bytes) -> bytearray:
    """PCM16 mono little-endian at 24 kHz. Raises BadSound."""
    import soundfile  # 4 MB, and most devices never announce a sound

    sound = _without_tag(data)
    if not _is_known(sound):
        raise BadSound(f"It is no sound that can be played: {KINDS} can be.")
    try:
        with soundfile.SoundFile(_in_memory(sound), closefd=True) as file:
            return _mono(file)
    except soundfile.LibsndfileError as error:
        raise BadSound(f"It is damaged, or of a kind that cannot be played ({error.error_string}).") from None


def _in_memory(data: bytes) -> int:
    """A file that is on no disk. Python's own files in memory would be read by call-backs, for which cffi needs memory
    that is writable and executable; the unit forbids that (MemoryDenyWriteExecute=)."""
    descriptor = os.memfd_create("sound")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _mono(file: Any) -> bytearray:
    """file: an open soundfile.SoundFile."""
    if not (1 <= file.channels <= MOST_CHANNELS and RATES_HZ[0] <= file.samplerate <= RATES_HZ[1]):
        raise BadSound(
            f"It has {file.channels} channels at {file.samplerate} Hz: 1 to {MOST_CHANNELS} at {RATES_HZ[0]} to "
            f"{RATES_HZ[1]} Hz can be played."
        )
    pcm, stream = bytearray(), soxr.ResampleStream(file.samplerate, RATE_HZ, 1, "float32")
    while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
        pcm += _pcm16(stream.resample_chunk(np.nan_to_num(block.mean(axis=1))))
        if len(pcm) > LONGEST_S * BYTES_PER_S:
            raise BadSound(f"It is longer than {LONGEST_S // 60} minutes.")
    pcm += _pcm16(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    if not pcm:
        raise BadSound("There is no sound in it.")
    return pcm


def _pcm16(sound: npt.NDArray[np.float32]) -> bytes:
    return (np.clip(sound, -1.0, 1.0) * 32_767).astype("<i2").tobytes()


def _without_tag(data: bytes) -> bytes:
    """Without an ID3v2 tag in front, which libsndfile takes only if it is small: text-to-speech engines write one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return data
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    footer = 10 if data[5] & 0x10 else 0
    return data[10 + size + footer :]


def _is_known(data: bytes) -> bool:
    mpeg = len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0
    return (data[:4] == b"RIFF" and data[8:12] == b"WAVE") or data[:4] in (b"fLaC", b"OggS") or mpeg
