"""Clips of wakes and near misses, as they are named, written down and judged. Pure."""

import io
import re
import wave
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta

from oyez.config_section import Fraction, Identifier
from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono

Kind = Literal["wake", "stop", "near_miss"]
Label = Literal["true", "false", "unsure"]
LABELS: tuple[Label, ...] = ("true", "false", "unsure")
"""true: the word was said; false: it was not, whatever the device made of it; unsure: a person cannot tell either."""

CLIP_S = 2.5
"""Longest clip: a wake phrase lasts about a second, and what stood before it tells why something else sounded so."""
LARGEST_WAV_BYTES = 1_000_000
"""Nothing of ours is larger: what is was put there by somebody else and is not read."""

_ID = re.compile(r"[0-9]{6,9}")
_FILE = re.compile(r"([0-9]{6,9})\.(wav|json)")


class UnknownClip(ValueError):
    """There is no such clip; the sentence is for the person who asked."""


class ClipFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the ears knew when they kept the clip."""

    word: Identifier
    kind: Kind
    score: Fraction
    """The highest of the phrase."""
    threshold: Fraction
    """It had to reach this one."""
    at_s: Annotated[float, Meta(ge=0.0, le=1e11)]
    """Device time, seconds since 1970 in UTC: a board without a clock of its own may be wrong until it has network."""
    why: str = ""
    """Of a near miss: what held it back, for a person; empty: the score alone."""
    snr_db: float | None = None
    direction_deg: float | None = None

    @property
    def vetoed(self) -> bool:
        """The score was high enough and something else said no: no threshold would change that."""
        return self.kind == "near_miss" and self.score >= self.threshold


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """A clip that is kept."""

    id: str
    facts: ClipFacts
    label: Label | None = None
    """None: nobody has listened to it."""


def clip_id(number: int) -> str:
    """Ids ascend with time, whatever the device's clock does."""
    return f"{number:06d}"


def checked_id(text: str) -> str:
    """An id as its file is named; leading zeros may be left out. Raises UnknownClip for all else, `../x` above all."""
    padded = text.zfill(6) if text.isascii() and text.isdigit() else text
    if not _ID.fullmatch(padded):
        raise UnknownClip(f"{text[:40]!r} is no clip's id: ids are numbers, as `oyez locker list` shows them.")
    return padded


def id_of_file(name: str) -> str | None:
    """Whose file it is; None: not ours, so not ours to read or remove."""
    match = _FILE.fullmatch(name)
    return match.group(1) if match else None


def to_wav(sound: Mono) -> bytes:
    """The last CLIP_S of int16 (n,) at 16 kHz as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes(sound[-round(CLIP_S * RATE_HZ) :].astype("<i2").tobytes())
    return file.getvalue()


def from_wav(data: bytes) -> Mono:
    """int16 (n,) at 16 kHz. Raises ValueError for what `to_wav` did not write."""
    try:
        with wave.open(io.BytesIO(data), "rb") as reader:
            form = (reader.getnchannels(), reader.getsampwidth(), reader.getframerate())
            frames = reader.readframes(reader.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"no WAV file ({error})") from error
    if form != (1, 2, RATE_HZ):
        raise ValueError(f"channels, bytes and Hz are {form} and not {(1, 2, RATE_HZ)}")
    return np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.int16)


def to_remove(sizes_bytes: Mapping[str, int], most_bytes: int) -> list[str]:
    """The oldest ids beyond the limit. sizes_bytes: by id, all files of a clip together."""
    total = sum(sizes_bytes.values())
    removed: list[str] = []
    for oldest in sorted(sizes_bytes, key=int):
        if total <= most_bytes:
            break
        total -= sizes_bytes[oldest]
        removed.append(oldest)
    return removed


def wanted(clips: Iterable[Clip], word: str = "", label: str = "") -> list[Clip]:
    """Of a word, and of a label (`none`: unlabelled); empty: of any."""
    return [
        clip
        for clip in clips
        if word in ("", clip.facts.word) and label in ("", "none" if not clip.label else clip.label)
    ]
