"""What a new device says, and when."""

from dataclasses import replace

from hypothesis import given, strategies as st

from oyez_system.first_words.lacking import GIVE_UP_S, READY, Facts, FirstWords

AWAY = Facts(route=False)
WELL = Facts(well=True)


def told(history: list[tuple[float, Facts]]) -> list[tuple[float, str]]:
    words = FirstWords(0.0)
    steps = [(now_s, words.step(facts, now_s)) for now_s, facts in history]
    return [(now_s, sentence) for now_s, sentence in steps if sentence is not None]


def every_two_s(facts: Facts, since_s: int, until_s: int) -> list[tuple[float, Facts]]:
    return [(float(now_s), facts) for now_s in range(since_s, until_s, 2)]


def test_no_network_is_said_once_after_ninety_seconds_without_one() -> None:
    assert told(every_two_s(AWAY, 0, 600)) == [(90.0, "no_network")]


def test_a_network_that_comes_in_time_is_not_complained_about() -> None:
    history = every_two_s(AWAY, 0, 88) + every_two_s(WELL, 88, 100)
    assert [sentence for _, sentence in told(history)] == [READY]


def test_a_wrong_password_is_said_soon_and_only_while_there_is_no_way_out() -> None:
    wrong = replace(AWAY, wireless="wrong_password")
    assert [sentence for _, sentence in told(every_two_s(wrong, 0, 60))] == ["no_wifi_password"]
    assert told(every_two_s(replace(wrong, route=True), 0, 60)) == []


def test_a_refused_key_and_a_backend_that_is_away_are_told_apart() -> None:
    assert [one for _, one in told(every_two_s(Facts(troubles=("token_refused",)), 0, 60))] == ["no_key"]
    assert [one for _, one in told(every_two_s(Facts(troubles=("backend_away",)), 0, 60))] == ["no_backend"]


def test_a_device_that_nobody_set_up_says_that_and_nothing_else() -> None:
    assert [one for _, one in told(every_two_s(replace(AWAY, set_up=False, card=False), 0, 600))] == ["not_set_up"]


FACTS = st.builds(
    Facts,
    set_up=st.booleans(),
    card=st.booleans(),
    wireless=st.sampled_from(["unknown", "connected", "wrong_password"]),
    route=st.booleans(),
    troubles=st.lists(st.sampled_from(["token_refused", "backend_away", "broker_away"]), max_size=2).map(tuple),
    well=st.booleans(),
)


@given(st.lists(st.tuples(st.floats(0.0, 60.0), FACTS), max_size=60))
def test_whatever_happens_nothing_is_said_twice_nor_after_the_end(steps: list[tuple[float, Facts]]) -> None:
    now_s, words, said = 0.0, FirstWords(0.0), list[str]()
    for wait_s, facts in steps:
        now_s += wait_s
        was_over = words.over
        sentence = words.step(facts, now_s)
        if sentence is not None:
            assert not was_over
            assert now_s < GIVE_UP_S
            said.append(sentence)
    assert len(said) == len(set(said))
    assert READY not in said[:-1]
