"""Our client and CopilotKit's aimock, which answers in text from a file of fixtures."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from oyez_realtime import RealtimeClient, messages as m
from tests.doubles.processes import free_port, running
from tests.peers.servers.install import SERVERS

pytestmark = pytest.mark.timeout(90)
TOOL = m.FunctionTool("set_light", "Switches the light", {"type": "object", "properties": {"on": {"type": "boolean"}}})
FIXTURES: dict[str, Any] = {
    "fixtures": [
        {"match": {"userMessage": "hello"}, "response": {"content": "Hello! How can I help you today?"}},
        {"match": {"toolCallId": "call_light"}, "response": {"content": "The light is on."}},
        {
            "match": {"userMessage": "light"},
            "response": {"toolCalls": [{"id": "call_light", "name": "set_light", "arguments": {"on": True}}]},
        },
    ]
}


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    reason = SERVERS["aimock"].why_absent()
    if reason is not None:
        pytest.skip(reason)
    fixtures = tmp_path / "fixtures.json"
    fixtures.write_text(json.dumps(FIXTURES))
    port = free_port()
    command = [SERVERS["aimock"].folder / "node_modules" / ".bin" / "llmock", "-p", str(port), "-f", fixtures]
    async with running(command, ready="listening"):
        yield f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"


async def answer(client: RealtimeClient) -> tuple[list[m.ServerEvent], m.Response]:
    """All events up to the end of the next response."""
    seen: list[m.ServerEvent] = []
    async for event in client:
        seen.append(event)
        if isinstance(event, m.ResponseDone):
            return seen, event.response
    raise AssertionError("the session ended before the response did")


def text_of(events: list[m.ServerEvent]) -> str:
    return "".join(event.delta for event in events if isinstance(event, m.ResponseOutputTextDelta))


async def ask(client: RealtimeClient, words: str) -> None:
    await client.item_create(m.Message("user", [m.InputText(words)]))
    await client.response_create()


async def test_a_turn_and_what_is_its_own_of_this_server(url: str) -> None:
    """The answer arrives as text. `committed` without an item and the invented `response.cancelled` are counted, and
    change nothing: the next turn is answered."""
    async with RealtimeClient() as client:
        await client.connect(url, "any", m.RealtimeSession(output_modalities=["text"]))
        await client.append_pcm(bytes(9_600))
        await client.commit_audio()
        await client.response_cancel()
        await ask(client, "hello")
        seen, response = await answer(client)
        assert (text_of(seen), response.status) == ("Hello! How can I help you today?", "completed")
        assert client.protocol.oddities.counts["unknown response.cancelled"] == 1
        await ask(client, "hello again")
        seen, response = await answer(client)
        assert text_of(seen) == "Hello! How can I help you today?"


async def test_a_tool_call(url: str) -> None:
    """Its `function_call_arguments.done` lacks the name: the item has it."""
    async with RealtimeClient() as client:
        await client.connect(url, "any", m.RealtimeSession(output_modalities=["text"], tools=[TOOL]))
        await ask(client, "switch on the light")
        seen, response = await answer(client)
        assert isinstance(response.output, list)
        (call,) = (item for item in response.output if isinstance(item, m.FunctionCall))
        assert (call.name, json.loads(call.arguments), call.call_id) == ("set_light", {"on": True}, "call_light")
        await client.item_create(m.FunctionCallOutput("call_light", "done"))
        await client.response_create()
        seen, response = await answer(client)
        assert text_of(seen) == "The light is on."


async def test_a_request_that_it_has_no_answer_to_fails_and_the_session_lives(url: str) -> None:
    """A failed response is told as such; the next request is answered."""
    async with RealtimeClient() as client:
        await client.connect(url, "any", m.RealtimeSession(output_modalities=["text"]))
        await ask(client, "nobody knows")
        _, response = await answer(client)
        assert response.status == "failed"
        await client.response_create()
        _, response = await answer(client)
        assert client.state == "ready"
