"""Wake words of people, played through the mouth and heard by the board's own microphones, at distances and in noise.

The daemon's own models judge what was heard. Distance is loudness alone: a mouth that stands at 1 m speaks as quietly
as somebody at 4 m sounds; the room's echo of 4 m is heard only where the mouth stands there (mouth.distance_m).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from oyez_hw.pcm import Samples
from tests.bench._mixing import RATE_HZ, clean, draws, noisy, read
from tests.bench._wake_trials import Folder
from tests.hardware.bench import Bench
from tests.hardware.offline import wakes
from tests.hardware.options import wish_of
from tests.hardware.report.collecting import Figures

WORD = "alexa"
"""The word of which there are most recordings of people."""
FEW, MANY = 4, 40
CONDITIONS: dict[str, tuple[float, float | None]] = {
    "1 m": (1.0, None),
    "2 m": (2.0, None),
    "4 m": (4.0, None),
    "1 m, noise 10 dB": (1.0, 10.0),
    "4 m, noise 10 dB": (4.0, 10.0),
}
"""(as far as somebody in metres, signal over noise in dB)"""
SHORT = ("1 m", "4 m", "1 m, noise 10 dB")
LEAST_PERCENT = {FEW: 75.0, MANY: 90.0}
"""Of a person who speaks up at 1 m in a quiet room."""


@pytest.fixture(scope="module")
def folder(pytestconfig: pytest.Config) -> Folder:
    data: Path = wish_of(pytestconfig).data
    if not (data / "manifest.csv").exists():
        pytest.skip(f"no recordings: {data}/manifest.csv is not there; name a folder with --data")
    return Folder(data)


@pytest.mark.long_on_virtual
@pytest.mark.timeout(300)
def test_a_few_wake_words_are_heard(measured_bench: Bench, folder: Folder, figures: Figures) -> None:
    heard_at(measured_bench, folder, figures, FEW, SHORT)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_wake_words_are_heard_at_distances_and_in_noise(
    measured_bench: Bench, folder: Folder, figures: Figures
) -> None:
    if measured_bench.name == "virtual":
        pytest.skip("virtual hears what the simulated Room hears, and in real time: a few are enough")
    heard_at(measured_bench, folder, figures, MANY, tuple(CONDITIONS))


def heard_at(bench: Bench, folder: Folder, figures: Figures, count: int, conditions: tuple[str, ...]) -> None:
    rate_hz = bench.microphone.open().rate_hz
    share = {}
    for name in conditions:
        distance_m, snr_db = CONDITIONS[name]
        heard = []
        for scene in scenes(folder, count, snr_db):
            bench.mouth(scene, RATE_HZ, bench.speech_dbfs(distance_m))
            heard.append(wakes(bench.hear(len(scene) / RATE_HZ + 0.5), rate_hz, WORD) > 0)
        share[name] = 100 * float(np.mean(heard))
        figures.note(
            f"wake.heard[{name}, n={len(heard)}]", share[name], "%", better="higher", tolerance=150 / len(heard)
        )
    assert share["1 m"] >= LEAST_PERCENT[count], share


def scenes(folder: Folder, count: int, snr_db: float | None) -> Iterator[Samples]:
    """Evenly drawn from the people, each with what lies around it."""
    paths = sorted(row["path"] for row in folder.rows if (row["kind"], row["label"]) == ("wake_positive", WORD))
    if not paths or (snr_db is not None and not folder.noises):
        pytest.skip(f"{folder.data} has no {'noise' if paths else WORD}")
    for path in paths[:: max(1, len(paths) // count)][:count]:
        sound, dice = read(folder.data / path), draws(path, 0)
        yield clean(sound, dice) if snr_db is None else noisy(sound, snr_db, folder.noises, dice)
