"""WAV files of PCM, read and written with the standard library."""

import wave
from pathlib import Path

from oyez_hw.convert import to_house
from oyez_hw.pcm import Samples

_FORMAT_OF_BYTES = {2: "S16_LE", 3: "S24_3LE", 4: "S32_LE"}


def read_wav(path: Path) -> tuple[Samples, int]:
    """(int16 (frames, channels), rate in Hz). Raises OSError, or ValueError for what is not PCM of 16, 24 or 32 bit."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate_hz = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"{path} is no WAV file of PCM ({str(error) or 'it ends too early'}): convert it to 16 bit PCM"
        ) from error
    if width not in _FORMAT_OF_BYTES:
        raise ValueError(f"{path} has {8 * width} bit samples: convert it to 16 bit PCM")
    return to_house(
        data[: len(data) // (width * channels) * width * channels], _FORMAT_OF_BYTES[width], channels
    ), rate_hz


def wav_writer(path: Path, channels: int, rate_hz: int) -> wave.Wave_write:
    """To be given int16 little-endian by writeframes(), and closed. Raises OSError."""
    path.open("wb").close()  # wave itself fails in the middle of its own beginning, with noise on standard error
    file = wave.open(str(path), "wb")  # noqa: SIM115
    file.setnchannels(channels)
    file.setsampwidth(2)
    file.setframerate(rate_hz)
    return file


def write_wav(path: Path, samples: Samples, rate_hz: int) -> None:
    """int16 (frames, channels) as 16 bit PCM. Raises OSError."""
    with wav_writer(path, samples.shape[1], rate_hz) as file:
        file.writeframes(samples.astype("<i2").tobytes())
