"""Both branches behind one class."""

import numpy as np

from oyez.hearing.echo.cancelling import DELAY, TwoBranches

RNG = np.random.default_rng(6)
SOUND = (RNG.normal(0, 2000, 64_000) * np.repeat(RNG.uniform(0.1, 2, 160), 400)).clip(-30_000, 30_000).astype(np.int16)
SILENCE = np.zeros(160, np.int16)
ECHO = np.concatenate([np.zeros(400, np.int16), SOUND[:-400]]) // 2


def through(branches: TwoBranches, near: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = [branches.cancel(near[at : at + 160], far[at : at + 160]) for at in range(0, len(near), 160)]
    return np.concatenate([each.clean for each in both]), np.concatenate([each.for_wake for each in both])


def db(before: np.ndarray, after: np.ndarray) -> float:
    powers = [float(np.square(sound, dtype=np.float64).mean()) + 1e-9 for sound in (before, after)]
    return 10 * float(np.log10(powers[0] / powers[1]))


def test_at_rest_both_pass_sound_untouched_but_for_the_delay() -> None:
    for out in through(TwoBranches(), SOUND, np.zeros_like(SOUND)):
        assert np.array_equal(out[DELAY:], SOUND[:-DELAY])


def test_at_work_both_lag_by_the_same_delay() -> None:
    far = np.zeros_like(SOUND)
    far[::160] = 5
    for out in through(TwoBranches(), SOUND, far):
        lags = [float(np.corrcoef(SOUND[16_000:40_000], out[16_000 + lag : 40_000 + lag])[0, 1]) for lag in range(256)]
        assert int(np.argmax(lags)) == DELAY


def test_an_echo_is_taken_out_of_both_and_the_gain_is_told() -> None:
    branches = TwoBranches()
    before_db = branches.erle_db
    clean, for_wake = through(branches, ECHO, SOUND)
    assert db(ECHO[32_000:], clean[32_000:]) > 15
    assert db(ECHO[32_000:], for_wake[32_000:]) > 15
    after_db = branches.erle_db
    assert before_db is None
    assert after_db is not None
    assert after_db > 10


def test_without_the_wake_branch_both_are_the_same() -> None:
    clean, for_wake = through(TwoBranches(wake_branch=False), ECHO, SOUND)
    assert np.array_equal(clean, for_wake)


def test_what_was_learned_is_a_fast_start() -> None:
    first = TwoBranches()
    through(first, ECHO, SOUND)
    learned = first.learned()
    assert learned is not None
    early = []
    for begun in (False, True):
        second = TwoBranches()
        if begun:
            assert second.begin_with(learned)
        early.append(db(ECHO[800:4000], through(second, ECHO[:4000], SOUND[:4000])[1][800:4000]))
    assert early[1] > early[0] + 5


def test_what_is_no_filter_is_refused() -> None:
    branches = TwoBranches()
    good = np.zeros((3, 40, 161), np.float32)
    assert branches.begin_with(good)
    assert not branches.begin_with(good[:, :20])
    assert not branches.begin_with(good.astype(np.float64))
    assert not branches.begin_with(good + np.float32("nan"))
    assert not branches.begin_with(good - 1)
    assert not TwoBranches(wake_branch=False).begin_with(good)


def test_nothing_is_worth_keeping_before_it_cancelled() -> None:
    branches = TwoBranches()
    assert branches.learned() is None
    through(branches, RNG.integers(-3000, 3000, 16_000).astype(np.int16), SOUND[:16_000])
    assert branches.learned() is None


def test_a_reference_that_comes_after_its_echo_is_found_out_once() -> None:
    branches = TwoBranches()
    moves = []
    for at in range(0, 60_000, 160):
        branches.cancel(SOUND[at + 1280 : at + 1440] // 2, SOUND[at : at + 160])
        moves.append(branches.misplaced())
        if moves[-1]:
            break
    assert 1280 + 16 <= moves[-1] <= 1280 + 320
    assert branches.misplaced() == 0


def test_a_path_that_is_exchanged_is_learned_anew_within_a_second_and_a_half() -> None:
    branches = TwoBranches()
    through(branches, ECHO, SOUND)
    moved = -np.concatenate([np.zeros(900, np.int16), SOUND[:-900]]) // 2
    _, out = through(branches, moved[:32_000], SOUND[:32_000])
    assert db(moved[24_000:32_000], out[24_000:]) > 12
