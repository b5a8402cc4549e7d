"""pipecat: a pipeline of its own transport classes, its realtime service and its context aggregators."""

import asyncio
import os
import sys
from typing import Any

from loguru import logger
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    BotStoppedSpeakingFrame,
    ErrorFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    OutputAudioRawFrame,
    StartFrame,
    TTSAudioRawFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime.events import (
    AudioConfiguration,
    AudioInput,
    InputAudioTranscription,
    SessionProperties,
    TurnDetection,
)
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

from tests.peers.clients.stage import (
    INSTRUCTIONS,
    MODEL,
    RATE_HZ,
    TOOL_DESCRIPTION,
    TOOL_NAME,
    TOOL_OUTPUT,
    Microphone,
    Notes,
    converse,
    run,
)


class Ears(BaseInputTransport):
    """The microphone as pipecat's input transport."""

    def __init__(self, params: TransportParams, microphone: Microphone) -> None:
        super().__init__(params)
        self._microphone = microphone
        self._listening: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._listening = self.create_task(self._listen())

    async def cleanup(self) -> None:
        await super().cleanup()
        if self._listening is not None:
            await self.cancel_task(self._listening)

    async def _listen(self) -> None:
        async for chunk in self._microphone.chunks():
            await self.push_audio_frame(InputAudioRawFrame(audio=chunk, sample_rate=RATE_HZ, num_channels=1))


class Loudspeaker(BaseOutputTransport):
    """A loudspeaker as pipecat's output transport: takes sound no faster than it plays."""

    def __init__(self, params: TransportParams) -> None:
        super().__init__(params)
        self._due_s = 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        now_s = asyncio.get_running_loop().time()
        self._due_s = max(self._due_s, now_s) + len(frame.audio) / 2 / frame.sample_rate
        await asyncio.sleep(self._due_s - now_s)
        return True


class Onlooker(BaseObserver):
    """Notes what passes through the pipeline: each frame once, where it is first pushed."""

    def __init__(self, notes: Notes) -> None:
        super().__init__()
        self._notes, self._seen = notes, set[int]()

    async def on_push_frame(self, data: FramePushed) -> None:
        frame, notes = data.frame, self._notes
        if frame.id in self._seen:
            return
        self._seen.add(frame.id)
        if isinstance(frame, TTSAudioRawFrame) and isinstance(data.source, OpenAIRealtimeLLMService):
            notes.sound(frame.audio)
        elif isinstance(frame, InterruptionFrame):
            notes.ended(interrupted=True)
        elif isinstance(frame, BotStoppedSpeakingFrame):
            notes.ended()
        elif isinstance(frame, ErrorFrame):
            notes.trouble(frame.error)


def _service(url: str, key: str, notes: Notes) -> OpenAIRealtimeLLMService:
    audio = AudioInput(transcription=InputAudioTranscription(model="gpt-transcribe"), turn_detection=TurnDetection())
    service = OpenAIRealtimeLLMService(
        api_key=key,
        base_url=f"{url.replace('http', 'ws')}/v1/realtime",
        settings=OpenAIRealtimeLLMService.Settings(
            model=MODEL,
            system_instruction=INSTRUCTIONS,
            session_properties=SessionProperties(audio=AudioConfiguration(input=audio)),
        ),
    )

    async def set_light(params: FunctionCallParams) -> None:
        notes.called(params.function_name, dict(params.arguments))
        await params.result_callback({"message": TOOL_OUTPUT})

    service.register_function(TOOL_NAME, set_light)
    return service


def _context() -> LLMContext:
    properties: dict[str, Any] = {"name": {"type": "string"}, "on": {"type": "boolean"}}
    tool = FunctionSchema(TOOL_NAME, TOOL_DESCRIPTION, properties, ["name", "on"])
    return LLMContext([], tools=ToolsSchema(standard_tools=[tool]))


async def hold(url: str, key: str, microphone: Microphone, notes: Notes) -> None:
    params = TransportParams(
        audio_in_enabled=True, audio_out_enabled=True, audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ
    )
    pair = LLMContextAggregatorPair(_context())

    @pair.user().event_handler("on_user_turn_message_added")
    async def heard(aggregator: Any, message: Any) -> None:
        notes.user_said(message.content)

    said: list[str] = []

    @pair.assistant().event_handler("on_assistant_turn_stopped")
    async def spoken(aggregator: Any, message: Any) -> None:
        if message.content:
            said.append(message.content)
            notes.changed()

    line = [Ears(params, microphone), pair.user(), _service(url, key, notes), Loudspeaker(params), pair.assistant()]
    worker = PipelineWorker(
        Pipeline(line),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=RATE_HZ),
        observers=[Onlooker(notes)],
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        # Its users begin so: only with the first run of the context does the service learn the tools. The voice greets.
        await worker.queue_frames([LLMRunFrame()])
        await notes.reply_played(1)
        await notes.until(lambda: bool(said), "the words of the greeting")
        notes.replies.clear()
        said.clear()
        await converse(microphone, notes)
        await notes.until(lambda: len(said) == len(notes.replies), "the words of the last reply")
        for reply, words in zip(notes.replies, said, strict=True):
            reply.said = words
    finally:
        await worker.cancel()
        await running


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level=os.environ.get("PEER_LOG", "WARNING"))
    run("pipecat-ai", hold)
