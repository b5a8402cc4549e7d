"""The ears from frames to facts and bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest
from hypothesis import example, given, strategies as st

from oyez.config import Hearing
from oyez.errors import ConfigError
from oyez.events import SpeechStarted, WakeHeard
from oyez.hearing.ears import Ears
from oyez.hearing.resampling import Resampler
from oyez.hearing.scoring import MOST_WAITING
from oyez_hw.pcm import Frame
from tests.unit.oyez.hearing.rig import Rig, SilentEngine

PLAIN = Hearing(echo_cancellation=False, idle_gating=False)
NOISE = np.random.default_rng(8).normal(0, 2000, 16_000 * 4).astype(np.int16)


@given(
    sizes=st.lists(st.integers(1, 1200), min_size=2, max_size=40),
    opens_at=st.integers(0, 39),
    since_ms=st.integers(0, 2500),
)
@example(sizes=[1, 639], opens_at=1, since_ms=0)
def test_between_pre_roll_and_live_nothing_is_lost_or_repeated(sizes: list[int], opens_at: int, since_ms: int) -> None:
    """What leaves is the resampled sound from `since` on, in one piece, whenever the tap opens."""
    rig = Rig(PLAIN, SilentEngine())
    opens_at %= len(sizes)
    frames_begun = 0
    since_block = 0

    def open_tap(at: int) -> None:
        nonlocal frames_begun, since_block
        if frames_begun == opens_at:
            since_s = max(0.0, rig.now_s - since_ms / 1000)
            rig.ears.open_tap(since_s, rig.sent.append)
            since_block = round(since_s * 16_000)
        frames_begun += 1

    rig.before_frame = open_tap
    sound = NOISE[: sum(sizes)]
    asyncio.run(rig.hear(sound, sizes))
    blocks_end = len(sound) - len(sound) % 160
    opened = sum(sizes[:opens_at])
    oldest = max(0, opened - opened % 160 - 32_000 - 160)
    got = rig.sound()
    begins = min(since_block, opened - opened % 160)  # a block that is being filled leaves whole
    candidates = [begins] if begins >= oldest else range(oldest, oldest + 400)
    expected = [Resampler(16_000, 24_000, "MQ").feed(sound[begin:blocks_end]) for begin in candidates]
    assert any(len(e) - 480 < len(got) <= len(e) and _same(got, e[: len(got)]) for e in expected)
    assert all(len(piece) == 960 for piece in rig.sent)
    assert rig.ears.counters.tap_bytes == sum(map(len, rig.sent))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.all(np.abs(one.astype(np.int32) - other) <= 3))


async def test_before_the_tap_is_opened_and_after_it_is_closed_not_a_byte_leaves() -> None:
    rig = Rig(PLAIN, SilentEngine())
    await rig.hear(NOISE)
    assert rig.ears.counters.frames_heard == 200
    assert rig.ears.counters.tap_bytes == 0
    rig.ears.open_tap(rig.now_s - 0.1, rig.sent.append)
    assert rig.ears.tap_open
    assert rig.ears.counters.tap_bytes > 0
    rig.ears.close_tap()
    sent = len(rig.sent)
    await rig.hear(NOISE)
    assert len(rig.sent) == sent
    assert not rig.ears.tap_open


async def test_who_waits_for_a_moment_of_sound_goes_on_when_all_that_was_captured_until_then_is_out() -> None:
    """The turn of a talk button ends at its release, and the last syllable is in the ears then."""
    rig = Rig(PLAIN, SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    await rig.hear(NOISE[:16_000])
    await rig.ears.let_out_until(0.9)
    waiting = asyncio.create_task(rig.ears.let_out_until(1.0))
    await asyncio.sleep(0)
    assert not waiting.done(), "the end of it is still in the resampler"
    await rig.hear(NOISE[16_000:17_600])
    await waiting
    assert len(rig.sound()) >= 24_000


@pytest.mark.parametrize("ends", [lambda ears: ears.close_tap(), lambda ears: ears.deaf(True)], ids=["closed", "muted"])
async def test_nobody_waits_for_sound_that_will_not_come(ends: Callable[[Ears], None]) -> None:
    rig = Rig(PLAIN, SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    waiting = asyncio.create_task(rig.ears.let_out_until(1.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    ends(rig.ears)
    await waiting


async def test_mute_closes_the_tap_forgets_what_was_kept_and_scores_nothing() -> None:
    engine = SilentEngine()
    rig = Rig(PLAIN, engine)
    rig.ears.open_tap(0.0, rig.sent.append)
    await rig.hear(NOISE)
    rig.ears.deaf(True)
    sent, scored, resets = len(rig.sent), engine.blocks, engine.resets
    assert scored
    await rig.hear(NOISE)
    rig.ears.open_tap(0.0, rig.sent.append)
    assert not rig.ears.tap_open
    rig.ears.deaf(False)
    await rig.ears.settled()
    rig.ears.open_tap(0.0, rig.sent.append)
    assert (len(rig.sent), engine.blocks, engine.resets) == (sent, scored, resets + 1)
    assert rig.ears.last_heard_s == rig.now_s


@pytest.mark.parametrize("muted", [False, True])
async def test_a_wake_word_from_before_a_mute_is_not_told_after_it(muted: bool) -> None:
    engine = SilentEngine()
    engine.fires_at_block = 1
    rig = Rig(PLAIN, engine)

    async def one_frame() -> AsyncIterator[Frame]:
        yield Frame(NOISE[:960].reshape(-1, 1), 16_000, 0.06)
        if muted:  # the loop has not run since: the score is not told yet
            rig.ears.deaf(True)

    await rig.ears.run(one_frame())
    assert len(rig.events(WakeHeard)) == (0 if muted else 1)


async def test_when_the_worker_is_behind_scoring_is_skipped_and_counted_but_the_tap_flows() -> None:
    engine = SilentEngine()
    rig = Rig(PLAIN, engine)
    rig.ears.open_tap(0.0, rig.sent.append)

    async def all_at_once() -> AsyncIterator[Frame]:
        for at in range(0, 16_000, 320):
            yield Frame(NOISE[at : at + 320].reshape(-1, 1), 16_000, (at + 320) / 16_000)

    await rig.ears.run(all_at_once())
    counters = rig.ears.counters
    assert counters.frames_heard == 50
    assert counters.frames_scored == MOST_WAITING
    assert counters.scoring_skipped == 50 - MOST_WAITING
    assert engine.blocks == 2 * MOST_WAITING
    assert counters.tap_bytes >= 24_000 * 2 * 0.95


async def test_a_failing_engine_ends_the_ears_with_its_error() -> None:
    engine = SilentEngine()
    rig = Rig(PLAIN, engine)
    engine.error = RuntimeError("the model is broken")
    with pytest.raises(RuntimeError, match="the model is broken"):
        await rig.hear(NOISE)


async def test_a_microphone_that_the_card_does_not_have_is_the_operators_mistake() -> None:
    rig = Rig(Hearing(channel=4), SilentEngine())
    with pytest.raises(ConfigError, match=r"hearing\.channel: microphone 4 .* only 2"):
        await rig.hear(np.zeros((3200, 2), np.int16))


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (48_000, 2), (44_100, 6)])
async def test_any_card_gives_the_tap_the_same_tone(rate_hz: int, channels: int) -> None:
    rig = Rig(PLAIN, SilentEngine(), rate_hz=rate_hz)
    rig.ears.open_tap(0.0, rig.sent.append)
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)).astype(np.int16)
    await rig.hear(np.repeat(tone.reshape(-1, 1), channels, axis=1))
    sound = rig.sound()[4800:19_200].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(sound))
    assert int(np.argmax(spectrum)) * 24_000 / len(sound) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(8000 / np.sqrt(2), rel=0.02)


async def test_noise_is_no_speech() -> None:
    rig = Rig(PLAIN, SilentEngine())
    await rig.hear((NOISE * 0.05).astype(np.int16))
    assert rig.events(SpeechStarted) == []


async def late(rig: Rig, from_s: float, to_s: float, late_s: float) -> np.ndarray:
    """Hears noise of that span, frame by frame, each `late_s` after it was captured; what left through the tap."""
    sent = len(rig.sent)

    async def frames() -> AsyncIterator[Frame]:
        for at in range(round(from_s * 16_000), round(to_s * 16_000), 320):
            rig.now_s = (at + 320) / 16_000 + late_s
            yield Frame(NOISE[at : at + 320].reshape(-1, 1), 16_000, (at + 320) / 16_000)
            await rig.ears.settled()

    await rig.ears.run(frames())
    return np.frombuffer(b"".join(rig.sent[sent:]), "<i2")


@pytest.mark.parametrize(("echo_cancellation", "tail_s"), [(True, 0.0), (False, 0.3)])
async def test_what_was_captured_while_the_reply_sounded_is_held_when_it_comes_after_its_end(
    echo_cancellation: bool, tail_s: float
) -> None:
    rig = Rig(Hearing(echo_cancellation=echo_cancellation, barge_in="off"), SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    rig.ears.replying(True)
    await late(rig, 0.0, 1.0, late_s=0.2)
    rig.ears.replying(False)  # at 1.2 s: the frames of the last 0.2 s are still on their way
    assert np.abs(await late(rig, 1.0, 1.18 + tail_s, late_s=0.2)).max() <= 3
    assert np.abs((await late(rig, 1.26 + tail_s, 1.6 + tail_s, late_s=0.2))[-4800:]).max() > 1000


async def test_without_a_canceller_the_service_does_not_hear_our_chime() -> None:
    rig = Rig(PLAIN, SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    rig.ears.played(np.full((9600, 2), 500, np.int16), 48_000, 1.0)
    rig.ears.played(np.zeros((9600, 2), np.int16), 48_000, 1.2)
    assert np.abs((await late(rig, 0.0, 0.98, late_s=0.05))[-4800:]).max() > 1000
    assert np.abs((await late(rig, 1.0, 1.34, late_s=0.05))[1440:]).max() <= 3
    assert np.abs((await late(rig, 1.36, 1.8, late_s=0.05))[-4800:]).max() > 1000
