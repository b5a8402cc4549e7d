"""`oyez enrol NAME a.wav b.wav c.wav`: a wake phrase of one's own from recordings that are there already."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oyez.errors import OyezError
from oyez.hearing.enrolment.enroller import finish
from oyez.hearing.mixdown import Mono, mixdown
from oyez.hearing.resampling import Resampler
from oyez_hw.wav import read_wav

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
RATE_HZ = 16_000


def enrol(name: str, files: Sequence[Path], state: Path) -> str:
    """Learns the phrase and keeps it in the state folder. The sentence says what to expect of it.

    Raises OyezError with a sentence: for a name that is none, a file that cannot be read, or why nothing was learned.
    """
    if not NAME.fullmatch(name):
        raise OyezError(f"{name} cannot be a name: take letters, digits, _ and -, at most 64, such as hey_house.")
    ended = finish(name, [_read(file) for file in files], state)
    if not ended.ok:
        raise OyezError(ended.sentence)
    return ended.sentence


def _read(file: Path) -> Mono:
    """int16 mono at 16 kHz."""
    try:
        samples, rate_hz = read_wav(file)
    except (OSError, ValueError) as error:
        raise OyezError(str(error)) from error
    resampler = Resampler(rate_hz, RATE_HZ, "HQ")
    mono = mixdown(samples)
    return np.concatenate([resampler.feed(mono), resampler.flush()])
