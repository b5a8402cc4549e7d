"""The openai SDK's own connection: typed helpers, its resources, its events."""

import asyncio
import base64

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection

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

TOOL = {
    "type": "function",
    "name": TOOL_NAME,
    "description": TOOL_DESCRIPTION,
    "parameters": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}},
        "required": ["name", "on"],
    },
}


async def hold(url: str, key: str, microphone: Microphone, notes: Notes) -> None:
    client = AsyncOpenAI(base_url=f"{url}/v1", api_key=key)
    secret = await client.realtime.client_secrets.create(session={"type": "realtime", "model": MODEL})
    client = client.copy(api_key=secret.value)
    async with client.realtime.connect(model=MODEL) as connection:
        await connection.session.update(
            session={
                "type": "realtime",
                "instructions": INSTRUCTIONS,
                "tools": [TOOL],
                "audio": {"input": {"transcription": {"model": "gpt-transcribe"}}},
            }
        )
        async with asyncio.TaskGroup() as group:
            lasting = [group.create_task(_listen(connection, notes)), group.create_task(_speak(connection, microphone))]
            await converse(microphone, notes)
            for task in lasting:
                task.cancel()


async def _speak(connection: AsyncRealtimeConnection, microphone: Microphone) -> None:
    async for chunk in microphone.chunks():
        await connection.input_audio_buffer.append(audio=base64.b64encode(chunk).decode())


async def _listen(connection: AsyncRealtimeConnection, notes: Notes) -> None:
    speaking: str | None = None
    async for event in connection:
        if event.type == "error":
            notes.trouble(event.error)
        elif event.type == "conversation.item.input_audio_transcription.completed":
            notes.user_said(event.transcript)
        elif event.type == "response.output_audio.delta":
            speaking = event.item_id
            notes.sound(base64.b64decode(event.delta))
        elif event.type == "response.output_audio_transcript.delta":
            notes.words(event.delta)
        elif event.type == "input_audio_buffer.speech_started" and speaking is not None and not notes.replies[-1].over:
            played_ms = notes.replies[-1].played_ms(asyncio.get_running_loop().time())
            await connection.conversation.item.truncate(item_id=speaking, content_index=0, audio_end_ms=played_ms)
        elif event.type == "response.function_call_arguments.done":
            notes.called(event.name, event.arguments)
            await connection.conversation.item.create(
                item={"type": "function_call_output", "call_id": event.call_id, "output": TOOL_OUTPUT}
            )
        elif event.type == "response.done":
            calls = [item for item in event.response.output or [] if item.type == "function_call"]
            if calls:
                await connection.response.create()
            notes.ended(interrupted=event.response.status == "cancelled")


if __name__ == "__main__":
    run("openai", hold)
