"""The echo path learned."""

import numpy as np

from oyez.hearing.echo.kalman import KalmanFilter

RNG = np.random.default_rng(3)
FAR = RNG.normal(0, 0.05, 32_000).astype(np.float32)
PATH = (RNG.normal(0, 1, 1600) * np.exp(-np.arange(1600) / 300)).astype(np.float32) * np.float32(0.1)
ECHO = np.convolve(FAR, PATH)[: len(FAR)].astype(np.float32)


def left_of(canceller: KalmanFilter, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    return np.concatenate(
        [canceller.process(near[at : at + 160], far[at : at + 160])[0] for at in range(0, len(near), 160)]
    )


def db(before: np.ndarray, after: np.ndarray) -> float:
    return float(10 * np.log10(np.square(before).mean() / (np.square(after).mean() + 1e-12)))


def test_within_two_seconds_it_takes_out_20_db_of_a_linear_echo() -> None:
    assert db(ECHO[24_000:], left_of(KalmanFilter(), ECHO, FAR)[24_000:]) > 20


def test_a_talker_passes_untouched_while_the_filter_has_learned() -> None:
    canceller = KalmanFilter()
    left_of(canceller, ECHO, FAR)
    talker = RNG.normal(0, 0.05, 8000).astype(np.float32)
    out = left_of(canceller, ECHO[16_000:24_000] + talker, FAR[16_000:24_000])
    assert db(talker[1600:], (out - talker)[1600:]) > 8


def test_without_a_far_end_nothing_is_changed() -> None:
    assert np.array_equal(left_of(KalmanFilter(), ECHO, np.zeros_like(FAR)), ECHO)


def test_rest_forgets_what_was_played_and_keeps_what_was_learned() -> None:
    canceller = KalmanFilter()
    left_of(canceller, ECHO, FAR)
    before = canceller.weights.copy()
    canceller.rest()
    silence = np.zeros(160, np.float32)
    _, echo = canceller.process(silence, silence)
    assert not echo.any()
    assert np.array_equal(canceller.weights, before)


def test_after_a_doubt_it_follows_a_moved_path_sooner() -> None:
    moved = np.convolve(FAR, -PATH[::-1])[: len(FAR)].astype(np.float32)
    kept = []
    for doubting in (False, True):
        canceller = KalmanFilter()
        left_of(canceller, ECHO, FAR)
        if doubting:
            canceller.doubt()
        kept.append(db(moved[4000:8000], left_of(canceller, moved[:8000], FAR[:8000])[4000:]))
    assert kept[1] > kept[0] + 1


def test_when_the_far_end_comes_later_what_was_learned_moves_along() -> None:
    late = np.concatenate([np.zeros(1600, np.float32), ECHO])[: len(FAR)]
    canceller = KalmanFilter()
    left_of(canceller, late[:30_400], FAR[:30_400])
    canceller.later(8)
    out = left_of(canceller, late[30_400:], FAR[30_400 - 1280 : 32_000 - 1280])
    assert db(late[30_400:], out) > 15
