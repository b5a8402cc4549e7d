"""semantic_vad's rule: what sounds finished is answered soon, what trails off is waited for."""

import pytest
from hypothesis import given, strategies as st

from oyez_local.completeness import Verdict, verdict, wait_ms
from oyez_local.turns import LONGEST_WAIT_MS, Eagerness


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Turn on the light.", "finished"),
        ("What time is it", "finished"),
        ("I would like to go home", "finished"),
        ("Yes", "finished"),
        ("Where to?", "finished"),
        ("Turn on the", "trailing"),
        ("I was wondering about my", "trailing"),
        ("Bread, milk, and.", "trailing"),
        ("Um", "trailing"),
        ("Well, if you ask me,", "trailing"),
        ("The kitchen", "unsure"),
        ("", "unsure"),
    ],
)
def test_the_verdict(text: str, expected: Verdict) -> None:
    """Wishes, questions and sentences with a verb are finished; articles, conjunctions and fillers want more."""
    assert verdict(text) == expected


@pytest.mark.parametrize("eagerness", ["low", "medium", "high", "auto"])
def test_less_certainty_is_a_longer_wait(eagerness: Eagerness) -> None:
    """At each eagerness: finished before unsure before trailing, which waits as long as the service would at most."""
    waits = [wait_ms(text, eagerness) for text in ("Yes", "The kitchen", "Turn on the")]
    assert waits == sorted(set(waits))
    assert waits[-1] == LONGEST_WAIT_MS[eagerness]


@given(st.text(max_size=60))
def test_no_text_is_waited_for_longer_than_allowed(text: str) -> None:
    """Whatever a recogniser writes: a wait between nothing and the longest."""
    assert 0 < wait_ms(text, "high") <= 2000
