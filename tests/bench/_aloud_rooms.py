"""Rooms and people for the benchmark barge_in, from the recordings of a folder."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.bench._mixing import read

Floats = npt.NDArray[np.float32]
RATE_HZ = 16_000
ECHO_S = 0.5
"""Responses are cut here: a room's answer lies under -30 dB then, but in a church."""
DIRECT_DB = 10.0
"""Direct sound over all that the room gives back, in energy, for a loudspeaker in the microphone's own case. A tenth of
a metre is 15 dB inside the critical distance of a living room, some 0.6 m; table and wall take their share."""
BELIEVED_DB = 10.0
"""A response that was estimated from a real pair is one only if it explains so much of what the microphone heard: in
the others people speak all the time."""
PART_S = 4.0
"""The part of a pair that is explained best counts: in others people speak, and over all of it clocks drift."""
HEARD = 0.005
"""RMS of a part in which the loudspeaker says enough to learn from."""
TAPS = 3200
ONSET_DB = 30.0
FLOOR_DB = 6.0


@dataclass
class Cast:
    replies: list[Floats] = field(default_factory=list)
    """People who read aloud: what the device says."""
    talkers: list[Floats] = field(default_factory=list)
    """People who say a sentence or a phrase."""
    television: list[Floats] = field(default_factory=list)
    noises: list[tuple[str, Floats]] = field(default_factory=list)
    mouths: list[Floats] = field(default_factory=list)
    """Responses from a person to the microphone."""
    echoes: list[tuple[str, Floats]] = field(default_factory=list)
    """Responses from loudspeaker to microphone, of unit energy."""


def cast(data: Path) -> Cast:
    """All that the folder has; lists stay empty where it has none."""
    with (data / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["channels"] == "1"]
    found = Cast()
    for row in rows:
        if row["kind"] == "negative_speech" and row["label"].startswith("read"):
            found.replies.append(floats(data, row))
        elif row["kind"] == "negative_keyword" or (row["kind"] == "negative_speech" and row["label"] == "command"):
            found.talkers.append(floats(data, row))
        elif row["kind"] == "negative_home":
            found.television.append(floats(data, row))
        elif row["kind"] == "noise":
            found.noises.append((row["label"], floats(data, row)))
        elif row["kind"] == "rir":
            response = floats(data, row)[: round(ECHO_S * RATE_HZ)]
            found.mouths.append(response / np.abs(response).max())
            found.echoes.append((row["label"], beside(response)))
    found.echoes += estimated(data, rows)
    return found


def floats(data: Path, row: dict[str, str]) -> Floats:
    return np.asarray(read(data / row["path"]) / 32768, np.float32)


def beside(room: Floats) -> Floats:
    """A loudspeaker beside the microphone, in this room: the direct sound after 2 ms, and what the room gives back."""
    after = room[max(0, int(np.argmax(np.abs(room))) - 5) :]
    response = np.zeros(len(after) + 40, np.float32)
    response[40:] = unit(after)
    response[32] = 10 ** (DIRECT_DB / 20)
    return unit(response)


def estimated(data: Path, rows: Iterable[dict[str, str]]) -> list[tuple[str, Floats]]:
    """Of the real pairs, where one response explains what was heard."""
    by_path = {row["path"]: row for row in rows}
    found = []
    for path, row in by_path.items():
        heard = by_path.get(path.replace("_far.", "_mic."))
        if row["kind"] != "aec_far" or heard is None or heard is row:
            continue
        explained_db, response = best_part(floats(data, row), floats(data, heard))
        if explained_db >= BELIEVED_DB:
            found.append((Path(path).stem.removesuffix("_far"), unit(response.astype(np.float32))))
    return found


def best_part(far: Floats, mic: Floats) -> tuple[float, npt.NDArray[np.float64]]:
    """How many dB of a part its own response explains, and that response, where it is most."""
    length, best = round(PART_S * RATE_HZ), (-np.inf, np.zeros(TAPS))
    for start in range(0, min(len(far), len(mic)) - length + 1, length // 2):
        played, heard = far[start : start + length], mic[start : start + length]
        if np.sqrt(np.mean(played**2)) < HEARD:
            continue
        response = wiener(played, heard)
        left = heard - np.convolve(played, response)[:length]
        explained_db = float(10 * np.log10(np.sum(heard**2) / max(np.sum(left**2), 1e-12)))
        best = max(best, (explained_db, response), key=lambda found: found[0])
    return best


def wiener(far: Floats, mic: Floats, taps: int = TAPS) -> npt.NDArray[np.float64]:
    """The response that explains most of `mic`: the normal equations, by conjugate gradients."""
    size = 1 << (len(far) + taps).bit_length()
    spectrum = np.fft.rfft(far.astype(np.float64), size)
    wanted = np.fft.irfft(np.conj(spectrum) * np.fft.rfft(mic.astype(np.float64), size), size)[:taps]
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, size)[:taps]
    correlation[0] *= 1.001
    circulant = np.fft.rfft(np.concatenate([correlation, [0.0], correlation[:0:-1]]))
    response, left = np.zeros(taps), wanted.copy()
    towards, power = left.copy(), float(left @ left)
    for _ in range(200):
        if power < 1e-12:
            break
        applied = np.fft.irfft(circulant * np.fft.rfft(towards, 2 * taps), 2 * taps)[:taps]
        share = power / float(towards @ applied)
        response, left = response + share * towards, left - share * applied
        before, power = power, float(left @ left)
        towards = left + power / before * towards
    return response


def unit(response: Floats) -> Floats:
    return np.asarray(response / np.sqrt(np.sum(response.astype(np.float64) ** 2)), np.float32)


def onset_s(clip: Floats) -> float:
    """Where speech begins in a clip: the first 10 ms within ONSET_DB of its loudest that also lie FLOOR_DB above the
    recording's own noise (its 10th percentile), and of whose next 100 ms half does so too."""
    loud = spoken(clip)
    begun = [at for at in np.flatnonzero(loud) if loud[at : at + 10].mean() >= 0.5]
    return float(begun[0] if begun else 0) / 100


def over_s(clip: Floats) -> float:
    """Where speech ends in it, alike."""
    return len(clip) / RATE_HZ - onset_s(clip[::-1])


def spoken(clip: Floats) -> npt.NDArray[np.bool_]:
    """Of each 10 ms."""
    whole = clip[: len(clip) // 160 * 160].reshape(-1, 160).astype(np.float64)
    level_db = 10 * np.log10(np.mean(whole**2, axis=1) + 1e-12)
    return np.asarray(level_db > max(level_db.max() - ONSET_DB, float(np.percentile(level_db, 10)) + FLOOR_DB))
