"""Which channel is a microphone, which one is dead, inverted, weak or a loop-back, found from a sweep."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez_hw.measuring.channel_check import Channel, channels_in, polarity
from oyez_hw.measuring.chirp import Chirp
from oyez_hw.measuring.impulse_response import Responses, figures_of, responses
from oyez_hw.measuring.loop_back import arrivals_in, measured
from tests.unit.oyez_hw.measuring.takes import Truth, chirps, room, take

SWEEP = Chirp(0.5)
LEVEL_DBFS = -20.0
"""takes.take() lets a chirp arrive with a tenth of full scale."""


def responses_to(truth: Truth) -> Responses:
    heard, played = take(truth, SWEEP), chirps(truth, SWEEP)
    arrivals = arrivals_in(heard, played)
    return responses(heard, played, arrivals, measured(heard, played, arrivals).path_ms / 1000, LEVEL_DBFS)


def channels_of(truth: Truth) -> list[Channel]:
    return channels_in(take(truth, SWEEP), responses_to(truth))


@settings(max_examples=25, deadline=None)
@given(
    gains_db=st.lists(st.floats(-9, 9), min_size=2, max_size=6),
    later_us=st.lists(st.floats(0, 250), min_size=6, max_size=6),
    inverted=st.integers(0, 5),
    in_room=st.booleans(),
    drift_ppm=st.floats(-200, 200),
    seed=st.integers(0, 1_000),
)
def test_gains_distances_and_the_inverted_one_are_found(
    gains_db: list[float], later_us: list[float], inverted: int, in_room: bool, drift_ppm: float, seed: int
) -> None:
    count = len(gains_db)
    turned = inverted if count > 2 and inverted < count else None
    gains = tuple((-1 if one == turned else 1) * 10 ** (db / 20) for one, db in enumerate(gains_db))
    late = tuple(one / 1e6 for one in later_us[:count])
    truth = Truth(0.04, drift_ppm, 30, seconds=6, response=room(seed) if in_room else None, gains=gains, later_s=late)
    found = channels_of(truth)
    assert [one.kind for one in found] == ["microphone"] * count
    assert [one.inverted for one in found] == [one == turned for one in range(count)]
    wanted = np.array(gains_db) - np.median(gains_db)
    assert [one.beside_others_db for one in found] == pytest.approx(list(wanted), abs=1.0)
    earliest = min(later_us[:count])
    assert [one.later_us for one in found] == pytest.approx([one - earliest for one in later_us[:count]], abs=10)


def test_a_deaf_a_silent_and_a_loop_back_channel_are_told_apart() -> None:
    truth = Truth(
        gains=(1.0, 0.0, 1.0, 3.0, 0.9),
        later_s=(0.0, 0.0, 0.0001, -0.004, 0.0002),
        dry=(3,),
        response=room(4),
        snr_db=30,
        seconds=6,
    )
    heard = take(truth, SWEEP)
    heard.heard[:, 4] = 17
    arrivals = arrivals_in(heard, chirps(truth, SWEEP))
    path_s = measured(heard, chirps(truth, SWEEP), arrivals).path_ms / 1000
    found = channels_in(heard, responses(heard, chirps(truth, SWEEP), arrivals, path_s, LEVEL_DBFS))
    assert [one.kind for one in found] == ["microphone", "deaf", "microphone", "loop_back", "silent"]
    assert found[1].gain_db is None
    assert found[3].later_us is None
    assert found[4].noise_dbfs == -115.0


def test_noise_and_offset_are_those_of_the_silence_before() -> None:
    truth = Truth(snr_db=40, seconds=5, gains=(1.0, 1.0))
    heard = take(truth, SWEEP)
    heard.heard[:, 1] += 3_277
    arrivals = arrivals_in(heard, chirps(truth, SWEEP), among=[0])
    path_s = measured(heard, chirps(truth, SWEEP), arrivals).path_ms / 1000
    plain, offset = channels_in(heard, responses(heard, chirps(truth, SWEEP), arrivals, path_s, LEVEL_DBFS))
    power_db = 10 * np.log10(np.square(0.1 * SWEEP.sampled(16_000)).mean())
    assert plain.noise_dbfs == pytest.approx(power_db - 40, abs=0.5)
    assert offset.noise_dbfs == pytest.approx(plain.noise_dbfs, abs=0.5)
    assert (plain.offset, offset.offset) == (pytest.approx(0, abs=1e-3), pytest.approx(0.1, abs=1e-3))
    assert offset.kind == "microphone"


def test_a_loud_channel_is_said_to_clip() -> None:
    found = channels_of(Truth(seconds=5, gains=(1.0, 12.0)))
    assert [one.clipped for one in found] == [False, True]


def test_of_two_against_two_nobody_says_who_is_wrong() -> None:
    assert polarity({0: 1, 1: -1, 2: -1, 3: 1}).undecided
    assert polarity({0: 1, 1: -1}).undecided
    assert polarity({0: 1, 1: -1, 2: 1}).inverted == (1,)
    assert polarity({0: -1, 1: -1, 2: 1}).inverted == (2,)
    assert polarity({0: 1, 1: 1}) == polarity({3: 1})
    assert not polarity({}).undecided


def test_a_response_tells_arrival_gain_and_length() -> None:
    """A tail that falls by 60 dB in 200 ms has lost 30 dB of its energy half way."""
    rate_hz = 16_000
    rng = np.random.default_rng(2)
    tail = rng.standard_normal(rate_hz // 5) * 10 ** (-3 * np.arange(rate_hz // 5) / (rate_hz // 5)) * 0.2
    tail[0] = 1.0
    found = responses_to(Truth(0.05, snr_db=50, seconds=6, response=tail))
    figures = figures_of(found, 0)
    assert figures.arrival_s == pytest.approx(0.05, abs=5e-4)
    within_band = (SWEEP.high_hz - SWEEP.low_hz) / (rate_hz / 2)
    assert figures.gain_db == pytest.approx(10 * np.log10(np.square(tail).sum()), abs=1.5)
    assert within_band == pytest.approx(0.88, abs=0.01)
    assert figures.length_s == pytest.approx(0.09, abs=0.03)


def test_distortion_is_what_a_bent_loudspeaker_adds() -> None:
    """x + 0.1 x^2 of a chirp with peak 0.1 x 1: its second harmonic has 0.05 of the amplitude."""
    truth = Truth(0.05, snr_db=60, seconds=6)
    heard, played = take(truth, SWEEP), chirps(truth, SWEEP)
    share = heard.heard / 3_277.0
    bent = type(heard)(**{**_fields(heard), "heard": np.rint((share + 0.1 * share**2) * 3_277).astype(np.int16)})
    for one, expected_db, within in ((heard, -90, 40), (bent, -26, 3)):
        arrivals = arrivals_in(one, played)
        found = responses(one, played, arrivals, 0.05, LEVEL_DBFS)
        assert 10 * np.log10(found.distortion[0] + 1e-12) == pytest.approx(expected_db, abs=within)


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}  # type: ignore[attr-defined]
