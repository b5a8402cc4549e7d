"""The tools of the house: declared to the service, checked, and turned into one MQTT message."""

import json
from datetime import datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config import Parameter, Tool
from oyez.home.tools import Answer, Publish, ToolRefused, Volume, decide, declarations

LIGHT = Tool(
    name="set_light",
    description="Switch a light.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    parameters={"name": Parameter(), "on": Parameter(type="boolean")},
)
NOON = datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001  (local time is what people are told)


def test_a_declared_tool_reaches_the_service_as_a_flat_function_with_its_schema() -> None:
    declared = declarations([LIGHT])[-1]
    assert declared["type"] == "function"
    assert declared["parameters"]["required"] == ["name", "on"]
    assert declared["parameters"]["properties"]["on"] == {"type": "boolean"}


def test_a_call_becomes_one_message_with_its_arguments_in_topic_payload_and_answer() -> None:
    assert decide([LIGHT], "set_light", {"name": "Kitchen light", "on": True}, NOON) == Publish(
        "house/light/kitchen_light/set", "ON", False, "The Kitchen light is on."
    )


def test_without_a_payload_template_the_arguments_are_published_as_json() -> None:
    tool = Tool(name="t", description="d", topic="x", parameters={"n": Parameter(type="integer")})
    decided = decide([tool], "t", {"n": 3}, NOON)
    assert isinstance(decided, Publish)
    assert json.loads(decided.payload) == {"n": 3}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("nothing", {}),
        ("set_light", {"name": "kitchen"}),
        ("set_light", {"name": "kitchen", "on": "yes"}),
        ("set_light", {"name": 3, "on": True}),
        ("set_light", {"name": "a/b", "on": True}),
        ("set_light", {"name": "#", "on": True}),
        ("set_light", {"name": "x" * 300, "on": True}),
        ("set_light", {"name": "a", "on": True, "more": 1}),
        ("set_volume", {"percent": 101}),
        ("set_volume", {"percent": True}),
        ("set_volume", {}),
    ],
)
def test_a_call_that_does_not_fit_is_refused_with_a_sentence(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolRefused) as refused:
        decide([LIGHT], name, arguments, NOON)
    assert str(refused.value).endswith(".")


def test_the_built_in_tools_tell_the_time_and_set_the_volume() -> None:
    assert decide([], "get_time", {}, NOON) == Answer("It is Saturday, 21 November 2026, 12:00.")
    assert decide([], "set_volume", {"percent": 30}, NOON) == Volume(0.3, "The volume is 30 percent.")


@given(st.dictionaries(st.sampled_from(["name", "on", "x"]), st.one_of(st.text(), st.booleans(), st.integers())))
def test_no_argument_can_leave_its_own_level_of_the_topic(arguments: dict[str, Any]) -> None:
    try:
        decided = decide([LIGHT], "set_light", arguments, NOON)
    except ToolRefused:
        return
    assert isinstance(decided, Publish)
    assert decided.topic.count("/") == LIGHT.topic.count("/")
    assert not set("+#") & set(decided.topic)
