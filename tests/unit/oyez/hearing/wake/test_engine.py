"""The judge as a machine, and the engine on recordings."""

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.wake.engine import MicroWakeEngine, WakeJudge

DATA = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "dev"


@given(st.lists(st.floats(0.0, 1.0), max_size=300))
def test_two_wake_words_are_never_closer_than_the_refractory_time(scores: list[float]) -> None:
    judge = WakeJudge(0.9, 0.5)
    heard = [at for at, score in enumerate(scores) if judge.judge(score, at * 0.03)]
    assert all(scores[at] > 0.9 for at in heard)
    assert all((late - early) * 0.03 >= 0.5 for early, late in itertools.pairwise(heard))


def test_a_score_that_stays_high_is_one_wake_word() -> None:
    judge = WakeJudge(0.9, 0.5)
    assert [judge.judge(0.99, at * 0.03) for at in range(100)].count(True) == 1
    judge.judge(0.1, 3.1)
    assert judge.judge(0.99, 3.2)


def best_score(engine: MicroWakeEngine, sound: np.ndarray) -> float:
    return max(engine.score(sound[at : at + 160]) for at in range(0, len(sound) - 159, 160))


def recordings(kind: str, label: str, most: int) -> list[np.ndarray]:
    if not (DATA / "manifest.csv").exists():
        pytest.skip("the recordings are not beside this repository")
    soundfile = pytest.importorskip("soundfile")
    with (DATA / "manifest.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["kind"] == kind and row["label"].startswith(label)]
    return [soundfile.read(DATA / row["path"], dtype="int16")[0] for row in rows[:most]]


def test_people_saying_hey_jarvis_are_heard() -> None:
    engine = MicroWakeEngine("hey_jarvis")
    for sound in recordings("wake_positive", "hey_jarvis", 3):
        engine.reset()
        assert best_score(engine, np.concatenate([np.zeros(8000, np.int16), sound])) > engine.threshold


def test_people_reading_are_not_taken_for_it() -> None:
    engine = MicroWakeEngine("hey_jarvis")
    for sound in recordings("negative_speech", "command", 6):
        assert best_score(engine, sound) < engine.threshold


def test_after_a_reset_it_answers_as_if_new() -> None:
    noise = np.random.default_rng(3).normal(0, 1000, 16_000).astype(np.int16)
    used, fresh = MicroWakeEngine("alexa"), MicroWakeEngine("alexa")
    best_score(used, noise[::-1].copy())
    used.reset()
    blocks = [noise[at : at + 160] for at in range(0, 16_000, 160)]
    assert [used.score(block) for block in blocks] == [fresh.score(block) for block in blocks]
