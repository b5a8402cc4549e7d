"""The effective configuration of a session, and what an update makes of it. Pure.

An update changes the fields that it carries and no other; one mistake in it and the whole update is dropped.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from oyez_local.orders import Refusal
from oyez_realtime.messages import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    AudioPcm,
    AudioTranscription,
    CustomVoice,
    FunctionTool,
    McpTool,
    RealtimeSession,
    ServerVad,
    Session,
    SessionAudio,
    TranscriptionAudio,
    TranscriptionLanguage,
    TranscriptionSession,
    TurnDetection,
    given,
)

DEFAULT_INSTRUCTIONS = "You are a helpful voice in a home. Answer in one or two short spoken sentences."
DEFAULT_VAD = ServerVad(
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=200,
    idle_timeout_ms=None,
    create_response=True,
    interrupt_response=True,
)
DEFAULT_INPUT = AudioInput(format=AudioPcm(), noise_reduction=None, transcription=None, turn_detection=DEFAULT_VAD)
DEFAULT_OUTPUT = AudioOutput(format=AudioPcm(), voice="alloy", speed=1.0)
OWN_MODEL = "oyez-local"
LIVE_MODELS = ("gpt-realtime-whisper", "gpt-live-transcribe")
MERGED = ("audio", "input", "output")
"""Objects that are merged field by field; every other value replaces the old one."""
NULLABLE = ("noise_reduction", "transcription", "turn_detection", "tracing", "prompt", "include", "idle_timeout_ms")


def new_session(model: str, session_id: str, expires_at: int) -> RealtimeSession:
    """expires_at: Unix seconds."""
    return RealtimeSession(
        id=session_id,
        object="realtime.session",
        expires_at=expires_at,
        model=model,
        instructions=DEFAULT_INSTRUCTIONS,
        output_modalities=["audio"],
        audio=SessionAudio(input=DEFAULT_INPUT, output=DEFAULT_OUTPUT),
        tools=[],
        tool_choice="auto",
        max_output_tokens="inf",
        truncation="auto",
        tracing=None,
        prompt=None,
        include=None,
    )


def new_transcription_session(
    session_id: str, expires_at: int, detection: TurnDetection | None = DEFAULT_VAD
) -> TranscriptionSession:
    audio_in = msgspec.structs.replace(
        DEFAULT_INPUT, transcription=AudioTranscription(model=OWN_MODEL), turn_detection=detection
    )
    return TranscriptionSession(
        id=session_id,
        object="realtime.transcription_session",
        expires_at=expires_at,
        audio=TranscriptionAudio(input=audio_in),
        include=None,
    )


def updated(current: Session, update: Session, has_spoken: bool, speaking: bool = False) -> Session:
    """The session after the update; `current` is not touched. Raises Refusal.

    has_spoken: the model was heard already; speaking: a response is under way.
    """
    if type(update) is not type(current):
        raise Refusal("invalid_value", "The type of a session cannot be changed.", "session.type")
    if isinstance(update, RealtimeSession) and isinstance(current, RealtimeSession):
        _refuse_impossible(current, update, has_spoken)
        _refuse_other_speed(current, update, speaking)
    plain, change = msgspec.to_builtins(current), msgspec.to_builtins(update)
    session = _convert(_merged(plain, change), type(current))
    return _without_turns(session, update) if isinstance(session, TranscriptionSession) else session


def _without_turns(session: TranscriptionSession, update: Session) -> TranscriptionSession:
    """Models that write while they listen take no turn detection: the client commits."""
    own = audio_input(session)
    transcription = given(own.transcription)
    if transcription is None or not (given(transcription.model) or "").startswith(LIVE_MODELS):
        return session
    audio = given(update.audio) if isinstance(update, TranscriptionSession) else None
    stated = given(audio.input) if audio else None
    if stated is not None and given(stated.turn_detection) is not None:
        message = f"{given(transcription.model)} takes no turn detection; set it to null and commit."
        raise Refusal("invalid_value", message, "session.audio.input.turn_detection")
    silent = TranscriptionAudio(input=msgspec.structs.replace(own, turn_detection=None))
    return msgspec.structs.replace(session, audio=silent)


def _convert(plain: Any, kind: type[Session]) -> Session:
    try:
        return msgspec.convert(plain, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise Refusal("invalid_value", str(error), "session") from None


def _merged(current: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = dict(current)
    for name, value in change.items():
        if value is None and name not in NULLABLE:
            continue
        if name in MERGED and isinstance(current.get(name), dict):
            result[name] = _merged(current[name], value)
        elif name == "turn_detection" and value is not None:
            result[name] = _with_defaults(value)
        else:
            result[name] = value
    return result


def _with_defaults(detection: dict[str, Any]) -> dict[str, Any]:
    stated = {name: value for name, value in detection.items() if value is not None}
    if detection["type"] == "server_vad":
        return {**msgspec.to_builtins(DEFAULT_VAD), **stated}
    return {"eagerness": "auto", "create_response": True, "interrupt_response": True, **stated}


def _refuse_impossible(current: RealtimeSession, update: RealtimeSession, has_spoken: bool) -> None:
    model = given(update.model)
    if model is not None and model != given(current.model):
        raise Refusal("invalid_value", "The model of a session cannot be changed; open another.", "session.model")
    for tool in given(update.tools) or []:
        if isinstance(tool, McpTool) and not (given(tool.server_url) or "").startswith(("http://", "https://")):
            message = "This local server reaches MCP servers by server_url alone, not by connector or tunnel."
            raise Refusal("invalid_value", message, "session.tools")
    if given(current.tracing) is not None and given(update.tracing) not in (None, current.tracing):
        raise Refusal("invalid_value", "Tracing cannot be changed once it is on.", "session.tracing")
    audio = given(update.audio)
    output = given(audio.output) if audio else None
    new_voice = given(output.voice) if output else None
    if has_spoken and new_voice is not None and new_voice != voice(current):
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise Refusal("cannot_update_voice", message, "session.audio.output.voice")


def _refuse_other_speed(current: RealtimeSession, update: RealtimeSession, speaking: bool) -> None:
    audio = given(update.audio)
    output = given(audio.output) if audio else None
    speed = given(output.speed) if output else None
    if speaking and speed is not None and speed != given(audio_output(current).speed):
        message = "The speed of the voice can be changed between responses, not during one."
        raise Refusal("invalid_value", message, "session.audio.output.speed")


def audio_input(session: Session) -> AudioInput:
    audio = given(session.audio) if isinstance(session, RealtimeSession) else None
    captions = given(session.audio) if isinstance(session, TranscriptionSession) else None
    given_input = audio.input if audio else captions.input if captions else None
    return given(given_input) or DEFAULT_INPUT


def audio_output(session: Session) -> AudioOutput:
    audio = given(session.audio) if isinstance(session, RealtimeSession) else None
    return (given(audio.output) if audio else None) or DEFAULT_OUTPUT


def input_format(session: Session) -> AudioFormat:
    return given(audio_input(session).format) or AudioPcm()


def turn_detection(session: Session) -> TurnDetection | None:
    detection: TurnDetection | UnsetType | None = audio_input(session).turn_detection
    return None if isinstance(detection, UnsetType) else detection


def transcribes(session: Session) -> bool:
    """Whether the client wants to read what was said; who came for captions always does."""
    return isinstance(session, TranscriptionSession) or given(audio_input(session).transcription) is not None


def languages_told(session: Session) -> list[TranscriptionLanguage] | UnsetType:
    """For clients that named the languages to expect: the one that the recogniser knows."""
    transcription = given(audio_input(session).transcription)
    asked = transcription is not None and given(transcription.languages) is not None
    return [TranscriptionLanguage(code="en")] if asked else UNSET


def voice(session: Session) -> str | CustomVoice:
    return given(audio_output(session).voice) or "alloy"


def mcp_servers(session: Session) -> list[McpTool]:
    tools = given(session.tools) if isinstance(session, RealtimeSession) else None
    return [tool for tool in tools or [] if isinstance(tool, McpTool)]


def functions(tools: Sequence[Any] | None) -> list[dict[str, Any]]:
    """Function tools as the mind reads them: name, description, parameters."""
    return [msgspec.to_builtins(tool) for tool in tools or [] if isinstance(tool, FunctionTool)]
