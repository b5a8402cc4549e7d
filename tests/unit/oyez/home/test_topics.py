"""What the device says over MQTT."""

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.home import topics
from oyez.view import Approval, Trouble, View


def test_state_is_one_retained_document() -> None:
    view = View(
        state="listening",
        volume=0.4,
        wake_word="hey_jarvis",
        wake_words=("hey_jarvis",),
        troubles=(Trouble("hardware", "Gone."),),
    )
    message = topics.state_message("kitchen", topics.document(view, {}))
    assert (message.topic, message.retain, message.qos) == ("oyez/kitchen/state", True, 1)
    assert json.loads(message.payload) == {
        "state": "listening",
        "muted": False,
        "muted_by": [],
        "volume": 40,
        "wake_word": "hey_jarvis",
        "wake_words": ["hey_jarvis"],
        "sensitivity": "medium",
        "follow_up": True,
        "ringing": False,
        "quiet": False,
        "brightness": None,
        "last_heard": "",
        "last_said": "",
        "trouble": {"kind": "hardware", "sentence": "Gone."},
        "approval": None,
        "budget": "ok",
    }


def test_the_document_tells_which_tool_somebody_is_asked_about_and_what_is_left_of_the_budget() -> None:
    view = View(approval=Approval("r1", "calendar", "add_event"), budget="spent")
    document = topics.document(view, {})
    assert document["approval"] == {"request_id": "r1", "server": "calendar", "name": "add_event"}
    assert document["budget"] == "spent"


def test_extra_keys_join_the_document_and_cannot_replace_its_own() -> None:
    document = topics.document(View(), {"uptime_s": 3, "muted": "nonsense"})
    assert (document["uptime_s"], document["muted"]) == (3, False)


@given(st.text(st.characters(), max_size=400), st.text(max_size=6000))
def test_what_becomes_a_state_is_clipped_to_255_characters_and_always_utf8(kind: str, text: str) -> None:
    view = View(last_heard=text, troubles=(Trouble(kind, text),))
    document = json.loads(topics.state_message("k", topics.document(view, {})).payload.decode("utf-8"))
    assert len(document["trouble"]["kind"]) <= topics.LONGEST_STATE
    assert len(document["last_heard"]) <= topics.LONGEST_TEXT


def test_an_event_is_never_retained_and_names_its_type() -> None:
    message = topics.event_message("k", "wake", {"word": "alexa", "score": 0.9})
    assert (message.topic, message.retain) == ("oyez/k/event/wake", False)
    assert json.loads(message.payload) == {"word": "alexa", "score": 0.9, "event_type": "wake"}


def test_a_wake_is_told_in_figures_that_can_be_read_and_without_what_is_not_known() -> None:
    told = topics.wake_body("alexa", 0.98765, 0.9, 12.345, -90.4)
    assert told == {"word": "alexa", "score": 0.988, "threshold": 0.9, "snr_db": 12.3, "direction_deg": 270}
    assert set(topics.wake_body("alexa", 1.0, 0.9, None, None)) == {"word", "score", "threshold"}


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#", "Wake", "ä"])
def test_an_event_name_cannot_reach_into_other_topics(name: str) -> None:
    with pytest.raises(ValueError, match="no name for an event"):
        topics.event_message("k", name, {})


def test_an_outcome_carries_an_id_only_if_the_order_had_one() -> None:
    assert topics.outcome("7", True, "") == {"id": "7", "ok": True, "why": ""}
    assert topics.outcome(None, False, "no") == {"ok": False, "why": "no"}


def test_each_plain_value_has_a_retained_topic_of_its_own() -> None:
    view = View(muted=True, volume=0.4, wake_words=("alexa", "hey_jarvis"), troubles=(Trouble("line_away", "Gone."),))
    messages = topics.plain_messages("k", topics.document(view, {}))
    assert all(message.retain for message in messages)
    told = {message.topic.removeprefix("oyez/k/status/"): message.payload.decode() for message in messages}
    assert set(told) == set(topics.PLAIN)
    assert told["activity"] == "idle"
    assert told["muted"] == "ON"
    assert told["volume"] == "40"
    assert told["wake_words"] == "alexa,hey_jarvis"
    assert told["trouble"] == "line_away"
    (none,) = [m for m in topics.plain_messages("k", topics.document(View(), {})) if m.topic.endswith("/trouble")]
    assert none.payload == b"none"


def test_what_was_retained_of_a_device_can_be_taken_away() -> None:
    picture = topics.document(View(), {})
    told = [topics.availability("k", topics.ONLINE), topics.state_message("k", picture)]
    told += topics.plain_messages("k", picture)
    gone = topics.nothing_retained("k")
    assert {message.topic for message in told} <= {message.topic for message in gone}
    assert all(message.payload == b"" and message.retain for message in gone)
