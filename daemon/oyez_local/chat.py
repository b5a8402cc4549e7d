"""An OpenAI-compatible chat endpoint as the mind, where one is given; the local mind whenever it fails."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from oyez_local import mind
from oyez_local.calling import Call
from oyez_local.mind import Decision, Entry, Request

log = logging.getLogger(__name__)
TIMEOUT_S = 20.0


class ChatMind:
    """url: up to and without `/chat/completions`, e.g. http://127.0.0.1:11434/v1."""

    def __init__(self, http: httpx.AsyncClient, url: str, model: str, key: str | None = None) -> None:
        self._http, self._url, self._model = http, url.rstrip("/"), model
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    async def decide(self, request: Request, now: datetime) -> Decision:
        """Never raises for what the endpoint does: it is logged, and the local mind answers."""
        if mind.verbatim(request.instructions) is not None:
            return mind.decide(request, now)
        try:
            answer = await self._http.post(
                f"{self._url}/chat/completions",
                json=body(request, self._model),
                headers=self._headers,
                timeout=TIMEOUT_S,
            )
            answer.raise_for_status()
            return decision(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            log.warning("The chat endpoint did not answer (%s); the local mind answers instead.", type(error).__name__)
            return mind.decide(request, now)


def body(request: Request, model: str) -> dict[str, Any]:
    """The chat completion that asks for this response."""
    messages = [{"role": "system", "content": request.instructions}] if request.instructions else []
    result: dict[str, Any] = {"model": model, "messages": messages + [_message(entry) for entry in request.history]}
    if request.tools:
        result["tools"] = [_tool(tool) for tool in request.tools]
        result["tool_choice"] = (
            request.tool_choice
            if isinstance(request.tool_choice, str)
            else {"type": "function", "function": dict(request.tool_choice)}
        )
    return result


def _message(entry: Entry) -> dict[str, Any]:
    if entry.role == "call":
        function = {"name": entry.name, "arguments": entry.text}
        calls = [{"id": entry.call_id, "type": "function", "function": function}]
        return {"role": "assistant", "content": None, "tool_calls": calls}
    if entry.role == "output":
        return {"role": "tool", "tool_call_id": entry.call_id, "content": entry.text}
    return {"role": entry.role, "content": entry.text}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """The chat API wraps what the Realtime API keeps flat."""
    return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}


def decision(answer: Any) -> Decision:
    """What a chat completion says. Raises ValueError when it says nothing that can be used."""
    try:
        message = answer["choices"][0]["message"]
        calls = tuple(_call(call["function"]) for call in message.get("tool_calls") or [])
        text = str(message.get("content") or "").strip()
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"not a chat completion: {error}") from None
    if not text and not calls:
        raise ValueError("an empty chat completion")
    return Decision(text, calls)


def _call(function: Mapping[str, Any]) -> Call:
    arguments = json.loads(function["arguments"] or "{}")
    if not isinstance(arguments, dict):
        raise ValueError("arguments that are no object")
    return Call(str(function["name"]), arguments)
