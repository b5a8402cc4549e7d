"""The tools that stand in the configuration: what the service is told of them, and what a call of one means. Pure.

Wire form of a function tool: `{"type": "function", "name", "description", "parameters"}` (flat, no `function` wrapper).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from oyez.config import (
    AnyTool,
    HomeAssistantConversation,
    HomeAssistantService,
    HttpCall,
    MqttRequest,
    Parameter,
    Tool,
)
from oyez.home import filling
from oyez.home.arguments import ToolRefused as ToolRefused, Values, checked, schema

HOME_ASSISTANT = "[home_assistant]"
"""Under this the secrets of Home Assistant are kept; no tool can have such a name."""
SENTENCE = {"text": Parameter(description="The whole wish in the user's own words.", max_length=500)}


@dataclass(frozen=True, slots=True)
class Publish:
    """One MQTT message, and what may be said once it is out."""

    topic: str
    payload: str
    retain: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Inquire:
    """One MQTT message, and what comes back."""

    topic: str
    payload: str
    answer_topic: str
    """Empty: the message says where."""
    answer: str
    """What may be said once it has come; empty: what came."""
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Fetch:
    """One HTTP request."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    """JSON."""
    secrets: str
    """Whose secret headers go with it."""
    reads: Literal["text", "speech"]
    """What of the answer is read to the model: all of it, or the speech in an answer of Home Assistant's agent."""
    answer: str = ""
    """What may be said where it went well, in place of it."""


Deed: TypeAlias = Publish | Inquire | Fetch


def declarations(tools: Sequence[AnyTool]) -> list[dict[str, Any]]:
    """What `session.update` carries of them under `tools`."""
    return [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": schema(parameters_of(tool)),
        }
        for tool in tools
    ]


def parameters_of(tool: AnyTool) -> Mapping[str, Parameter]:
    if isinstance(tool, HomeAssistantConversation) and not tool.parameters:
        return SENTENCE
    return tool.parameters


def question(tool: AnyTool, arguments: Mapping[str, Any]) -> str:
    """What is asked before it is done; empty: nothing is. Raises ToolRefused."""
    names = parameters_of(tool)
    values = checked(tool.name, names, arguments)
    if isinstance(tool.confirm, str):
        return filling.text(tool.confirm, names, values)
    return f"Shall I use {tool.name.replace('_', ' ')}?" if tool.confirm else ""


def decide(tool: AnyTool, arguments: Mapping[str, Any], home_assistant_url: str = "") -> Deed:
    """What a call means. Raises ToolRefused."""
    names = parameters_of(tool)
    values = checked(tool.name, names, arguments)
    match tool:
        case Tool():
            topic, payload = _message(tool, names, values)
            return Publish(topic, payload, tool.retain, filling.text(tool.answer, names, values))
        case MqttRequest():
            answer_topic = filling.topic(tool.answer_topic, names, values)
            said = filling.text(tool.answer, names, values)
            return Inquire(*_message(tool, names, values), answer_topic, said, tool.timeout_s)
        case HomeAssistantService():
            return _service(tool, names, values, home_assistant_url)
        case HomeAssistantConversation():
            return _conversation(tool, names, values, home_assistant_url)
        case HttpCall():
            return _http(tool, names, values)


def _message(tool: Tool | MqttRequest, names: Mapping[str, Parameter], values: Values) -> tuple[str, str]:
    return filling.topic(tool.topic, names, values), filling.payload(tool.payload, names, values)


def _service(tool: HomeAssistantService, names: Mapping[str, Parameter], values: Values, url: str) -> Fetch:
    domain, service = filling.service(tool.service, names, values)
    body = _json(filling.service_data(tool.data, names, values))
    said = filling.text(tool.answer, names, values)
    return Fetch(
        "POST", f"{url.rstrip('/')}/api/services/{domain}/{service}", {}, body, HOME_ASSISTANT, "text", said or "Done."
    )


def _conversation(tool: HomeAssistantConversation, names: Mapping[str, Parameter], values: Values, url: str) -> Fetch:
    asked = {
        "text": filling.text(tool.text, names, values),
        **({"language": tool.language} if tool.language else {}),
        **({"agent_id": tool.agent_id} if tool.agent_id else {}),
    }
    return Fetch("POST", f"{url.rstrip('/')}/api/conversation/process", {}, _json(asked), HOME_ASSISTANT, "speech")


def _http(tool: HttpCall, names: Mapping[str, Parameter], values: Values) -> Fetch:
    return Fetch(
        tool.method,
        filling.url(tool.url, tool.query, names, values),
        filling.headers(tool.headers, names, values),
        _json(filling.tree(tool.json, names, values)) if tool.json else None,
        tool.name,
        "text",
        filling.text(tool.answer, names, values),
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def output(answer: str, ok: bool = True) -> str:
    """A tool's output as the model reads it."""
    return json.dumps({"ok": ok, "message": answer}, ensure_ascii=False)
