"""Where a phrase is in a recording, and what cannot serve."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez.hearing.enrolment.recording import find_phrase, refusal
from tests.unit.oyez.hearing.vowels import RATE_HZ, say

GOOD = say("aiu")


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
@settings(max_examples=20, deadline=None)
def test_the_phrase_is_found_wherever_it_stands(before_s: float, after_s: float) -> None:
    random = np.random.default_rng(1)
    before = random.normal(0, 8, round(before_s * RATE_HZ)).astype(np.int16)
    after = random.normal(0, 8, round(after_s * RATE_HZ)).astype(np.int16)
    span = find_phrase(np.concatenate([before, GOOD, after]))
    assert span is not None
    assert abs(span.start / RATE_HZ - before_s - 0.6) < 0.05
    assert abs(span.end / RATE_HZ - before_s - 0.6 - 0.48) < 0.05


def test_a_click_before_the_phrase_is_not_taken_for_it() -> None:
    clicked = GOOD.copy()
    clicked[2_000:2_080] = 20_000
    span = find_phrase(clicked)
    assert span is not None
    assert span.start > 8_000


def test_a_good_recording_is_not_refused() -> None:
    assert refusal(GOOD) == ""


@pytest.mark.parametrize(
    ("sound", "word"),
    [
        (say("a"), "too short"),
        (say("aiueoaiueoaiueo"), "too long"),
        ((GOOD / 200).astype(np.int16), "quiet"),
        ((GOOD * 12.0).clip(-32_768, 32_767).astype(np.int16), "distorted"),
        (np.zeros(16_000, np.int16), "stand out"),
        (np.zeros(0, np.int16), "stand out"),
        (np.random.default_rng(2).normal(0, 900, 32_000).astype(np.int16), "stand out"),
    ],
    ids=["short", "long", "quiet", "clipped", "silent", "empty", "noise"],
)
def test_what_cannot_serve_is_refused_with_its_reason(sound: np.ndarray, word: str) -> None:
    assert word in refusal(sound)
