"""The volume of an announcement is only its own; what the household set is kept."""

import hypothesis.strategies as st
from hypothesis import given

from oyez import events as ev
from oyez.mixer import Mixer
from oyez.troubles import Troubles
from oyez_hw.ports import HardwareError


class Card:
    """A Volume that can be pulled out, and forgets then."""

    def __init__(self) -> None:
        self.level, self.away = 0.0, False

    def get(self) -> float:
        return self.level

    def set(self, level: float) -> None:
        if self.away:
            raise HardwareError("the card is gone: plug it in again")
        self.level = level


def mixer(card: Card, told: list[ev.Event]) -> Mixer:
    return Mixer(card, Troubles(told.append), 0.6)


def test_an_announcement_is_heard_at_its_volume_and_what_follows_as_it_was_set() -> None:
    card, told = Card(), list[ev.Event]()
    ours = mixer(card, told)
    assert card.level == 0.0, "an absent card is not touched"
    ours.apply()
    assert card.level == 0.6
    ours.use(0.9)
    assert card.level == 0.9
    ours.use(None)
    assert card.level == 0.6
    assert told == []


def test_who_turns_the_volume_in_the_midst_of_an_announcement_hears_it_and_it_stays() -> None:
    card = Card()
    ours = mixer(card, [])
    ours.use(0.9)
    ours.set(0.3)
    assert card.level == 0.3
    ours.use(None)
    assert card.level == 0.3


def test_a_card_that_was_away_gets_what_counts_at_its_return_and_the_trouble_ends() -> None:
    card, told = Card(), list[ev.Event]()
    ours = mixer(card, told)
    card.away = True
    ours.use(0.9)
    ours.use(None)
    card.away, card.level = False, 0.0
    ours.apply()
    assert card.level == 0.6
    assert [type(event) for event in told] == [ev.TroubleFound, ev.TroubleGone]
    card.level = 0.0
    ours.use(0.8)
    card.level = 0.0
    ours.apply()
    assert card.level == 0.8, "it was lost in the midst of the announcement"


@given(st.lists(st.tuples(st.sampled_from(["set", "use", "back", "apply"]), st.floats(0, 1))))
def test_whatever_was_announced_the_end_of_it_brings_back_what_was_set_last(steps: list[tuple[str, float]]) -> None:
    card = Card()
    ours = mixer(card, [])
    household = 0.6
    for step, level in steps:
        match step:
            case "set":
                ours.set(level)
                household = level
            case "use":
                ours.use(level)
            case "back":
                ours.use(None)
            case _:
                ours.apply()
    ours.use(None)
    assert card.level == household
