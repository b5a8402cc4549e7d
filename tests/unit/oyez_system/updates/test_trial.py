"""A new version stays when all that worked before works again, and every trial ends in time."""

import hypothesis.strategies as st
from hypothesis import given

from oyez_system.updates.baseline import WORDS
from oyez_system.updates.trial import STEADY_S, TESTS, Trial, begin, step

NAMES = tuple(WORDS)
PLAIN = tuple(name for name in NAMES if name != "wake_word")
TRIAL_S = 120.0


def run(
    demanded: tuple[str, ...], seen: list[tuple[str, ...]], known: bool = True, every_s: float = 2.0
) -> tuple[Trial, float]:
    """seen: what is proved at each look; the last holds on."""
    now_s, look = 0.0, 0
    trial = begin(demanded, now_s, TRIAL_S)
    while trial.order not in ("keep", "go_back"):
        tested = known if trial.order == "test" else None
        trial = step(trial, seen[min(look, len(seen) - 1)], tested, now_s)
        now_s, look = now_s + every_s, look + 1
    return trial, now_s


def test_what_proves_all_that_worked_before_stays() -> None:
    trial, took_s = run(NAMES, [(), PLAIN])
    assert trial.order == "keep"
    assert took_s >= STEADY_S


def test_one_thing_lacking_is_enough_to_go_back_and_is_named() -> None:
    trial, _ = run(NAMES, [tuple(name for name in PLAIN if name != "microphone")])
    assert trial.order == "go_back"
    assert trial.why == "it did not prove that it hears sound, and that it knows a recorded wake word"


def test_what_did_not_work_before_is_not_asked_for() -> None:
    assert run(("conductor",), [("conductor",)])[0].order == "keep"


def test_a_daemon_that_crashes_and_comes_back_proves_nothing() -> None:
    assert run(("conductor",), [("conductor",), ("conductor",), ()] * 100)[0].order == "go_back"


def test_a_wake_word_that_is_not_known_is_tried_again_and_then_gone_back_from() -> None:
    trial, _ = run(NAMES, [PLAIN], known=False)
    assert (trial.order, trial.tests, trial.lacks) == ("go_back", TESTS, ("wake_word",))


def test_a_wake_word_that_was_not_known_before_is_never_tested() -> None:
    trial = begin(("conductor",), 0.0, TRIAL_S)
    for now_s in range(0, 60, 2):
        trial = step(trial, ("conductor",), None, float(now_s))
        assert trial.order != "test"
    assert trial.order == "keep"


LOOKS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(PLAIN)), st.booleans(), st.floats(0.0, 30.0)), min_size=1, max_size=80
)


@given(st.frozensets(st.sampled_from(NAMES)), LOOKS)
def test_whatever_is_seen_it_keeps_only_what_is_proved_and_ends_by_its_deadline(
    demanded: frozenset[str], looks: list[tuple[frozenset[str], bool, float]]
) -> None:
    wanted = tuple(sorted(demanded))
    now_s, trial, known = 0.0, begin(wanted, 0.0, TRIAL_S), False
    for has, knows, later_s in looks:
        now_s += later_s
        tested = knows if trial.order == "test" else None
        before, trial = trial, step(trial, tuple(has), tested, now_s)
        if before.order in ("keep", "go_back"):
            assert trial == before
            continue
        known = known or tested is True
        if trial.order == "keep":
            assert set(wanted) <= has | ({"wake_word"} if known else set())
        assert now_s < TRIAL_S or trial.order in ("keep", "go_back")
