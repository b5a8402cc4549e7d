"""Sentences, pieces, formats: nothing is lost between a text and what is streamed of it."""

import shutil

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez_local.talk import STORY
from oyez_local.voice import LONGEST_SENTENCE, EspeakVoice, HibariVoice, Voice, encoded, pieces, sentences
from oyez_realtime.messages import AudioPcm, AudioPcmu


def test_a_story_is_parted_into_its_sentences() -> None:
    """Each sentence is synthesised alone, so that the first is heard while the next is made."""
    assert list(sentences(" ".join(STORY))) == list(STORY)


@given(st.text(alphabet="ab ,.!?", max_size=2000))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    """Parting drops nothing but spaces, and no part is longer than the longest."""
    parts = list(sentences(text))
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(0 < len(part) <= LONGEST_SENTENCE for part in parts)


@given(st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=30), st.integers(0, 100_000))
def test_pieces_add_up(words: list[str], size: int) -> None:
    """Words and audio of all pieces together are the words and the audio; each lasts as long as its bytes."""
    sentence, audio = " ".join(words), bytes(size * 2)
    parts = list(pieces(sentence, audio, AudioPcm(), 150))
    assert "".join(text for text, _, _ in parts) == sentence
    assert b"".join(part for _, part, _ in parts) == audio
    assert all(len(part) == round(ms * 48) and ms <= 150 for _, part, ms in parts)


def test_telephone_output_is_a_sixth_in_bytes() -> None:
    """24 kHz samples of two bytes become 8 kHz codes of one."""
    assert abs(len(encoded(np.zeros(24_000, dtype=np.int16), AudioPcmu())) - 8_000) <= 8


@pytest.mark.parametrize("engine", [HibariVoice, EspeakVoice])
def test_a_voice_speaks(engine: type[Voice]) -> None:
    """Each engine makes about as much 24 kHz sound as a person would, loud enough, and starts at once."""
    if engine is EspeakVoice and shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    samples = engine().speak("The kitchen light is on.", 1.0)
    assert samples.dtype == np.int16
    assert 0.8 < len(samples) / 24_000 < 4.0
    assert np.max(np.abs(samples)) > 3000
    assert int(np.argmax(np.abs(samples) > 300)) < 24_000 * 0.15


def test_a_voice_with_a_seed_says_the_same_sentence_in_the_same_samples() -> None:
    once, again = (HibariVoice(seed=1).speak("Ready.", 1.0) for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, HibariVoice(seed=2).speak("Ready.", 1.0))
