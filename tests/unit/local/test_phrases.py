"""Sentences, as a recogniser writes them, mean what a person would take them to mean."""

import pytest
from hypothesis import given, strategies as st

from oyez_local.phrases import understand


@pytest.mark.parametrize(
    ("sentence", "intent", "slots"),
    [
        ("Turn on the kitchen light, please.", "Switch", {"state": "on", "thing": "kitchen light"}),
        ("Switch the living room lamp off", "Switch", {"state": "off", "thing": "living room lamp"}),
        ("turn off all the lights", "Switch", {"state": "off"}),
        ("Dim the bedroom light to 40 percent", "Brightness", {"thing": "bedroom light", "percent": 40}),
        ("Set a timer for five minutes.", "HassStartTimer", {"minutes": 5}),
        ("Set a timer for one minute and thirty seconds", "HassStartTimer", {"minutes": 1, "seconds": 30}),
        ("set a pizza timer for 10 minutes", "NamedTimer", {"name": "pizza", "minutes": 10}),
        ("Set the volume to thirty percent", "HassSetVolume", {"volume_level": 30}),
        ("What time is it?", "HassGetCurrentTime", {}),
        ("My name is Anna.", "NameTold", {"person": "Anna"}),
        ("Count to ten.", "Count", {"count": 10}),
        ("open the garage door", "Order", {"thing": "garage door"}),
        ("Jarvis, turn on the kitchen light.", "Switch", {"state": "on", "thing": "kitchen light"}),
        ("Um, what time is it", "HassGetCurrentTime", {}),
        ("Uh, make me a small mocha.", "Order", {"thing": "me a small mocha"}),
    ],
)
def test_a_sentence_is_understood(sentence: str, intent: str, slots: dict[str, object]) -> None:
    """One sentence, one wish, with its numbers and names in their slots."""
    (meaning,) = understand(sentence)
    assert (meaning.intent, meaning.slots) == (intent, slots)


def test_two_wishes_in_one_sentence() -> None:
    """`A and B` is two wishes where each would be one alone."""
    first, second = understand("Turn on the kitchen light and set a timer for five minutes.")
    assert (first.intent, second.intent) == ("Switch", "HassStartTimer")


@pytest.mark.parametrize(
    "sentence", ["Is the light on?", "Are the lights on?", "The weather in Paris is nice.", "", "..."]
)
def test_no_wish_is_made_up(sentence: str) -> None:
    """A question about a light switches nothing, and what fits no template is not understood."""
    assert understand(sentence) == []


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    """Whatever the recogniser writes, understanding ends, and knows the words that it believed."""
    assert all(meaning.text for meaning in understand(text))
