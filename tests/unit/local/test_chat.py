"""A chat endpoint as the mind: asked in its own form, and replaced by the local mind when it fails."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from oyez_local.calling import Call
from oyez_local.chat import ChatMind
from oyez_local.mind import Decision, Entry, Request

NOON = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
TOOL = {"type": "function", "name": "set_light", "parameters": {"type": "object"}}
HISTORY = (
    Entry("user", "light on"),
    Entry("call", '{"on": true}', "set_light", "c1"),
    Entry("output", "done", call_id="c1"),
    Entry("user", "Who are you?"),
)


async def ask(answer: httpx.Response, request: Request) -> tuple[Decision, list[Any]]:
    bodies: list[Any] = []

    def respond(asked: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(asked.content))
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        return await ChatMind(http, "http://chat.test/v1", "m").decide(request, NOON), bodies


async def test_the_conversation_and_the_tools_are_passed_through() -> None:
    """Instructions, turns, calls and outputs in the chat API's form; its tool calls come back as calls."""
    function = {"name": "set_light", "arguments": '{"on": false}'}
    answer = httpx.Response(
        200, json={"choices": [{"message": {"content": None, "tool_calls": [{"function": function}]}}]}
    )
    decision, (body,) = await ask(answer, Request(HISTORY, "Be brief.", (TOOL,)))
    assert decision == Decision("", (Call("set_light", {"on": False}),))
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool", "user"]
    assert body["messages"][2]["tool_calls"][0]["id"] == body["messages"][3]["tool_call_id"] == "c1"
    assert body["tools"] == [{"type": "function", "function": {"name": "set_light", "parameters": {"type": "object"}}}]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no json"),
        httpx.Response(200, json={"choices": []}),
        httpx.Response(200, json={"choices": [{"message": {"content": ""}}]}),
        httpx.Response(200, json=[1]),
    ],
)
async def test_the_local_mind_answers_when_the_endpoint_does_not(answer: httpx.Response) -> None:
    """Whatever is wrong with the answer, the user gets one."""
    decision, _ = await ask(answer, Request(HISTORY))
    assert "local voice" in decision.text


async def test_verbatim_words_are_not_sent_anywhere() -> None:
    """What is to be said word for word needs no endpoint."""
    decision, bodies = await ask(httpx.Response(500), Request((), "Say exactly: Good morning."))
    assert (decision.text, bodies) == ("Good morning.", [])
