"""The input buffer: positions in ms of all audio written, and turns cut out of real speech."""

import numpy as np
import pytest

from oyez_local.listening import Listening, SpeechBegan, SpeechEnded
from oyez_local.orders import Refusal
from oyez_local.turns import TurnRules
from oyez_realtime import g711
from oyez_realtime.messages import AudioPcm, AudioPcma, AudioPcmu
from tests.doubles.speech import say, silence

MANUAL = None


def listening(rules: TurnRules | None = MANUAL) -> Listening:
    buffer = Listening()
    buffer.configure(AudioPcm(), rules)
    return buffer


def test_a_spoken_turn_is_cut_out_with_its_padding() -> None:
    """Real speech between silences: one turn, found where it stands, its audio as long as its positions say."""
    speech, rate_hz = say("Turn on the kitchen light.")
    loud = np.flatnonzero(np.abs(speech) > 300)
    speech = speech[loud[0] : loud[-1]]
    sound = np.concatenate([silence(1.0), speech, silence(1.0)])
    buffer = listening(TurnRules(prefix_padding_ms=300, silence_ms=400))
    changes = [change for i in range(0, len(sound), 960) for change in buffer.append(sound[i : i + 960].tobytes())]
    began, ended = changes
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert 650 <= began.start_ms <= 950
    assert abs(ended.end_ms - (1000 + len(speech) * 1000 / rate_hz + 400)) < 250
    assert len(ended.pcm) // 2 == pytest.approx((ended.end_ms - began.start_ms) * rate_hz / 1000, abs=1)


def test_one_append_or_many_find_the_same_turn() -> None:
    """The client's chunk size changes nothing about where a turn is."""
    sound = np.concatenate([silence(0.5), say("Hello there.")[0], silence(0.8)])
    whole = listening(TurnRules()).append(sound.tobytes())
    pieces = listening(TurnRules())
    chunked = [change for i in range(0, len(sound), 777) for change in pieces.append(sound[i : i + 777].tobytes())]
    assert whole == chunked


def test_commit_needs_a_tenth_of_a_second() -> None:
    """99 ms are refused and kept; 100 ms are committed."""
    buffer = listening()
    buffer.append(bytes(48 * 99))
    with pytest.raises(Refusal, match=r"99\.00ms") as refused:
        buffer.commit()
    assert refused.value.code == "input_audio_buffer_commit_empty"
    buffer.append(bytes(48))
    assert len(buffer.commit()) == 4800


def test_positions_go_on_after_commit_and_clear() -> None:
    """Milliseconds count all audio ever written, not what the buffer holds."""
    buffer = listening()
    buffer.append(bytes(48 * 200))
    buffer.commit()
    buffer.append(bytes(48 * 100))
    buffer.clear()
    assert buffer.written_ms == 300


def test_half_a_sample_waits_for_its_other_half() -> None:
    """Chunks of odd length lose no byte."""
    buffer = listening()
    sound = np.arange(4800, dtype=np.int16).tobytes()
    for i in range(0, len(sound), 333):
        buffer.append(sound[i : i + 333])
    assert buffer.commit() == sound


def test_a_silent_hour_does_not_grow() -> None:
    """Between turns only the last seconds are kept."""
    buffer = listening(TurnRules())
    for _ in range(60):
        buffer.append(bytes(48_000))
    start_ms, end_ms, pcm = buffer.take_idle()
    assert end_ms == 60_000
    assert end_ms - start_ms <= 3_000
    assert len(pcm) == (end_ms - start_ms) * 48


def test_a_full_buffer_refuses() -> None:
    """Ten uncommitted minutes are the most; what is refused is not kept."""
    buffer = listening()
    for _ in range(10):
        buffer.append(bytes(48 * 60_000))
    with pytest.raises(Refusal, match="at most 10 minutes"):
        buffer.append(bytes(48))
    assert buffer.written_ms == 600_000


@pytest.mark.parametrize(("audio_format", "law"), [(AudioPcmu(), "u"), (AudioPcma(), "a")])
def test_telephone_audio_is_heard(audio_format: AudioPcmu | AudioPcma, law: g711.Law) -> None:
    """G.711 counts 8 bytes a ms and is decoded to samples close to what was encoded."""
    tone = (8000 * np.sin(np.arange(1600) / 5)).astype(np.int16)
    buffer = Listening()
    buffer.configure(audio_format, None)
    buffer.append(g711.encode(tone, law))
    assert buffer.written_ms == 200
    back = np.frombuffer(buffer.commit(), dtype=np.int16).astype(np.int32)
    assert np.max(np.abs(back - tone)) < 300


@pytest.mark.parametrize("law", ["u", "a"])
def test_g711_codes_survive_the_round_trip(law: g711.Law) -> None:
    """Decoding a code and encoding its value gives a code of the same value; loudness is monotonic."""
    values = g711.decode(bytes(range(256)), law)
    assert np.array_equal(g711.decode(g711.encode(values, law), law), values)


def test_g711_known_values() -> None:
    """Anchors of the standard: µ-law 0xFF is zero, 0x00 and 0x80 the extremes; A-law 0xD5 is the smallest positive."""
    assert list(g711.decode(b"\xff\x00\x80", "u")) == [0, -32124, 32124]
    assert list(g711.decode(b"\xd5\x55\x2a\xaa", "a")) == [8, -8, -32256, 32256]
