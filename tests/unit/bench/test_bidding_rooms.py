from itertools import pairwise

import numpy as np
import pytest

from tests.bench._bidding_rooms import NEAREST, RATE_HZ, SPEED_M_S, STEP, drawn, response


@pytest.mark.parametrize("devices", [2, 3, 8])
def test_devices_are_at_different_distances_the_nearest_first_and_inside_the_room(devices: int) -> None:
    for seed in range(5):
        layout = drawn(devices, np.random.default_rng(seed))
        away = layout.distances_m
        ratios = [far / near for near, far in pairwise(away)]
        assert ratios[0] >= NEAREST[0]
        assert all(ratio >= STEP for ratio in ratios)
        assert all((place > 0).all() and (place < layout.size_m).all() for place in layout.devices_m)


def test_the_direct_sound_comes_first_when_it_must_and_as_loud_as_the_distance_says() -> None:
    layout = drawn(2, np.random.default_rng(3))
    for place, away in zip(layout.devices_m, layout.distances_m, strict=True):
        way = response(layout, place)
        first = int(np.flatnonzero(way)[0])
        assert first == round(away / SPEED_M_S * RATE_HZ)
        assert way[first] == pytest.approx(1 / away, rel=0.01)
