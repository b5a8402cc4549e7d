"""What labels say about a threshold."""

from itertools import pairwise
from math import isclose

import hypothesis.strategies as st
from hypothesis import given

from oyez.hearing.locker.clips import Clip, ClipFacts, Label
from oyez.hearing.locker.fit import ENOUGH, Fit, fit, wilson, words_of

SCORES = st.floats(0.0, 1.0)
MANY = st.lists(SCORES, min_size=ENOUGH, max_size=30)


def clips(scores: list[float], label: Label | None, threshold: float = 0.9, word: str = "alexa") -> list[Clip]:
    return [
        Clip(
            id="000001",
            label=label,
            facts=ClipFacts(
                word=word,
                kind="wake" if score >= threshold else "near_miss",
                score=score,
                threshold=threshold,
                at_s=0.0,
            ),
        )
        for score in scores
    ]


def fitted(said: list[float], not_said: list[float], threshold: float = 0.9) -> Fit:
    return fit("alexa", [*clips(said, "true", threshold), *clips(not_said, "false", threshold)])


def test_the_interval_is_that_of_the_textbook() -> None:
    """Brown, Cai, DasGupta (Statistical Science 16, 2001), p. 107: 0 of 10 and 5 of 10 at 95 %."""
    assert isclose(wilson(0, 10).high, 0.2775, abs_tol=5e-5)
    assert wilson(0, 10).low == 0.0
    assert isclose(wilson(5, 10).low, 0.2366, abs_tol=5e-5)
    assert isclose(wilson(5, 10).high, 0.7634, abs_tol=5e-5)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share_and_lies_within_0_and_1(n: int, data: st.DataObject) -> None:
    share = wilson(data.draw(st.integers(0, n)), n)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0


@given(MANY, MANY, st.floats(0.02, 0.98))
def test_a_higher_threshold_never_misses_less_nor_fires_more(
    said: list[float], not_said: list[float], present: float
) -> None:
    points = fitted(said, not_said, present).points
    for lower, higher in pairwise(points):
        assert lower.threshold < higher.threshold
        assert lower.false_rejects.of <= higher.false_rejects.of
        assert lower.false_accepts.of >= higher.false_accepts.of


@given(MANY, MANY, st.floats(0.02, 0.98))
def test_what_is_proposed_is_a_threshold_and_never_worse_than_the_present(
    said: list[float], not_said: list[float], present: float
) -> None:
    found = fitted(said, not_said, present)
    by = {point.threshold: point for point in found.points}
    assert found.proposed is not None
    assert 0.0 < found.proposed < 1.0
    assert by[found.proposed].cost <= by[present].cost
    if by[found.proposed].cost == by[present].cost:
        assert found.proposed == present, "nothing is changed for nothing"


def test_scores_that_can_be_told_apart_are_told_apart() -> None:
    found = fitted([0.8 + n / 100 for n in range(ENOUGH)], [0.5 + n / 100 for n in range(ENOUGH)])
    assert found.proposed is not None
    assert 0.59 < found.proposed <= 0.8
    assert "0 of 10" in found.sentence


def test_with_too_few_labels_of_either_kind_nothing_is_proposed_and_it_is_said() -> None:
    assert fitted([0.95] * 50, [0.5] * (ENOUGH - 1)).proposed is None
    found = fitted([0.95] * (ENOUGH - 1), [0.5] * 50)
    assert found.proposed is None
    assert f"{ENOUGH - 1} true and 50 false" in found.sentence
    assert found.points, "the curve is shown all the same"


def test_a_score_that_just_reaches_the_threshold_counts_as_heard() -> None:
    found = fitted([0.9] * ENOUGH, [0.9] * ENOUGH, threshold=0.9)
    (at,) = [point for point in found.points if point.threshold == 0.9]
    assert (at.false_rejects.of, at.false_accepts.of) == (0, ENOUGH)


def test_unsure_unlabelled_and_other_words_do_not_count() -> None:
    alone = fitted([0.95] * ENOUGH, [0.85] * ENOUGH)
    others = [*clips([0.1], "unsure"), *clips([0.2], None), *clips([0.3], "true", word="jarvis")]
    together = fit("alexa", [*others, *clips([0.95] * ENOUGH, "true"), *clips([0.85] * ENOUGH, "false")])
    assert together == alone


def test_what_something_else_held_back_is_counted_apart() -> None:
    facts = ClipFacts(word="alexa", kind="near_miss", score=0.97, threshold=0.9, at_s=0.0, why="own voice")
    vetoed = Clip(id="000001", label="true", facts=facts)
    found = fit("alexa", [vetoed, *clips([0.95] * ENOUGH, "true"), *clips([0.85] * ENOUGH, "false")])
    assert found.vetoed == 1
    assert found.points[0].false_rejects.n == ENOUGH


def test_words_are_told_once_each() -> None:
    assert words_of([*clips([0.5, 0.6], None, word="b"), *clips([0.5], None, word="a")]) == ["a", "b"]
