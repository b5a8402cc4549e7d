"""Our client and the protocol engine of Hugging Face's speech-to-speech, behind which a pipeline only pretends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oyez_realtime import ConnectionLost, MediaParameters, NullSink, RealtimeClient, RealtimeError, messages as m
from tests.doubles.processes import free_port, running
from tests.peers.servers.install import SERVERS

pytestmark = pytest.mark.timeout(90)
TOOL = m.FunctionTool("set_light", "Switches the light", {"type": "object", "properties": {"on": {"type": "boolean"}}})
SECOND = bytes(48_000)
AT_24_KHZ = m.SessionAudio(input=m.AudioInput(format=m.AudioPcm()), output=m.AudioOutput(format=m.AudioPcm()))
"""Has to be said to this server, which means 16 kHz otherwise."""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    reason = SERVERS["speech-to-speech"].why_absent()
    if reason is not None:
        pytest.skip(reason)
    port = free_port()
    command = [
        SERVERS["speech-to-speech"].python,
        Path(__file__).parent / "speech_to_speech_fake.py",
        str(port),
    ]
    async with running(command, ready="Uvicorn running on"):
        yield f"ws://127.0.0.1:{port}/v1/realtime?model=any"


async def until(client: RealtimeClient, wanted: type[m.ServerEvent], seen: list[m.ServerEvent]) -> m.ServerEvent:
    async for event in client:
        seen.append(event)
        if isinstance(event, wanted):
            return event
    raise AssertionError(f"the session ended before a {wanted.__name__}")


async def speak(client: RealtimeClient) -> None:
    for at in range(0, len(SECOND), 1920):
        await client.append_pcm(SECOND[at : at + 1920])
        await asyncio.sleep(0)


async def test_a_spoken_turn_is_heard_and_answered_aloud(url: str) -> None:
    """Speech up, transcript and 500 ms of sound down, the same at the sink; what this server has of its own is counted
    and hurts nobody."""
    seen: list[m.ServerEvent] = []
    sink = NullSink()
    async with RealtimeClient() as client:
        await client.send_media_to(sink, MediaParameters(paced=False))
        await client.connect(url, "any", m.RealtimeSession(audio=AT_24_KHZ))
        await speak(client)
        done = await until(client, m.ResponseDone, seen)
        await client.drain_media()
        assert isinstance(done, m.ResponseDone)
        assert done.response.status == "completed"
        kinds = [event.type for event in seen]
        assert "conversation.item.input_audio_transcription.completed" in kinds
        assert kinds.index("input_audio_buffer.speech_started") < kinds.index("response.created")
        assert "error" not in kinds
        assert sink.received_bytes == sum(len(e.delta) for e in seen if isinstance(e, m.ResponseOutputAudioDelta))
        assert 490 <= sink.received_bytes / 48 <= 510


async def test_a_tool_is_called_and_its_output_answered(url: str) -> None:
    """One call, one output, one more answer."""
    seen: list[m.ServerEvent] = []
    async with RealtimeClient() as client:
        await client.connect(url, "any", m.RealtimeSession(tools=[TOOL]))
        await client.item_create(m.Message("user", [m.InputText("switch on the light")]))
        await client.response_create()
        call = await until(client, m.ResponseFunctionCallArgumentsDone, seen)
        assert isinstance(call, m.ResponseFunctionCallArgumentsDone)
        assert call.call_id == "call_1"
        await until(client, m.ResponseDone, seen)
        await client.item_create(m.FunctionCallOutput("call_1", "done"))
        await client.response_create()
        await until(client, m.ResponseDone, seen)
        assert any(isinstance(event, m.ResponseOutputAudioDelta) for event in seen)


async def test_a_second_visitor_is_turned_away_and_knows_why(url: str) -> None:
    """One session at a time: an error of its own and close 1008."""
    async with RealtimeClient() as first:
        await first.connect(url, "any")
        with pytest.raises(RealtimeError, match="slots are in use") as refused:
            await RealtimeClient().connect(url, "any")
        assert not isinstance(refused.value, ConnectionLost)
