"""The echo canceller's own delay, its rest and its work."""

import numpy as np

from oyez.hearing.echo.aec3 import DELAY, EchoCanceller

NOISE = np.random.default_rng(6).normal(0, 2000, 48_000).astype(np.int16)
SILENCE = np.zeros(160, np.int16)


def through(echo: EchoCanceller, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    return np.concatenate([echo.cancel(near[at : at + 160], far[at : at + 160]) for at in range(0, len(near), 160)])


def test_at_rest_it_passes_sound_untouched_but_for_the_delay() -> None:
    out = through(EchoCanceller(), NOISE, np.zeros_like(NOISE))
    assert np.array_equal(out[DELAY:], NOISE[:-DELAY])


def test_at_work_its_delay_is_the_same_so_nothing_is_said_twice() -> None:
    far = np.zeros_like(NOISE)
    far[::160] = 5
    out = through(EchoCanceller(), NOISE, far)
    lags = [float(np.corrcoef(NOISE[16_000:40_000], out[16_000 + lag : 40_000 + lag])[0, 1]) for lag in range(256)]
    assert int(np.argmax(lags)) == DELAY


def test_an_echo_is_taken_out() -> None:
    far = (NOISE * np.repeat(np.random.default_rng(7).uniform(0.1, 2.0, 300), 160)).astype(np.int16)
    near = np.concatenate([np.zeros(320, np.int16), far[:-320]]) // 2
    out = through(EchoCanceller(), near, far)
    power = [float(np.mean(sound[24_000:].astype(np.float64) ** 2)) for sound in (near, out)]
    assert 10 * np.log10(power[0] / (power[1] + 1e-9)) > 15


def test_it_rests_again_after_the_hangover() -> None:
    echo = EchoCanceller()
    assert not echo.working
    echo.cancel(SILENCE, SILENCE + np.int16(5))
    assert echo.working
    for _ in range(150):
        echo.cancel(SILENCE, SILENCE)
    assert not echo.working


def test_it_is_unsure_until_it_has_heard_a_second_of_the_loudspeaker() -> None:
    echo, loud = EchoCanceller(), NOISE[:160]
    assert not echo.unsure
    for _ in range(99):
        echo.cancel(loud, loud)
    assert echo.unsure
    for _ in range(30):
        echo.cancel(SILENCE, SILENCE)
    assert not echo.unsure
    echo.cancel(loud, loud)
    assert not echo.unsure


def test_the_dither_of_resampled_silence_does_not_wake_it() -> None:
    echo = EchoCanceller()
    for far in np.random.default_rng(11).integers(-3, 4, (200, 160), dtype=np.int16):
        echo.cancel(SILENCE, far)
    assert not echo.working
