"""Clips as they are named and written: no id leads out of the folder, no sound is changed."""

import contextlib

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from oyez import locker_arguments
from oyez.hearing.locker import clips
from oyez.hearing.locker.clips import Clip, ClipFacts, UnknownClip

SAMPLES = round(clips.CLIP_S * 16_000)


def facts(word: str = "alexa", score: float = 0.8, threshold: float = 0.9, kind: clips.Kind = "near_miss") -> ClipFacts:
    return ClipFacts(word=word, kind=kind, score=score, threshold=threshold, at_s=1.0)


@given(st.integers(1, 10**8))
def test_the_id_of_a_number_names_files_that_are_known_to_be_its_own(number: int) -> None:
    made = clips.clip_id(number)
    assert clips.checked_id(str(number)) == made
    assert clips.id_of_file(f"{made}.wav") == clips.id_of_file(f"{made}.json") == made


@given(st.text() | st.sampled_from(["../1", "/etc/passwd", "1/2", "1.wav", "", "-1", "1\n", "¹²³", "0" * 10, "١٢٣"]))
def test_an_id_is_digits_or_is_refused(text: str) -> None:
    with contextlib.suppress(UnknownClip):
        found = clips.checked_id(text)
        assert found.isascii()
        assert found.isdigit()
        assert 6 <= len(found) <= 9


@pytest.mark.parametrize("text", ["../000001", "/etc/passwd", "000001.wav", "", "-1", "1\n", "¹²³", "1" * 10])
def test_what_is_no_id_is_refused_with_what_one_looks_like(text: str) -> None:
    with pytest.raises(UnknownClip, match="no clip's id"):
        clips.checked_id(text)


@pytest.mark.parametrize(
    "name", ["remembered.json", "000001.wav.new", "../000001.wav", "000001.WAV", "1.wav", "000001"]
)
def test_a_file_of_another_name_is_nobodys(name: str) -> None:
    assert clips.id_of_file(name) is None


@given(st.lists(st.integers(-32768, 32767), max_size=400))
def test_a_short_sound_comes_back_as_it_was(samples: list[int]) -> None:
    sound = np.array(samples, np.int16)
    assert (clips.from_wav(clips.to_wav(sound)) == sound).all()


def test_a_wav_file_of_another_rate_is_none_of_ours() -> None:
    data = bytearray(clips.to_wav(np.zeros(9, np.int16)))
    data[24:28] = (44_100).to_bytes(4, "little")
    with pytest.raises(ValueError, match="44100"):
        clips.from_wav(bytes(data))


def test_of_a_long_sound_the_end_is_kept() -> None:
    sound = np.arange(SAMPLES + 5).astype(np.int16)
    assert (clips.from_wav(clips.to_wav(sound)) == sound[5:]).all()


@given(
    st.binary(max_size=200) | st.binary(max_size=60).map(lambda junk: clips.to_wav(np.zeros(9, np.int16))[:44] + junk)
)
def test_whatever_a_file_holds_is_sound_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert clips.from_wav(data).dtype == np.int16


@given(st.dictionaries(st.integers(1, 99).map(clips.clip_id), st.integers(1, 100)), st.integers(0, 500))
def test_what_is_removed_is_the_oldest_and_no_more_than_must_be(sizes: dict[str, int], most: int) -> None:
    gone = clips.to_remove(sizes, most)
    left = {one: size for one, size in sizes.items() if one not in gone}
    assert sum(left.values()) <= most
    assert all(old < kept for old in gone for kept in left)
    assert not gone or sum(left.values()) + sizes[gone[-1]] > most


def test_a_near_miss_that_scored_enough_was_vetoed_and_a_wake_never_was() -> None:
    assert facts(score=0.95).vetoed
    assert not facts(score=0.85).vetoed
    assert not facts(score=0.95, kind="wake").vetoed


def test_clips_are_chosen_by_word_and_label() -> None:
    kept = [
        Clip(id="000001", facts=facts("a")),
        Clip(id="000002", facts=facts("b"), label="true"),
        Clip(id="000003", facts=facts("a"), label="true"),
    ]
    assert [clip.id for clip in clips.wanted(kept, word="a", label="true")] == ["000003"]
    assert [clip.id for clip in clips.wanted(kept, label="none")] == ["000001"]
    assert clips.wanted(kept) == kept


def test_the_command_line_takes_the_labels_that_there_are() -> None:
    assert locker_arguments.LABELS == clips.LABELS
