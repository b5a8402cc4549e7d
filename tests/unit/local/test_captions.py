"""Captions that are told early are never taken back."""

from hypothesis import given, strategies as st

from oyez_local.captions import LONGEST_MS, Captions

WORDS = st.lists(st.sampled_from(["the", "The", "light", "light.", "is", "on", "and"]), max_size=6).map(" ".join)


def test_words_are_told_once_two_looks_agree() -> None:
    """The first look tells nothing; the second tells what both have, but for its last word; the end tells the rest."""
    captions = Captions("item_1")
    assert captions.hypothesis("Turn on.") == ""
    assert captions.hypothesis("Turn on the kitchen.") == "Turn on"
    assert captions.hypothesis("Turn on the kitchen light.") == " the kitchen"
    assert captions.finish("Turn on the kitchen light, please.") == " light, please."


def test_a_changed_mind_tells_no_more() -> None:
    """Where the end shows other words than were told, no delta mends it: `completed` has the truth."""
    captions = Captions("item_1")
    captions.hypothesis("I scream for you")
    assert captions.hypothesis("I scream for you all") == "I scream for you"
    assert captions.finish("Ice cream for you all") == ""


def test_looks_are_spaced_and_never_two_at_once() -> None:
    """Nothing below 0.5 s of new audio, nothing while one look is under way, nothing of an endless turn."""
    captions = Captions("item_1")
    assert not captions.due(499)
    assert captions.due(500)
    assert not captions.due(5000)
    captions.hypothesis("hello")
    assert not captions.due(999)
    assert captions.due(1000)
    captions.hypothesis("hello there")
    assert not captions.due(LONGEST_MS + 1)


@given(st.lists(WORDS, max_size=6), WORDS)
def test_what_was_told_is_a_beginning_of_some_hypothesis(looks: list[str], end: str) -> None:
    """Deltas put together are words of a hypothesis in their order, whatever the recogniser thought in between."""
    captions = Captions("item_1")
    told = ""
    for text in looks:
        told += captions.hypothesis(text)
    told += captions.finish(end)
    plain = told.lower().replace(".", "").split()
    beginnings = [text.lower().replace(".", "").split()[: len(plain)] for text in [*looks, end]]
    assert plain == [] or plain in beginnings
