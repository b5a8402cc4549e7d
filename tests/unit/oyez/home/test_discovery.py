"""Home Assistant's device document: what it insists on is there (found by trying against it)."""

import json
from typing import Any, get_args

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.home import discovery
from oyez.home.entities.catalogue import possible
from oyez.home.entities.entity import Known
from oyez.home.order_fields import Refusal
from oyez.home.orders import ORDERS, parse
from oyez.home.timekeeper import What
from oyez.home.topics import base
from oyez.view import Shown, View

ALL = Known(("alexa", "hey_jarvis"), "EUR", True, frozenset(e.needs for e in possible("", Known(("a",), "", True))))
"""As if everything had a value."""


FOR_AUTOMATIONS = {"do/talk", "do/approve", "do/enrol", "do/label_clip", "do/announce"}
FOR_AUTOMATIONS |= {"do/timer", "do/cancel_timer", "do/factory_reset"}
"""A button has no press and release, names nothing, and is pressed by accident; an automation knows its sounds."""


def document(device_id: str = "kitchen", known: Known = ALL) -> dict[str, Any]:
    loaded = json.loads(discovery.announcement("homeassistant", device_id, "Kitchen", "1.2", known).payload)
    assert isinstance(loaded, dict)
    return loaded


def test_the_document_is_retained_on_the_devices_topic() -> None:
    message = discovery.announcement("homeassistant", "kitchen", "Kitchen", "1.2")
    assert (message.topic, message.retain) == ("homeassistant/device/kitchen/config", True)


def test_it_has_origin_identifiers_and_availability_without_which_all_is_refused() -> None:
    assert document()["origin"]["name"]
    assert document()["device"]["identifiers"] == ["oyez_kitchen"]
    assert document()["availability_topic"] == "oyez/kitchen/availability"


def test_every_component_has_a_platform_a_unique_id_and_an_entity_id_of_its_own_domain() -> None:
    components = document()["components"]
    for component in components.values():
        assert component["default_entity_id"].startswith(component["platform"] + ".kitchen_")
    assert len({component["unique_id"] for component in components.values()}) == len(components)


def test_every_command_topic_is_an_order_that_the_device_takes() -> None:
    topics = {c["command_topic"] for c in document()["components"].values() if "command_topic" in c}
    names = {topic.removeprefix(base("kitchen") + "/") for topic in topics}
    assert names - set(ORDERS) == set(), "commanded by Home Assistant and no order"
    assert set(ORDERS) - names == FOR_AUTOMATIONS, "orders without an entity: add one, or say here why there is none"


def test_what_home_assistants_button_sends_is_understood() -> None:
    for name in ("listen", "stop"):
        button = document()["components"][name]
        assert not isinstance(
            parse("kitchen", button["command_topic"], button["payload_press"].encode(), False), Refusal
        )


def test_what_has_a_value_has_an_entity_and_what_has_none_has_none() -> None:
    bare = document(known=Known())["components"]
    assert "erle_db" not in bare
    assert "last_heard" not in bare
    measured = document(known=Known(values=frozenset({"hearing.erle_db", "nonsense"})))["components"]
    assert set(measured) - set(bare) == {"erle_db"}
    assert measured["erle_db"]["entity_category"] == "diagnostic"
    assert measured["erle_db"]["unit_of_measurement"] == "dB"


def test_what_was_announced_and_is_no_more_is_removed_by_its_platform_alone() -> None:
    message = discovery.announcement("homeassistant", "kitchen", "Kitchen", "1.2", Known(), {"old": "button"})
    assert json.loads(message.payload)["components"]["old"] == {"platform": "button"}


def test_no_entity_stands_twice() -> None:
    keys = [entity.key for entity in possible("oyez/k", ALL)]
    assert len(keys) == len(set(keys))


def test_what_its_text_field_and_its_choice_send_is_understood() -> None:
    for name, payload in (("wake_words", b"alexa, hey_jarvis"), ("sensitivity", b"high")):
        topic = document()["components"][name]["command_topic"]
        assert not isinstance(parse("kitchen", topic, payload, False), Refusal)


def test_removal_is_an_empty_retained_message_on_the_same_topic() -> None:
    message = discovery.removal("homeassistant", "kitchen")
    assert (message.topic, message.payload, message.retain) == ("homeassistant/device/kitchen/config", b"", True)


@pytest.mark.parametrize("device_id", ["", "a b", "a/b", "ü", "a+", "x" * 65])
def test_an_id_that_home_assistant_refuses_is_refused_here(device_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be a device id"):
        discovery.announcement("homeassistant", device_id, "K", "1")


@pytest.mark.parametrize("prefix", ["", "a/#", "+"])
def test_a_prefix_with_wildcards_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot be a discovery prefix"):
        discovery.removal(prefix, "k")


@given(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_entity_ids_are_legal_for_every_legal_device_id(device_id: str) -> None:
    for component in document(device_id)["components"].values():
        _, _, name = component["default_entity_id"].partition(".")
        assert name == name.lower()
        assert name.replace("_", "a").isalnum()


def test_every_fate_of_a_timer_is_a_type_of_its_event() -> None:
    """Home Assistant logs a warning for any other, and drops it."""
    assert set(document()["components"]["timer"]["event_types"]) == set(get_args(What))


def test_every_state_and_budget_of_the_device_is_one_that_home_assistant_knows() -> None:
    assert set(document()["components"]["state"]["options"]) == set(get_args(Shown))
    assert set(document()["components"]["budget"]["options"]) == set(get_args(View.__annotations__["budget"]))
