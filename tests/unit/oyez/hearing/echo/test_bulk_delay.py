"""Where the echo lies beside its reference."""

import numpy as np
import pytest

from oyez.hearing.echo.bulk_delay import BulkDelay

RNG = np.random.default_rng(8)
SOUND = (RNG.normal(0, 0.05, 80_000) * np.repeat(RNG.uniform(0.1, 2, 200), 400)).astype(np.float32)


def places(near: np.ndarray, far: np.ndarray) -> list[int]:
    bulk = BulkDelay()
    found = [bulk.hear(near[at : at + 160], far[at : at + 160]) for at in range(0, min(len(near), len(far)) - 159, 160)]
    return [place for place in found if place is not None]


@pytest.mark.parametrize("lag", [-1280, -40, 0, 640, 2800])
def test_a_lag_of_either_sign_is_found_under_a_talker(lag: int) -> None:
    start = 4000
    near = 0.3 * SOUND[start - lag : 68_000 - lag] + RNG.normal(0, 0.02, 64_000).astype(np.float32)
    found = places(near.astype(np.float32), SOUND[start:68_000])
    assert found
    assert max(abs(place - lag) for place in found) <= 2


def test_two_strangers_have_no_lag() -> None:
    assert not places(RNG.normal(0, 0.05, 64_000).astype(np.float32), SOUND[:64_000])


def test_silence_has_no_lag() -> None:
    assert not places(np.zeros(64_000, np.float32), np.zeros(64_000, np.float32))
