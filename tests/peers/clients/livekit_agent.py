"""livekit-agents with livekit-plugins-openai: an Agent in an AgentSession, whose ears and mouth need no room."""

import asyncio
import contextlib

from livekit import rtc
from livekit.agents import Agent, AgentSession, ConversationItemAddedEvent, UserInputTranscribedEvent, function_tool
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import io
from livekit.plugins.openai.realtime import RealtimeModel
from openai.types.realtime import AudioTranscription
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

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


class Ears(io.AudioInput):
    """The microphone as LiveKit's input."""

    def __init__(self, microphone: Microphone) -> None:
        super().__init__(label="microphone")
        self._chunks = microphone.chunks()

    async def __anext__(self) -> rtc.AudioFrame:
        chunk = await anext(self._chunks)
        return rtc.AudioFrame(chunk, RATE_HZ, num_channels=1, samples_per_channel=len(chunk) // 2)


class Loudspeaker(io.AudioOutput):
    """A loudspeaker as LiveKit's output: knows when a reply has been played, or how far it came when it is cut."""

    def __init__(self, notes: Notes) -> None:
        capabilities = io.AudioOutputCapabilities(pause=False)
        super().__init__(label="loudspeaker", capabilities=capabilities, sample_rate=RATE_HZ)
        self._notes = notes
        self._began_s = self._given_s = 0.0
        self._playing: asyncio.Task[None] | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._given_s:
            self._began_s = asyncio.get_running_loop().time()
        self._given_s += frame.duration
        self._notes.sound(bytes(frame.data))

    def flush(self) -> None:
        super().flush()
        if self._given_s:
            self._playing = asyncio.get_running_loop().create_task(self._play_out())

    async def _play_out(self) -> None:
        await asyncio.sleep(self._began_s + self._given_s - asyncio.get_running_loop().time())
        self._end(self._given_s, interrupted=False)

    def clear_buffer(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
        if self._given_s:
            self._end(min(self._given_s, asyncio.get_running_loop().time() - self._began_s), interrupted=True)

    def _end(self, played_s: float, interrupted: bool) -> None:
        self._given_s = 0.0
        self._playing = None
        self._notes.ended(interrupted)
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)


class House(Agent):
    def __init__(self, notes: Notes) -> None:
        super().__init__(instructions=INSTRUCTIONS)
        self._notes = notes

    @function_tool(name=TOOL_NAME, description=TOOL_DESCRIPTION)
    async def set_light(self, name: str, on: bool) -> str:
        self._notes.called(TOOL_NAME, {"name": name, "on": on})
        return TOOL_OUTPUT


async def hold(url: str, key: str, microphone: Microphone, notes: Notes) -> None:
    model = RealtimeModel(
        model=MODEL,
        base_url=f"{url}/v1",
        api_key=key,
        voice="marin",
        input_audio_transcription=AudioTranscription(model="gpt-transcribe"),
        turn_detection=ServerVad(type="server_vad", create_response=True, interrupt_response=True),
    )
    session: AgentSession[None] = AgentSession(llm=model)
    session.input.audio = Ears(microphone)
    session.output.audio = Loudspeaker(notes)

    @session.on("user_input_transcribed")
    def heard(event: UserInputTranscribedEvent) -> None:
        if event.is_final:
            notes.user_said(event.transcript)

    @session.on("conversation_item_added")
    def said(event: ConversationItemAddedEvent) -> None:
        # A message of the agent joins the history once its sound has ended, and carries only what was heard.
        if isinstance(event.item, ChatMessage) and event.item.role == "assistant":
            notes.replies[-1].said = event.item.text_content or ""
            notes.changed()

    session.on("error", lambda event: notes.trouble(event.error))
    await session.start(House(notes), record=False)
    try:
        await converse(microphone, notes)
        await notes.until(lambda: bool(notes.replies[-1].said), "the words of the last reply")
    finally:
        with contextlib.suppress(RuntimeError):
            await session.aclose()
        await model.aclose()


if __name__ == "__main__":
    run("livekit-plugins-openai", hold)
