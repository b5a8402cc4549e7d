"""Beams: whatever the noise, the talker in the look direction keeps level and phase."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.array.geometry import delays_s, places_m
from oyez.hearing.array.spectra import BANDS
from oyez.hearing.array.weights import LAG, TAPS, delay_and_sum, filters, gain_db, mvdr, steering
from tests.unit.oyez.hearing.array.boards import ring

directions = st.floats(-180, 180)
counts = st.sampled_from([2, 3, 4, 6, 8])


def random_field(count: int, seed: int, sources: int) -> np.ndarray:
    """Covariances of so many sources and a little noise: singular without it."""
    rng = np.random.default_rng(seed)
    heard = rng.standard_normal((BANDS, count, sources)) + 1j * rng.standard_normal((BANDS, count, sources))
    return (heard @ heard.conj().transpose(0, 2, 1)).astype(np.complex64)


@given(counts, directions, st.integers(0, 1000), st.integers(0, 3))
def test_the_response_in_the_look_direction_is_one_whatever_the_noise(
    count: int, direction_deg: float, seed: int, sources: int
) -> None:
    late = delays_s(places_m(ring(count)), direction_deg)[0]
    for weights in (mvdr(late, random_field(count, seed, sources)), delay_and_sum(late)):
        response = np.sum(weights.conj() * steering(late), axis=1)
        assert np.allclose(response, 1.0, atol=1e-6)


@given(counts, directions, st.integers(0, 1000))
def test_noise_from_the_talkers_own_direction_does_not_cancel_the_talker(
    count: int, direction_deg: float, seed: int
) -> None:
    """The field holds the talker alone, heard from 10 degrees beside where the beam looks, by unlike microphones."""
    places = places_m(ring(count))
    gains = 10 ** (np.random.default_rng(seed).normal(0, 1.0, count) / 20)
    heard = steering(delays_s(places, direction_deg + 10)[0]) * gains
    field = (heard[:, :, None] * heard[:, None, :].conj()).astype(np.complex64)
    weights = mvdr(delays_s(places, direction_deg)[0], field)
    kept_db = 20 * np.log10(np.abs(np.sum(weights.conj() * heard, axis=1))[2:48].mean())
    assert kept_db > -4.0


def test_mvdr_never_lets_more_noise_through_than_the_sum_but_for_its_loading() -> None:
    late = delays_s(places_m(ring(4)), 40.0)[0]
    for seed in range(20):
        field = random_field(4, seed, 2)
        assert gain_db(mvdr(late, field), field) > gain_db(delay_and_sum(late), field) - 0.1


@pytest.mark.parametrize("count", [2, 4, 8])
def test_as_filters_over_time_the_talker_comes_out_whole_and_lag_samples_late(count: int) -> None:
    late = delays_s(places_m(ring(count)), 75.0)[0]
    other = steering(delays_s(places_m(ring(count)), -60.0)[0])
    field = (other[:, :, None] * other[:, None, :].conj() + 0.05 * np.eye(count)).astype(np.complex64)
    taps = filters(mvdr(late, field), np.ones(count))
    hz = np.linspace(200, 7000, 500)
    omega = 2 * np.pi * hz / 16_000
    through = np.exp(-1j * omega[:, None] * np.arange(TAPS)) @ taps.T
    response = np.sum(through * np.exp(-1j * 2 * np.pi * hz[:, None] * late), axis=1) * np.exp(1j * omega * LAG)
    assert np.abs(20 * np.log10(np.abs(response))).max() < 1.5
    assert np.abs(np.angle(response)).max() < 0.2


@given(st.lists(st.floats(0.3, 3.0), min_size=4, max_size=4))
def test_unlike_microphones_are_evened_out(gains: list[float]) -> None:
    late = np.zeros(4)
    taps = filters(delay_and_sum(late), 1 / np.array(gains))
    assert (taps * np.array(gains)[:, None]).sum(axis=0)[LAG] == pytest.approx(1.0, abs=1e-3)
