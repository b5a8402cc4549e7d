"""Two judges of speech: what one alone is worth stands in docs/vad.md; here is how they work together."""

from pathlib import Path

import numpy as np
import pytest
import webrtcvad
from hypothesis import given, settings, strategies as st

from oyez.hearing.speech import AWAKE_BLOCKS, BetterJudge, SpeechJudge

DATA = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "dev"
PARTS = st.lists(st.tuples(st.sampled_from(["silence", "noise", "buzz"]), st.integers(1, 60)), max_size=6)


def blocks(sound: np.ndarray) -> list[np.ndarray]:
    return [sound[at : at + 160] for at in range(0, len(sound) - 159, 160)]


def noise(count: int, level_dbfs: float) -> np.ndarray:
    return (np.random.default_rng(5).normal(size=count * 160) * 32768 * 10 ** (level_dbfs / 20)).astype(np.int16)


def buzz(count: int) -> np.ndarray:
    """Pulses at the pitch of a voice, which rings like a vowel: the cheap judge calls it speech."""
    pulses = np.zeros(count * 160)
    pulses[::128] = 1.0
    ring = np.exp(-np.arange(300) / 60) * (np.sin(np.arange(300) * 0.27) + 0.5 * np.sin(np.arange(300) * 0.47))
    return (np.convolve(pulses, ring)[: count * 160] * 6000).astype(np.int16)


SOUNDS = {"silence": lambda count: np.zeros(count * 160, np.int16), "noise": lambda c: noise(c, -40), "buzz": buzz}


def spoken() -> np.ndarray:
    import soundfile

    clips = sorted((DATA / "negative").rglob("*.flac")) if DATA.is_dir() else []
    if not clips:
        pytest.skip("no recordings: ../shared/data/dev is not here")
    sound, _ = soundfile.read(clips[0], dtype="int16")
    return np.asarray(sound[: 16_000 * 6], np.int16)


@given(PARTS, st.integers(0, 3))
@settings(max_examples=25)
def test_the_second_judge_only_ever_takes_away(parts: list[tuple[str, int]], mode: int) -> None:
    one, two = SpeechJudge(mode, second=False), SpeechJudge(mode)
    for name, count in parts:
        for block in blocks(SOUNDS[name](count)):
            first = one.voiced(block)
            assert two.voiced(block) <= first
            assert two.suspected == first
            assert 0 <= two.probability <= 1


def test_a_steady_noise_that_the_cheap_judge_calls_speech_is_silence_soon_after() -> None:
    hum = buzz(900)
    cheap, judge = webrtcvad.Vad(1), SpeechJudge(1)
    called = [(cheap.is_speech(block.tobytes(), 16_000), judge.voiced(block)) for block in blocks(hum)]
    assert np.mean([first for first, _ in called[500:]]) > 0.9
    assert not any(second for _, second in called[500:])


def test_recorded_speech_is_heard_and_the_pause_after_it_is_not() -> None:
    sound = spoken()
    judge = SpeechJudge(1)
    for block in blocks(noise(100, -70)):
        judge.voiced(block)
    said = [judge.voiced(block) for block in blocks(sound)]
    after = [judge.voiced(block) for block in blocks(noise(200, -70))]
    assert np.mean(said) > 0.4
    assert sum(after[30:]) == 0


def test_the_better_judge_sleeps_until_asked_and_again_soon_after() -> None:
    judge = BetterJudge()
    for block in blocks(buzz(60)):
        assert not judge.agrees(block, asked=False)
        assert judge.probability == 0.0
    judge.agrees(buzz(1), asked=True)
    assert judge.probability > 0.0
    for block in blocks(noise(AWAKE_BLOCKS, -60)):
        judge.agrees(block, asked=False)
    assert judge.probability == 0.0


def test_woken_late_it_says_nearly_what_it_says_when_it_heard_all() -> None:
    sound = blocks(spoken())
    slept, waked = BetterJudge(), BetterJudge()
    for at, block in enumerate(sound[:400]):
        waked.agrees(block, asked=True)
        slept.agrees(block, asked=at >= 200)
        if at >= 250:
            assert slept.probability == pytest.approx(waked.probability, abs=0.25)


def test_a_mode_that_the_cheap_judge_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        SpeechJudge(4)
