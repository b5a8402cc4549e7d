"""What lights and screens get."""

import json

import hypothesis.strategies as st
from hypothesis import given

from oyez import actions as do, events as ev
from oyez.home import screens
from oyez.home.topics import LONGEST_TEXT


def test_a_level_is_told_in_figures_that_can_be_read_and_nobody_keeps_it() -> None:
    message = screens.level("k", -31.26, 12.345, -90.4)
    assert (message.topic, message.qos, message.retain) == ("oyez/k/level", 0, False)
    assert json.loads(message.payload) == {"dbfs": -31.3, "snr_db": 12.3, "direction_deg": 270}
    assert json.loads(screens.level("k", -90.0, 0.0, None).payload)["direction_deg"] is None


def test_a_caption_says_who_speaks_and_goes_when_the_conversation_is_over() -> None:
    told = [
        screens.caption("k", fact)
        for fact in (ev.TextHeard("1", "turn on the light"), ev.TextSaid("2", "It is on."), do.CloseSession())
    ]
    assert [json.loads(message.payload) for message in told if message] == [
        {"speaker": "person", "text": "turn on the light"},
        {"speaker": "device", "text": "It is on."},
        {"speaker": "nobody", "text": ""},
    ]
    assert all(message is not None and not message.retain for message in told)


def test_what_is_no_text_changes_no_caption() -> None:
    assert screens.caption("k", ev.SessionReady()) is None
    assert screens.caption("k", ev.TextHeard("1", "")) is None


@given(st.text(st.characters(), max_size=2 * LONGEST_TEXT))
def test_any_text_is_utf8_and_bounded(text: str) -> None:
    message = screens.caption("k", ev.TextSaid("1", text))
    if message is not None:
        assert len(json.loads(message.payload.decode("utf-8"))["text"]) <= LONGEST_TEXT
