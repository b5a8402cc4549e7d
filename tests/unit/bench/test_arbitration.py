from tests.bench._bidding_ears import Wake, Woken
from tests.bench._bidding_fleet import Settled
from tests.bench.arbitration import figures_of, names_the_nearest


def settled(answering: tuple[int, ...], heard: tuple[int, ...] = (0, 1), *, whole: bool = True) -> Settled:
    return Settled(answering, heard, (0, 1), 0.1, in_vain=False, alone_answered=False, whole=whole)


def test_two_that_answer_the_wrong_one_and_none_are_told_apart() -> None:
    figures = figures_of([settled((0,)), settled((1,)), settled((0, 1)), settled(())])
    assert (figures["exactly_one"], figures["nearest"], figures["none"], figures["n"]) == (0.5, 0.25, 0.25, 4)


def test_a_nearest_that_heard_nothing_is_held_against_the_ears_and_not_against_the_bids() -> None:
    figures = figures_of([settled((1,), heard=(1,))])
    assert (figures["nearest"], figures["nearest_of_all"]) == (1.0, 0.0)


def test_what_nobody_heard_and_what_was_said_while_the_devices_had_lost_each_other_is_counted_apart() -> None:
    figures = figures_of([settled((0,)), settled((), heard=()), settled((0, 1), whole=False)])
    assert (figures["n"], figures["exactly_one"]) == (1, 1.0)
    assert figures["while_broken"] == {"n": 1, "none": 0.0}


def test_a_measure_names_the_nearest_where_it_is_highest_there() -> None:
    near, far = Woken(1.0, 0.8, 20.0, -3.0, -40.0), Woken(1.1, 0.9, 12.0, -9.0, -44.0)
    found = names_the_nearest(
        [Wake("alexa", "a", (1.0, 2.0), (near, far)), Wake("alexa", "a", (1.0, 2.0), (None, far))]
    )
    assert found == {"near_db": 1.0, "level_dbfs": 1.0, "snr_db": 1.0, "score": 0.0, "n": 1}
