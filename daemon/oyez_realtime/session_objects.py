"""Sessions and what they are made of: formats, turn detection, tools, limits."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta

from oyez_realtime.wire import Checked, Maybe

PCM_RATE_HZ = 24_000
G711_RATE_HZ = 8_000

Fraction: TypeAlias = Annotated[float, Meta(ge=0.0, le=1.0)]
NotNegative: TypeAlias = Annotated[int, Meta(ge=0)]
OutputTokens: TypeAlias = Annotated[int, Meta(ge=1, le=4096)] | Literal["inf"]
Modalities: TypeAlias = Annotated[list[Literal["text", "audio"]], Meta(min_length=1, max_length=1)]
"""Text or audio; audio comes with its transcript, and both at once are refused by the service."""
Metadata: TypeAlias = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]], Meta(max_length=16)
]


class AudioPcm(Checked, frozen=True, tag_field="type", tag="audio/pcm"):
    """Signed 16 bit little-endian, mono."""

    rate: Annotated[int, Meta(ge=PCM_RATE_HZ, le=PCM_RATE_HZ)] = PCM_RATE_HZ


class AudioPcmu(Checked, frozen=True, tag_field="type", tag="audio/pcmu"):
    """G.711 µ-law, 8 kHz mono."""


class AudioPcma(Checked, frozen=True, tag_field="type", tag="audio/pcma"):
    """G.711 A-law, 8 kHz mono."""


AudioFormat: TypeAlias = AudioPcm | AudioPcmu | AudioPcma


def bytes_per_ms(audio_format: AudioFormat) -> int:
    """48 for 24 kHz PCM, 8 for G.711."""
    return 2 * audio_format.rate // 1000 if isinstance(audio_format, AudioPcm) else G711_RATE_HZ // 1000


class NoiseReduction(Checked, frozen=True):
    type: Maybe[Literal["near_field", "far_field"]] = UNSET
    """Far field is for a microphone that stands in a room."""
    strength: Maybe[float] = UNSET


class AudioTranscription(Checked, frozen=True):
    model: Maybe[str] = UNSET
    language: Maybe[str] = UNSET
    """ISO 639-1."""
    languages: Maybe[list[str]] = UNSET
    keywords: Maybe[list[str]] = UNSET
    prompt: Maybe[str] = UNSET
    delay: Maybe[Literal["minimal", "low", "medium", "high", "xhigh"]] = UNSET


class ServerVad(Checked, frozen=True, tag_field="type", tag="server_vad"):
    threshold: Maybe[Fraction] = UNSET
    prefix_padding_ms: Maybe[NotNegative] = UNSET
    silence_duration_ms: Maybe[NotNegative] = UNSET
    idle_timeout_ms: Maybe[NotNegative] = UNSET
    create_response: Maybe[bool] = UNSET
    interrupt_response: Maybe[bool] = UNSET


class SemanticVad(Checked, frozen=True, tag_field="type", tag="semantic_vad"):
    eagerness: Maybe[Literal["low", "medium", "high", "auto"]] = UNSET
    create_response: Maybe[bool] = UNSET
    interrupt_response: Maybe[bool] = UNSET


TurnDetection: TypeAlias = ServerVad | SemanticVad


class AudioInput(Checked, frozen=True):
    format: Maybe[AudioFormat] = UNSET
    noise_reduction: Maybe[NoiseReduction] = UNSET
    transcription: Maybe[AudioTranscription] = UNSET
    turn_detection: Maybe[TurnDetection] = UNSET
    """None: the client decides when a turn ends (commit)."""


class CustomVoice(Checked, frozen=True):
    id: str


class AudioOutput(Checked, frozen=True):
    format: Maybe[AudioFormat] = UNSET
    voice: Maybe[str | CustomVoice] = UNSET
    """Fixed once the model has spoken."""
    speed: Maybe[Annotated[float, Meta(ge=0.25, le=1.5)]] = UNSET


class SessionAudio(Checked, frozen=True):
    input: Maybe[AudioInput] = UNSET
    output: Maybe[AudioOutput] = UNSET


class TranscriptionAudio(Checked, frozen=True):
    input: Maybe[AudioInput] = UNSET


class FunctionTool(Checked, frozen=True, tag_field="type", tag="function"):
    name: str
    description: Maybe[str] = UNSET
    parameters: Maybe[dict[str, Any]] = UNSET
    """A JSON Schema."""


class McpToolFilter(Checked, frozen=True):
    tool_names: Maybe[list[str]] = UNSET
    read_only: Maybe[bool] = UNSET


class McpApprovalFilter(Checked, frozen=True):
    always: Maybe[McpToolFilter] = UNSET
    never: Maybe[McpToolFilter] = UNSET


Connector: TypeAlias = Literal[
    "connector_dropbox",
    "connector_gmail",
    "connector_googlecalendar",
    "connector_googledrive",
    "connector_microsoftteams",
    "connector_outlookcalendar",
    "connector_outlookemail",
    "connector_sharepoint",
]
"""Services that the service knows by itself; not for models after 2026-09-01."""


class McpTool(Checked, frozen=True, tag_field="type", tag="mcp"):
    """A server of tools that the service itself calls: one of `server_url`, `connector_id`, `tunnel_id` says where."""

    server_label: str
    server_url: Maybe[str] = UNSET
    connector_id: Maybe[Connector] = UNSET
    tunnel_id: Maybe[str] = UNSET
    authorization: Maybe[str] = UNSET
    headers: Maybe[dict[str, str]] = UNSET
    allowed_tools: Maybe[list[str] | McpToolFilter] = UNSET
    require_approval: Maybe[Literal["always", "never"] | McpApprovalFilter] = UNSET
    server_description: Maybe[str] = UNSET
    allowed_callers: Maybe[list[Literal["direct", "programmatic"]]] = UNSET
    defer_loading: Maybe[bool] = UNSET

    def __repr__(self) -> str:
        return f"McpTool(server_label={self.server_label!r}, authorization and headers hidden)"


Tool: TypeAlias = FunctionTool | McpTool


class ToolChoiceFunction(Checked, frozen=True, tag_field="type", tag="function"):
    name: str


class ToolChoiceMcp(Checked, frozen=True, tag_field="type", tag="mcp"):
    server_label: str
    name: Maybe[str] = UNSET


ToolChoice: TypeAlias = Literal["none", "auto", "required"] | ToolChoiceFunction | ToolChoiceMcp


class Reasoning(Checked, frozen=True):
    effort: Maybe[Literal["minimal", "low", "medium", "high", "xhigh"]] = UNSET


class TokenLimits(Checked, frozen=True):
    post_instructions: Maybe[NotNegative] = UNSET


class RetentionRatio(Checked, frozen=True, tag_field="type", tag="retention_ratio"):
    """When the context is full, keep so much of it: dropping more at once spoils the cache less often."""

    retention_ratio: Fraction
    token_limits: Maybe[TokenLimits] = UNSET


class Tracing(Checked, frozen=True):
    workflow_name: Maybe[str] = UNSET
    group_id: Maybe[str] = UNSET
    metadata: Any = UNSET


class Prompt(Checked, frozen=True):
    id: str
    version: Maybe[str] = UNSET
    variables: Maybe[dict[str, Any]] = UNSET


Include: TypeAlias = Literal["item.input_audio_transcription.logprobs"]


class RealtimeSession(Checked, frozen=True, kw_only=True, tag_field="type", tag="realtime"):
    """A conversation. In `session.update` only the fields that are present change; a refused update changes nothing."""

    id: Maybe[str] = UNSET
    """`id`, `object`, `expires_at` are the server's to set."""
    object: Maybe[str] = UNSET
    expires_at: Maybe[int] = UNSET
    """Unix seconds at which the server will end the session."""
    model: Maybe[str] = UNSET
    instructions: Maybe[str] = UNSET
    output_modalities: Maybe[Modalities] = UNSET
    audio: Maybe[SessionAudio] = UNSET
    tools: Maybe[Sequence[Tool]] = UNSET
    tool_choice: Maybe[ToolChoice] = UNSET
    parallel_tool_calls: Maybe[bool] = UNSET
    reasoning: Maybe[Reasoning] = UNSET
    max_output_tokens: Maybe[OutputTokens] = UNSET
    truncation: Maybe[Literal["auto", "disabled"] | RetentionRatio] = UNSET
    tracing: Maybe[Literal["auto"] | Tracing] = UNSET
    prompt: Maybe[Prompt] = UNSET
    include: Maybe[list[Include]] = UNSET


class TranscriptionSession(Checked, frozen=True, kw_only=True, tag_field="type", tag="transcription"):
    """Captions only: no voice, no tools, no responses."""

    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[int] = UNSET
    audio: Maybe[TranscriptionAudio] = UNSET
    include: Maybe[list[Include]] = UNSET


Session: TypeAlias = RealtimeSession | TranscriptionSession
