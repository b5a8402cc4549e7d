"""Sensitivities and their order."""

import pytest
from hypothesis import given, strategies as st

from oyez.config_hearing import Hearing, Word
from oyez.hearing.wake.sensitivity import threshold_of, while_playing


@given(st.one_of(st.none(), st.floats(0.05, 0.99)))
def test_a_higher_sensitivity_never_asks_for_a_higher_score(cutoff: float | None) -> None:
    low, medium, high = (threshold_of(Hearing(), "alexa", level, cutoff) for level in ("low", "medium", "high"))
    assert 0.0 < high <= 1.0
    assert low >= medium
    assert high <= max(medium, 0.1)


@given(st.floats(0.01, 0.999))
def test_over_a_reply_more_is_asked_but_never_the_impossible(threshold: float) -> None:
    assert threshold <= while_playing(threshold) < 1.0


@pytest.mark.parametrize(
    ("hearing", "expected"),
    [
        (Hearing(words=[Word(name="alexa", threshold=0.42)], wake_threshold=0.7), 0.42),
        (Hearing(wake_threshold=0.7), 0.7),
        (Hearing(words=[Word(name="alexa", sensitivity="high")]), threshold_of(Hearing(), "alexa", "high", None)),
        (Hearing(words=[Word(name="other", threshold=0.42)]), threshold_of(Hearing(), "alexa", "low", None)),
    ],
)
def test_a_word_s_own_setting_comes_before_that_of_all(hearing: Hearing, expected: float) -> None:
    assert threshold_of(hearing, "alexa", "low", None) == expected
