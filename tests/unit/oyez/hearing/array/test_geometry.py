"""Places and directions."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.config_hearing import MicrophonePlace
from oyez.hearing.array.geometry import candidates_deg, delays_s, places_m, wrapped_deg
from oyez_hw.acoustics import plane_wave_delays_s
from tests.unit.oyez.hearing.array.boards import ring, row


def test_what_comes_from_the_right_reaches_the_right_first() -> None:
    left, right = delays_s(places_m(row(2, 80.0)), 90.0)[0]
    assert left - right == pytest.approx(0.08 / 343)


@given(st.floats(-360, 360), st.integers(2, 8))
def test_the_room_and_the_ears_mean_the_same_by_a_direction(direction_deg: float, count: int) -> None:
    microphones = ring(count)
    ours = delays_s(places_m(microphones), direction_deg)[0]
    rooms = plane_wave_delays_s([(place.x_mm, place.y_mm) for place in microphones], direction_deg)
    assert np.allclose(ours - ours.min(), rooms, atol=1e-9)


@pytest.mark.parametrize(("x_mm", "y_mm", "inside_deg"), [(1, 0, 0), (0, 1, 90), (-1, 1, 20), (1, 1, 0)])
def test_a_row_knows_only_the_half_with_the_front(x_mm: float, y_mm: float, inside_deg: float) -> None:
    microphones = [MicrophonePlace(channel=n, x_mm=30 * n * x_mm, y_mm=30 * n * y_mm) for n in range(3)]
    found = candidates_deg(places_m(microphones))
    assert found[-1] - found[0] == pytest.approx(180.0)
    assert found[0] - 1e-6 <= inside_deg <= found[-1] + 1e-6
    late = delays_s(places_m(microphones), found)
    assert len(np.unique(np.round(late[:, 0], 9))) >= len(found) - 1


def test_a_ring_knows_all_around_and_one_microphone_nothing() -> None:
    assert len(candidates_deg(places_m(ring(4)))) == 72
    assert len(candidates_deg(places_m(ring(1)))) == 0
    assert len(candidates_deg(places_m(row(3, 0.0)))) == 0


@given(st.floats(-1e4, 1e4))
def test_a_wrapped_angle_is_the_same_direction(angle_deg: float) -> None:
    assert -180 <= wrapped_deg(angle_deg) <= 180
    assert np.cos(np.radians(wrapped_deg(angle_deg) - angle_deg)) == pytest.approx(1.0)
