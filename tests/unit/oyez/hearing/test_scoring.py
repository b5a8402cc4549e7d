"""The ears' worker: bounded, and what was forgotten is not believed."""

import threading
from functools import partial

from oyez.hearing.counters import Counters
from oyez.hearing.scoring import MOST_WAITING, Scoring


async def test_past_its_bound_scoring_is_skipped_and_counted_and_what_was_taken_is_done() -> None:
    counters, free, got = Counters(), threading.Event(), list[int]()
    scoring = Scoring(counters, lambda: 7.0)

    def work(number: int) -> int:
        free.wait(5)
        return number

    lumps = MOST_WAITING // 3
    for number in range(lumps + 2):
        scoring.score(partial(work, number), got.append, 3)
    assert counters.scoring_skipped == 2 * 3
    free.set()
    await scoring.settled()
    assert got == list(range(lumps))
    assert (counters.frames_scored, counters.last_scored_s) == (lumps * 3, 7.0)
    scoring.close()


async def test_what_was_scored_before_a_forgetting_is_not_believed() -> None:
    scoring, got = Scoring(Counters(), lambda: 0.0), list[int]()
    scoring.score(lambda: 1, got.append, 1)
    scoring.forget()
    scoring.score(lambda: 2, got.append, 1)
    await scoring.settled()
    assert got == [2]
    scoring.close()


async def test_what_a_model_raises_is_kept_for_its_owner() -> None:
    scoring = Scoring(Counters(), lambda: 0.0)
    scoring.score(lambda: 1 // 0, lambda result: None, 1)
    await scoring.settled()
    assert isinstance(scoring.failure, ZeroDivisionError)
    scoring.close()


async def test_proof_of_scoring_is_the_last_score_or_what_was_said_to_take_its_time() -> None:
    now = 10.0
    scoring = Scoring(Counters(), lambda: now)
    scoring.score(lambda: 0, lambda result: None, 1)
    await scoring.settled()
    now = 20.0
    assert scoring.proof_s == 10.0
    goes_on = threading.Event()
    scoring.run(goes_on.wait, takes_s=30.0)
    now = 45.0
    assert scoring.proof_s == 45.0
    now = 55.0
    assert scoring.proof_s == 50.0, "it takes longer than it may"
    now = 46.0
    goes_on.set()
    await scoring.settled()
    now = 60.0
    assert scoring.proof_s == 46.0, "it is done: no more excuse"
    scoring.close()
