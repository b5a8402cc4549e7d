"""What Home Assistant is to know, and to forget: by value, by configuration, by version, by name."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config import Device, Home
from oyez.home import topics
from oyez.home.announced import Announced, Place
from oyez.home.announcer import Announcer
from oyez.home.topics import Message
from oyez.view import View

KITCHEN = Device(id="kitchen", name="Kitchen speaker")
HERE = Place("homeassistant", "kitchen")


def announcer(home: Home | None = None, before: Announced | None = None, device: Device = KITCHEN) -> Announcer:
    return Announcer(home or Home(), device, "1.0", before or Announced())


def components(message: Message | None) -> dict[str, Any]:
    assert message is not None
    found = json.loads(message.payload)["components"]
    assert isinstance(found, dict)
    return found


def picture(**extra: Any) -> dict[str, Any]:
    return topics.document(View(), extra)


def test_an_entity_comes_with_its_first_value_and_stays_when_the_value_goes() -> None:
    one = announcer()
    assert "erle_db" not in components(one.document)
    assert "erle_db" in components(one.learn(picture(hearing={"erle_db": 20.0}), ["alexa"]))
    assert one.learn(picture(hearing={"erle_db": None}), ["alexa"]) is None
    assert "erle_db" in components(one.document)


def test_nothing_new_is_no_new_document() -> None:
    """Every document makes Home Assistant look at all entities again."""
    one = announcer()
    told = picture(money={"currency": "EUR", "today": "0"})
    assert one.learn(told, ["alexa"]) is not None
    assert one.learn(told, ["alexa"]) is None
    assert one.learn(picture(money={"currency": "EUR", "today": "0.4"}), ["alexa"]) is None


def test_after_a_restart_what_was_there_is_there_at_once() -> None:
    """Or each restart would remove the sensors of what is measured only while something plays."""
    first = announcer()
    first.learn(picture(hearing={"erle_db": 20.0}, update={"installed_version": "1"}), ["alexa"])
    again = announcer(before=first.book)
    assert {"erle_db", "update"} <= set(components(again.document))
    assert not any(set(component) == {"platform"} for component in components(again.document).values())


def test_a_phrase_that_is_enrolled_can_be_chosen_at_once() -> None:
    one = announcer()
    one.learn(picture(), ["alexa"])
    chosen = components(one.learn(picture(), ["our_own", "alexa"]))["wake_word"]
    assert chosen["options"] == ["alexa", "our_own"]


def test_an_entity_of_an_earlier_version_is_removed_for_one_run() -> None:
    before = Announced(HERE, {"dance": "button", "mute": "switch"})
    one = announcer(before=before)
    assert components(one.document)["dance"] == {"platform": "button"}
    assert "name" in components(one.document)["mute"]
    assert "dance" not in one.book.components
    assert "dance" not in components(announcer(before=one.book).document)


def test_words_of_the_household_that_are_not_published_any_more_have_no_entity() -> None:
    open_ = announcer(Home(publish_text=True))
    open_.learn(picture(), ["alexa"])
    assert "last_heard" in open_.book.components
    closed = announcer(Home(), open_.book)
    assert components(closed.document)["last_heard"] == {"platform": "sensor"}


def test_another_prefix_leaves_the_old_document_to_be_taken_back_and_nothing_else() -> None:
    one = announcer(Home(discovery_prefix="ha"), Announced(HERE, {"mute": "switch"}))
    assert one.left == (HERE,)
    (message,) = one.take_back(HERE)
    assert (message.topic, message.payload) == ("homeassistant/device/kitchen/config", b"")
    assert one.left == ()
    assert one.book.left == ()


def test_another_id_leaves_all_that_was_retained_to_be_taken_back() -> None:
    one = announcer(before=Announced(HERE, {"mute": "switch"}), device=Device(id="bath"))
    assert one.left == (HERE,)
    gone = list(one.take_back(HERE))
    assert {"homeassistant/device/kitchen/config", "oyez/kitchen/state", "oyez/kitchen/availability"} <= {
        message.topic for message in gone
    }
    assert all(message.payload == b"" and message.retain for message in gone)


def test_discovery_that_is_switched_off_takes_back_and_remembers_nothing() -> None:
    one = announcer(Home(discovery=False), Announced(HERE, {"mute": "switch"}))
    assert one.document == Message("homeassistant/device/kitchen/config", b"", retain=True)
    assert one.book == Announced()


VALUES = st.none() | st.booleans() | st.floats(-100, 100) | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
PICTURES = st.dictionaries(
    st.sampled_from(["hearing", "device", "line", "update", "money", "budget"]),
    VALUES | st.dictionaries(st.sampled_from(["erle_db", "temperature_c", "answer_ms", "today", "currency"]), VALUES),
)


@given(st.lists(PICTURES, max_size=5))
def test_whatever_is_seen_entities_only_come(pictures: list[dict[str, Any]]) -> None:
    """Within one run no entity that was announced is left out again: it would stay as a dead one."""
    one = announcer()
    known = set(components(one.document))
    for seen in pictures:
        one.learn(picture(**seen), ["alexa"])
        now = set(components(one.document))
        assert known <= now
        assert set(one.book.components) == now
        known = now


@pytest.mark.parametrize("device_id", ["kitchen", "Living-Room_2"])
def test_the_document_is_no_larger_than_a_small_broker_takes(device_id: str) -> None:
    one = announcer(device=Device(id=device_id))
    hearing = dict.fromkeys(("erle_db", "drift_ppm", "noise_dbfs", "lost", "false_wakes", "near_misses"), 1.0)
    device = dict.fromkeys(("version", "started", "booted", "temperature_c", "under_voltage"), "x")
    one.learn(picture(hearing=hearing, device=device, update={"installed_version": "1"}), ["alexa"])
    assert len(one.document.payload) < 32 * 1024
