"""Word errors, as anybody counts them by hand."""

import pytest
from hypothesis import given, strategies as st

from tests.bench._words import word_errors, words

SENTENCES = st.lists(st.sampled_from("abc"), max_size=8)


@pytest.mark.parametrize(
    ("wanted", "heard", "errors"),
    [
        ("turn on the light", "turn on the light", 0),
        ("turn on the light", "turn the light", 1),
        ("turn on the light", "Turn on, the lamp light.", 1),
        ("turn on the light", "burn of delight", 4),
        ("double-shot", "double shot", 0),
        ("", "you what", 2),
    ],
)
def test_substitutions_deletions_and_insertions_count_one_each(wanted: str, heard: str, errors: int) -> None:
    assert word_errors(words(wanted), words(heard)) == errors


@given(SENTENCES, SENTENCES, SENTENCES)
def test_it_is_a_distance(one: list[str], two: list[str], three: list[str]) -> None:
    assert word_errors(one, two) == word_errors(two, one)
    assert (word_errors(one, two) == 0) == (one == two)
    assert word_errors(one, three) <= word_errors(one, two) + word_errors(two, three)
    assert abs(len(one) - len(two)) <= word_errors(one, two) <= max(len(one), len(two))
