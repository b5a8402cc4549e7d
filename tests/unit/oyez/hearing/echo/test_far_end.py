"""What the loudspeaker plays, beside what the microphones hear."""

import numpy as np
import pytest
import soxr

from oyez.hearing.echo.far_end import SILENT_CHUNKS, FarEnd

NOISE = np.random.default_rng(3).normal(0, 3000, 48_000).astype(np.int16)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_what_is_played_comes_back_at_its_own_time_in_stereo_and_at_any_rate(rate_hz: int) -> None:
    far, sound = FarEnd(), NOISE[:rate_hz]
    for at in range(0, rate_hz - 960, 960):
        far.played(np.repeat(sound[at : at + 960, None], 2, axis=1), rate_hz, 5.0 + at / rate_hz)
    got = np.concatenate([far.take(160, 5.2 + (n + 1) * 0.01) for n in range(50)])
    wanted = soxr.resample(sound.astype(np.float64), rate_hz, 16_000)[3200 : 3200 + len(got)]
    assert np.corrcoef(got, wanted)[0, 1] > 0.9  # the resampler dulls the last eighth of the band


def test_long_silence_is_not_resampled_and_what_follows_it_is_in_its_place() -> None:
    far = FarEnd()
    for n in range(3 * SILENT_CHUNKS):
        far.played(np.zeros((960, 1), np.int16), 48_000, n * 0.02)
    begins_s = 3 * SILENT_CHUNKS * 0.02
    for n in range(20):
        far.played(NOISE[n * 960 : (n + 1) * 960, None], 48_000, begins_s + n * 0.02)
    before = np.concatenate([far.take(160, (n + 1) * 0.01) for n in range(28)])
    after = np.concatenate([far.take(160, (n + 1) * 0.01) for n in range(31, 60)])
    assert np.abs(before).max() <= 3
    assert np.abs(after.astype(int)).mean() > 500
