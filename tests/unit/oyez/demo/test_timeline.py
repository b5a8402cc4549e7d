"""The live timeline of the demo, and when it is over."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.demo.timeline import Ending, sentence

HEARD = {"what": "TextHeard", "text": "turn on the light"}


def shown(state: str) -> dict[str, Any]:
    return {"what": "StateShown", "state": state}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"what": "WakeHeard", "word": "hey_jarvis", "score": 0.99712}, "hey_jarvis (0.997)"),
        ({"what": "SessionReady"}, "line open"),
        (HEARD, "“turn on the light”"),
        ({"what": "ToolCalled", "name": "set_light", "arguments": {"on": True}}, "set_light {'on': True}"),
        ({"what": "ReplyAudible"}, "reply"),
        ({"what": "TextSaid", "text": "It is on."}, "“It is on.”"),
        ({"what": "CutReply"}, "barge-in"),
        ({"what": "SessionLost", "sentence": "The line broke."}, "The line broke."),
        ({"what": "Complain", "sentence": "The card is gone."}, "The card is gone."),
        (shown("thinking"), "thinking"),
    ],
)
def test_what_a_person_would_notice_is_told_in_their_words(line: dict[str, Any], words: str) -> None:
    assert words in sentence(line)


@pytest.mark.parametrize("what", ["OpenTap", "SpeechStarted", "ReplyBegun", "CloseSession"])
def test_what_is_of_no_interest_to_a_person_is_not_told(what: str) -> None:
    assert sentence({"what": what}) == ""


@given(st.text())
def test_a_reply_of_any_length_stays_on_one_screen_line(text: str) -> None:
    assert len(sentence({"what": "TextSaid", "text": text})) <= 120


def test_it_is_over_when_all_was_heard_and_the_device_sleeps_again() -> None:
    ending = Ending(requests=2)
    for line in (shown("idle"), HEARD, shown("speaking"), HEARD):
        ending.see(line)
        assert not ending.reached
    ending.see(shown("idle"))
    assert ending.reached


def test_a_device_that_falls_asleep_too_early_has_not_reached_the_end() -> None:
    ending = Ending(requests=2)
    for line in (shown("listening"), HEARD, shown("idle")):
        ending.see(line)
    assert not ending.reached
