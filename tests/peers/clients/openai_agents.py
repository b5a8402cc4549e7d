"""openai-agents: a RealtimeAgent with a function tool, run by its RealtimeRunner. It checks every event by pydantic."""

import asyncio
import os

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession
from agents.realtime.items import AssistantMessageItem, UserMessageItem

from tests.peers.clients.stage import (
    INSTRUCTIONS,
    MODEL,
    TOOL_DESCRIPTION,
    TOOL_NAME,
    TOOL_OUTPUT,
    Microphone,
    Notes,
    converse,
    run,
)

os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"


async def hold(url: str, key: str, microphone: Microphone, notes: Notes) -> None:
    @function_tool(name_override=TOOL_NAME, description_override=TOOL_DESCRIPTION)
    async def set_light(name: str, on: bool) -> str:
        notes.called(TOOL_NAME, {"name": name, "on": on})
        return TOOL_OUTPUT

    agent = RealtimeAgent(name="House", instructions=INSTRUCTIONS, tools=[set_light])
    settings = {
        "model_name": MODEL,
        "audio": {
            "input": {
                "format": "pcm16",
                "transcription": {"model": "gpt-transcribe"},
                "turn_detection": {"type": "server_vad", "interrupt_response": True},
            },
            "output": {"format": "pcm16"},
        },
    }
    address = f"{url.replace('http', 'ws')}/v1/realtime?model={MODEL}"
    runner = RealtimeRunner(agent, config={"model_settings": settings})
    async with await runner.run(model_config={"url": address, "api_key": key}) as session:
        async with asyncio.TaskGroup() as group:
            lasting = [group.create_task(_listen(session, notes)), group.create_task(_speak(session, microphone))]
            await converse(microphone, notes)
            for task in lasting:
                task.cancel()
        _write_down(session, notes)


async def _speak(session: RealtimeSession, microphone: Microphone) -> None:
    async for chunk in microphone.chunks():
        await session.send_audio(chunk)


async def _listen(session: RealtimeSession, notes: Notes) -> None:
    async for event in session:
        if event.type == "error":
            notes.trouble(event.error)
        elif event.type == "audio":
            notes.sound(event.audio.data)
        elif event.type == "audio_interrupted":
            notes.ended(interrupted=True)
        elif event.type == "audio_end":
            notes.ended()


def _write_down(session: RealtimeSession, notes: Notes) -> None:
    """The words stand in the session's history, which is what its users read."""
    said = []
    for item in session._history:
        for part in item.content if isinstance(item, UserMessageItem | AssistantMessageItem) else []:
            text = getattr(part, "transcript", None) or getattr(part, "text", None) or ""
            (notes.heard if isinstance(item, UserMessageItem) else said).append(text)
    for reply, text in zip(notes.replies, said, strict=False):
        reply.said = text


if __name__ == "__main__":
    run("openai-agents", hold)
