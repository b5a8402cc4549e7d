"""Dead microphones are found, and only they."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.array.health import Health


def told(
    spoil: dict[int, str], level: float, count: int = 4, seconds: int = 6, gains_db: tuple[float, ...] = ()
) -> dict:
    rng, health = np.random.default_rng(1), Health(count)
    shared = rng.standard_normal((16_000, 1)) * level
    for _ in range(seconds):
        sound = shared * (10 ** (np.array(gains_db) / 20) if gains_db else 1.0) + rng.standard_normal((16_000, count))
        for microphone, how in spoil.items():
            made = {"zero": sound[:, 0] * 0, "stuck": sound[:, 0] * 0 + 1234, "roars": rng.normal(0, 8000, 16_000)}
            made |= {"weak": sound[:, 0] * 0.02, "clips": np.sign(sound[:, 0]) * 32_767}
            sound[:, microphone] = made[how]
        health.hear(np.clip(sound, -32768, 32767).astype(np.int16))
    return health.faults


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("zero", "delivers no sound"),
        ("stuck", "delivers no sound"),
        ("weak", "hears next to nothing"),
        ("roars", "roars"),
        ("clips", "clips"),
    ],
)
@pytest.mark.parametrize("count", [2, 4, 8])
def test_a_broken_microphone_is_named_with_what_is_wrong(how: str, why: str, count: int) -> None:
    assert told({1: how}, 300.0, count) == {1: why}


@given(st.floats(0.0, 5000.0), st.lists(st.floats(-6, 6), min_size=4, max_size=4))
def test_microphones_of_unlike_loudness_are_not_called_broken(level: float, gains_db: list[float]) -> None:
    assert told({}, level, seconds=4, gains_db=tuple(gains_db)) == {}


def test_all_silent_together_is_a_muted_card_not_broken_microphones() -> None:
    health = Health(4)
    for _ in range(6):
        health.hear(np.zeros((16_000, 4), np.int16))
    assert health.faults == {}


def test_one_that_is_well_again_comes_back() -> None:
    rng, health = np.random.default_rng(1), Health(3)
    for second in range(20):
        sound = rng.normal(0, 300, (16_000, 3)).astype(np.int16)
        sound[:, 2] *= second >= 5
        health.hear(sound)
        if second == 8:
            assert health.faults == {2: "delivers no sound"}
    assert health.faults == {}
