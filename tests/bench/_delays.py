"""Pure: where speech begins and ends in a recording, moments in what was told and logged, percentiles of delays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Fact = tuple[float, object]
"""Monotonic time, and what was told or ordered then."""

SPEECH_DB = 30.0
"""Speech is what lies less than this under its loudest 10 ms."""
QUIET_DB = 40.0
"""Only a recording whose quietest parts lie this far under the loudest says for certain where its speech ends."""


def speech_s(sound: npt.NDArray[np.int16], rate_hz: int) -> tuple[float, float] | None:
    """Onset and end in seconds, to 10 ms; None where the background hides them. sound: mono (frames,)."""
    window = rate_hz // 100
    whole = sound[: len(sound) // window * window].astype(np.float64).reshape(-1, window)
    level_db = 10.0 * np.log10((whole**2).mean(axis=1) + 1e-3)
    if np.percentile(level_db, 5) > level_db.max() - QUIET_DB:
        return None
    (loud,) = np.nonzero(level_db > level_db.max() - SPEECH_DB)
    return float(loud[0]) / 100, float(loud[-1] + 1) / 100


def moment(facts: Sequence[Fact], kind: type[T], start: int, end: int) -> tuple[float, T] | None:
    """The first fact of this kind at places [start, end), with its time."""
    return next(((at, fact) for at, fact in facts[start:end] if isinstance(fact, kind)), None)


def uplink(lines: Iterable[Mapping[str, Any]], since_s: float, until_s: float) -> list[tuple[float, int]]:
    """When the server's socket took audio in this span, and how many bytes. lines: its event log, in order."""
    audio = ((line["time_s"], line.get("audio_bytes", 0)) for line in lines if line["direction"] == "in")
    return [(time_s, size) for time_s, size in audio if size > 0 and since_s <= time_s < until_s]


def first_delta_s(lines: Iterable[Mapping[str, Any]], response_id: str) -> float | None:
    """When the server's socket sent the first audio of a response."""
    deltas = (line for line in lines if line["direction"] == "out" and line["type"] == "response.output_audio.delta")
    return next((line["time_s"] for line in deltas if line["response_id"] == response_id), None)


def percentiles(delays_s: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, interpolated; empty for no delay at all."""
    if not delays_s:
        return {}
    found = np.percentile(np.asarray(delays_s) * 1000.0, [50, 95, 99])
    return {name: round(float(value), 2) for name, value in zip(("p50", "p95", "p99"), found, strict=True)}
