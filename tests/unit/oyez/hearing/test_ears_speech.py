"""The ears on speech, with the real wake word: one breath arrives whole, our own voice does not interrupt us."""

import numpy as np
import pytest
import soxr

from oyez.config import Hearing
from oyez.events import Event, SpeechStarted, SpeechStopped, SpeechSuspected, WakeHeard
from oyez.hearing.resampling import Resampler
from tests.doubles.speech import say
from tests.unit.oyez.hearing.rig import Rig, SilentEngine


def spoken(text: str, level: float = 0.5) -> np.ndarray:
    """int16 at 16 kHz, without silence at its ends."""
    sound, rate_hz = say(text)
    sound = soxr.resample(sound.astype(np.float32), rate_hz, 16_000) * level
    loud = np.flatnonzero(np.abs(sound) > 300)
    return sound[loud[0] : loud[-1]].astype(np.int16)


def room(*sounds: np.ndarray) -> np.ndarray:
    """One after another over a little noise."""
    joined = np.concatenate(sounds).astype(np.float64)
    return (joined + np.random.default_rng(9).normal(0, 8, len(joined))).astype(np.int16)


def pause(ms: int) -> np.ndarray:
    return np.zeros(ms * 16, np.int16)


@pytest.mark.parametrize("gap_ms", [60, 150, 400])
@pytest.mark.parametrize("echo_cancellation", [False, True])
async def test_a_request_in_one_breath_arrives_whole(gap_ms: int, echo_cancellation: bool) -> None:
    pytest.importorskip("hibari")
    wake, request = spoken("Hey Jarvis."), spoken("Turn on the kitchen light.")
    sound = room(pause(1000), wake, pause(gap_ms), request, pause(800))
    onset = 16_000 + len(wake) + gap_ms * 16
    rig = Rig(Hearing(echo_cancellation=echo_cancellation))

    def open_tap(event: Event) -> None:
        if isinstance(event, WakeHeard):
            rig.ears.open_tap(event.phrase_end_s, rig.sent.append)

    rig.on_event = open_tap
    await rig.hear(sound)
    [heard] = rig.events(WakeHeard)
    assert isinstance(heard, WakeHeard)
    assert heard.word == "hey_jarvis"
    assert heard.phrase_end_s * 16_000 <= onset
    assert heard.phrase_end_s * 16_000 >= onset - gap_ms * 16 - 400 * 16
    begin = round(heard.phrase_end_s * 16_000)
    truth = Resampler(16_000, 24_000, "MQ").feed(sound[begin:]).astype(np.float64)
    got = rig.sound().astype(np.float64)
    word = slice(round((onset - begin) * 1.5), round((onset - begin) * 1.5) + 7200)
    assert np.corrcoef(got[word], truth[word])[0, 1] > 0.999
    spoken_until = round((onset + len(request) - begin) * 1.5)
    assert len(got) >= spoken_until
    assert np.corrcoef(got[:spoken_until], truth[:spoken_until])[0, 1] > 0.999


