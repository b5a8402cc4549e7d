"""The tools of the configuration: declared to the service, checked, and turned into what is to be done."""

import json
from typing import Any

import pytest

from oyez.config import (
    AnyTool,
    HomeAssistantConversation,
    HomeAssistantService,
    HttpCall,
    MqttRequest,
    Parameter,
    Tool,
)
from oyez.home.tools import HOME_ASSISTANT, Fetch, Inquire, Publish, ToolRefused, decide, declarations, question

NAMED = {"name": Parameter(), "on": Parameter(type="boolean")}
LIGHT = Tool(
    name="set_light",
    description="Switch a light.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    parameters=NAMED,
)
HOME = "http://ha.local:8123/"


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


def test_a_question_over_mqtt_says_what_is_sent_and_where_its_answer_comes() -> None:
    tool = MqttRequest(
        name="t", description="d", topic="z2m/{name}/get", payload='{"on": {on}}', answer_topic="z2m/{name}",
        timeout_s=2.0, parameters=NAMED,
    )  # fmt: skip
    decided = decide(tool, {"name": "Lamp", "on": False})
    assert decided == Inquire("z2m/lamp/get", '{"on": false}', "z2m/lamp", "", 2.0)


def test_a_service_of_home_assistant_is_one_request_with_its_data() -> None:
    tool = HomeAssistantService(
        name="t",
        description="d",
        service="light.turn_{on}",
        data={"entity_id": "light.{name}", "transition": 2, "brightness_pct": "{percent}"},
        answer="The {name} is {on}.",
        parameters={**NAMED, "percent": Parameter(type="integer", required=False)},
    )
    decided = decide(tool, {"name": "Kitchen light", "on": True}, HOME)
    assert isinstance(decided, Fetch)
    assert (decided.method, decided.url) == ("POST", "http://ha.local:8123/api/services/light/turn_on")
    assert json.loads(decided.body or b"") == {"entity_id": "light.kitchen_light", "transition": 2}
    assert (decided.secrets, decided.answer) == (HOME_ASSISTANT, "The Kitchen light is on.")


def test_the_agent_of_home_assistant_gets_the_whole_sentence() -> None:
    """Without parameters of its own the tool has one."""
    tool = HomeAssistantConversation(name="t", description="d", language="de", agent_id="conversation.home_assistant")
    (declared,) = declarations([tool])
    assert declared["parameters"]["required"] == ["text"]
    decided = decide(tool, {"text": "Mach das Licht an"}, HOME)
    assert isinstance(decided, Fetch)
    assert decided.url == "http://ha.local:8123/api/conversation/process"
    assert json.loads(decided.body or b"") == {
        "text": "Mach das Licht an", "language": "de", "agent_id": "conversation.home_assistant",
    }  # fmt: skip
    assert decided.reads == "speech"


def test_an_http_call_has_its_arguments_in_path_query_headers_and_body() -> None:
    tool = HttpCall(
        name="t", description="d", method="PUT", url="https://api.example/{name}/state", query={"on": "{on}"},
        headers={"X-Name": "{name}"}, json={"on": "{on}", "by": "voice"}, parameters=NAMED,
    )  # fmt: skip
    decided = decide(tool, {"name": "hall lamp", "on": True})
    assert decided == Fetch(
        "PUT", "https://api.example/hall%20lamp/state?on=true", {"X-Name": "hall lamp"},
        b'{"on": true, "by": "voice"}', "t", "text", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("confirm", "asked"),
    [(False, ""), (True, "Shall I use set light?"), ("Shall I switch the {name} {on}?", "Shall I switch the lamp on?")],
)
def test_what_is_asked_first(confirm: bool | str, asked: str) -> None:
    tool = Tool(name="set_light", description="d", topic="x", parameters=NAMED, confirm=confirm)
    assert question(tool, {"name": "lamp", "on": True}) == asked


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


@pytest.mark.parametrize("tool", [LIGHT, HttpCall(name="t", description="d", url="http://h/{name}", parameters=NAMED)])
def test_nobody_is_asked_about_a_call_that_makes_no_sense(tool: AnyTool) -> None:
    with pytest.raises(ToolRefused):
        question(tool, {"name": "lamp"})
