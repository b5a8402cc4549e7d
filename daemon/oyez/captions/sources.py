"""Where the sound for captions comes from: the board's microphones, or a file. PCM16 mono little-endian at 24 kHz."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from oyez.config import Config
from oyez.errors import OyezError
from oyez.hearing.mixdown import mixdown
from oyez.hearing.resampling import Resampler
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.capture import Capture
from oyez_hw.ports import HardwareError
from oyez_hw.wav import read_wav

RATE_HZ = 24_000
PIECE_S = 0.1


async def from_file(path: Path) -> AsyncIterator[bytes]:
    """As fast as it is taken. Raises OyezError for a file that is no sound."""
    try:
        samples, rate_hz = await asyncio.to_thread(read_wav, path)
    except (OSError, ValueError) as error:
        raise OyezError(f"{path} cannot be transcribed: {error}") from None
    resampler = Resampler(rate_hz, RATE_HZ, "HQ")
    sound = mixdown(samples)
    whole = np.concatenate([resampler.feed(sound), resampler.flush()])
    piece = int(PIECE_S * RATE_HZ)
    for start in range(0, len(whole), piece):
        yield whole[start : start + piece].astype("<i2").tobytes()


async def from_microphone(config: Config) -> AsyncIterator[bytes]:
    """In real time, until cancelled. Raises OyezError when the card cannot be used."""
    wished = config.board
    try:
        settings = BoardSettings(**{name: getattr(wished, name) for name in BoardSettings.__dataclass_fields__})
        capture = Capture(open_board(settings).microphone)
        found = capture.start(asyncio.get_running_loop())
    except (HardwareError, ValueError) as error:
        raise OyezError(f"board: {error}") from None
    resampler = Resampler(found.rate_hz, RATE_HZ, "MQ")
    try:
        async for frame in capture.frames():
            piece = resampler.feed(mixdown(frame.samples, config.hearing.channel))
            if len(piece):
                yield piece.astype("<i2").tobytes()
    except HardwareError as error:
        raise OyezError(f"board: {error}") from None
    finally:
        capture.stop()