async def test_the_gate_tells_the_beginning_and_end_of_a_request() -> None:
    pytest.importorskip("hibari")
    request = spoken("Turn on the kitchen light.")
    rig = Rig(Hearing(), SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    await rig.hear(room(pause(500), request, pause(1500)))
    [(began_s, began), (ended_s, ended)] = rig.told
    assert (began, ended) == (SpeechStarted("gate"), SpeechStopped("gate"))
    assert 0.5 < began_s < 0.9
    assert 0.4 < ended_s - (0.5 + len(request) / 16_000) < 1.0


async def test_nobody_is_told_of_speech_that_nobody_listens_to() -> None:
    pytest.importorskip("hibari")
    rig = Rig(Hearing(), SilentEngine())
    await rig.hear(room(pause(500), spoken("Turn on the kitchen light."), pause(1500)))
    assert rig.told == []


async def own_voice(cancellation: bool, over_it: np.ndarray | None = None) -> Rig:
    """The device says a wake word and more; its microphone hears it 15 ms late, reverberant, at a half.

    over_it: what somebody says from 3 s on. The ears have heard a second of the room before.
    """
    reply = np.concatenate([spoken("Hey Jarvis. The kitchen light is on, and there are three timers left.", 0.7)] * 2)
    reply = np.concatenate([pause(500), reply, pause(500)])
    tail = np.random.default_rng(10).normal(0, 0.02, 1200) * np.exp(-np.arange(1200) / 300)
    tail[0] = 0.5
    heard = np.concatenate([pause(15), np.convolve(reply, tail)[: len(reply)]])[: len(reply)]
    if over_it is not None:
        heard[48_000 : 48_000 + len(over_it)] += over_it
    rig = Rig(Hearing(echo_cancellation=cancellation))
    await rig.hear(room(pause(1000)))
    rig.told.clear()
    begins_s = rig.now_s
    rig.ears.replying(True)
    stereo = np.repeat(reply.astype(np.int16).reshape(-1, 1), 2, axis=1)
    rig.before_frame = lambda at: rig.ears.played(stereo[at : at + 320], 16_000, begins_s + at / 16_000)
    await rig.hear(room(np.clip(heard, -32_000, 32_000)))
    return rig


async def test_the_own_voice_neither_interrupts_nor_wakes() -> None:
    pytest.importorskip("hibari")
    assert (await own_voice(True)).told == []
    without = await own_voice(False)
    assert without.events(WakeHeard), "it is loud enough to wake a device that does not cancel it"
    assert not without.events(SpeechStarted), "which therefore is interrupted by words alone"


async def test_somebody_else_does_interrupt() -> None:
    pytest.importorskip("hibari")
    rig = await own_voice(True, spoken("Stop it please, that is enough for today.", 1.0)[::-1].copy())
    (suspected_s, suspected), (started_s, started) = rig.told[:2]
    assert (suspected, started) == (SpeechSuspected(), SpeechStarted("gate"))
    assert 4.0 < suspected_s < started_s < 5.5


async def replied_over(over_it: np.ndarray, *, at_s: float) -> Rig:
    """A tap is open; the device speaks from 0 s until somebody interrupts it, or to the end."""
    rig = Rig(Hearing(), SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    rig.ears.replying(True)
    rig.on_event = lambda event: rig.ears.replying(False) if isinstance(event, SpeechStarted) else None
    before = pause(round(at_s * 1000))
    await rig.hear(room(before, over_it, pause(500)))
    return rig


async def test_while_the_device_speaks_the_service_gets_silence_in_real_time() -> None:
    """It can neither hear the device nor starve: its clock is the sound that it gets."""
    rig = Rig(Hearing(echo_cancellation=False), SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    rig.ears.replying(True)
    hum = (3000 * np.sin(2 * np.pi * 200 * np.arange(32_000) / 16_000)).astype(np.int16)
    await rig.hear(hum)
    assert len(rig.sound()) >= 0.95 * 2 * 24_000
    assert np.abs(rig.sound()).max() <= 3


async def test_of_who_began_before_the_device_spoke_the_service_gets_what_was_held_as_soon_as_it_says_so() -> None:
    """Without the gate, which asks for more speech over a reply than there was yet: no word is lost."""
    sound = np.random.default_rng(5).normal(0, 2000, 16_000 * 2).astype(np.int16)
    rig = Rig(Hearing(echo_cancellation=False), SilentEngine())
    rig.ears.open_tap(0.0, rig.sent.append)
    turns = {16_000: lambda: rig.ears.replying(True), 19_200: lambda: rig.ears.replying(False, spoken_over=True)}
    rig.before_frame = lambda at: turns.get(at, lambda: None)()
    await rig.hear(sound)
    sent = soxr.resample(rig.sound().astype(np.float32), 24_000, 16_000)
    held, after = sound[16_000:19_200].astype(np.float32), sound[19_200:22_400].astype(np.float32)
    for part, begins in ((held, 19_200), (after, 22_400)):
        found = sent[begins : begins + 3200]
        assert np.corrcoef(found, part)[0, 1] > 0.8, "in its place: behind the silence, and nothing missing"


async def test_what_interrupts_the_device_reaches_the_service_from_its_first_word() -> None:
    pytest.importorskip("hibari")
    words = spoken("Stop it please, that is enough for today.", 1.0)
    rig = await replied_over(words, at_s=2.0)
    assert rig.events(SpeechStarted)
    sent = soxr.resample(rig.sound().astype(np.float32), 24_000, 16_000)

    first_word = words[np.flatnonzero(np.abs(words) > 0.1 * np.abs(words).max())[0] :][:4800]

    match = np.correlate(sent, first_word.astype(np.float32), "valid")
    found = sent[int(np.argmax(match)) :][: len(first_word)]
    likeness = float(np.corrcoef(found, first_word)[0, 1])
    assert likeness > 0.9, likeness
