"""What counts as heard, as a machine: any scores at any threshold."""

import itertools

from hypothesis import given, strategies as st

from oyez.hearing.wake.judge import EpisodeJudge, Refractory

SCORES = st.lists(st.floats(0.0, 1.0), max_size=200)
THRESHOLDS = st.floats(0.1, 0.99)


def verdicts(scores: list[float], threshold: float, *, refractory_s: float = 0.0) -> list[tuple[str, float]]:
    judge, refractory, found = EpisodeJudge(threshold / 2), Refractory(refractory_s), []
    for place, score in enumerate(scores):
        verdict = judge.judge(score, place / 100, threshold, believed=refractory.believes(place / 100))
        if verdict == "heard":
            refractory.heard(place / 100)
        if verdict is not None:
            found.append((verdict, place / 100))
    return found


@given(SCORES, THRESHOLDS)
def test_a_word_is_heard_if_and_only_if_a_score_reaches_the_threshold(scores: list[float], threshold: float) -> None:
    heard = any(verdict == "heard" for verdict, _ in verdicts(scores, threshold))
    assert heard == any(score >= threshold for score in scores)


@given(SCORES, THRESHOLDS, st.floats(0.0, 1.0))
def test_words_are_never_closer_than_the_refractory_time(scores: list[float], threshold: float, apart_s: float) -> None:
    times = [at_s for verdict, at_s in verdicts(scores, threshold, refractory_s=apart_s) if verdict == "heard"]
    assert all(late - early >= apart_s - 1e-9 for early, late in itertools.pairwise(times))


@given(SCORES, THRESHOLDS)
def test_between_two_verdicts_the_score_has_fallen(scores: list[float], threshold: float) -> None:
    found = verdicts(scores, threshold)
    for (_, early_s), (_, late_s) in itertools.pairwise(found):
        between = scores[round(early_s * 100) : round(late_s * 100) + 1]
        assert min(between) < threshold / 4


@given(st.lists(st.floats(0.0, 0.999), max_size=200), THRESHOLDS)
def test_a_near_miss_is_told_once_it_is_over_and_never_of_what_was_heard(scores: list[float], threshold: float) -> None:
    whole = [*scores, 0.0]
    near = [at_s for verdict, at_s in verdicts(whole, threshold) if verdict == "near_miss"]
    assert all(whole[round(at_s * 100)] < threshold / 4 for at_s in near)
    if not any(score >= threshold for score in scores):
        assert bool(near) == any(score >= threshold / 2 for score in scores)


def test_a_score_that_stays_high_is_one_word() -> None:
    assert verdicts([0.95] * 300, 0.9, refractory_s=0.5) == [("heard", 0.0)]


def test_a_near_miss_carries_its_best_score_and_its_time() -> None:
    judge = EpisodeJudge(0.4)
    for place, score in enumerate([0.5, 0.7, 0.6, 0.1]):
        verdict = judge.judge(score, float(place), 0.9, believed=True)
    assert (verdict, judge.best, judge.best_s) == ("near_miss", 0.7, 1.0)


def test_what_rises_within_the_refractory_time_is_neither_heard_nor_near() -> None:
    judge = EpisodeJudge(0.4)
    told = [judge.judge(score, 0.0, 0.9, believed=False) for score in (0.5, 0.95, 0.0)]
    assert told == [None, None, None]
    assert judge.judge(0.95, 1.0, 0.9, believed=True) == "heard"
