"""The tools of the house: declared to the service, checked, and turned into one MQTT message."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config import Parameter, Tool
from oyez.home.tools import Publish, ToolRefused, decide, declarations

LIGHT = Tool(
    name="set_light",
    description="Switch a light.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    parameters={"name": Parameter(), "on": Parameter(type="boolean")},
)


def test_a_declared_tool_reaches_the_service_as_a_flat_function_with_its_schema() -> None:
    declared = declarations([LIGHT])[-1]
    assert declared["type"] == "function"
    assert declared["parameters"]["required"] == ["name", "on"]
    assert declared["parameters"]["properties"]["on"] == {"type": "boolean"}


def test_a_call_becomes_one_message_with_its_arguments_in_topic_payload_and_answer() -> None:
    assert decide(LIGHT, {"name": "Kitchen light", "on": True}) == Publish(
        "house/light/kitchen_light/set", "ON", False, "The Kitchen light is on."
    )


def test_without_a_payload_template_the_arguments_are_published_as_json() -> None:
    tool = Tool(name="t", description="d", topic="x", parameters={"n": Parameter(type="integer")})
    decided = decide(tool, {"n": 3})
    assert isinstance(decided, Publish)
    assert json.loads(decided.payload) == {"n": 3}


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": "kitchen"},
        {"name": "kitchen", "on": "yes"},
        {"name": 3, "on": True},
        {"name": "a/b", "on": True},
        {"name": "#", "on": True},
        {"name": "x" * 300, "on": True},
        {"name": "a", "on": True, "more": 1},
    ],
)
def test_a_call_that_does_not_fit_is_refused_with_a_sentence(arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolRefused) as refused:
        decide(LIGHT, arguments)
    assert str(refused.value).endswith(".")


@given(st.dictionaries(st.sampled_from(["name", "on", "x"]), st.one_of(st.text(), st.booleans(), st.integers())))
def test_no_argument_can_leave_its_own_level_of_the_topic(arguments: dict[str, Any]) -> None:
    try:
        decided = decide(LIGHT, arguments)
    except ToolRefused:
        return
    assert isinstance(decided, Publish)
    assert decided.topic.count("/") == LIGHT.topic.count("/")
    assert not set("+#") & set(decided.topic)
