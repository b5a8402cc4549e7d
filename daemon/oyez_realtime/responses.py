"""Responses: what a client may ask for, what the server tells of one, and what it cost."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import UNSET

from oyez_realtime.items import Item, ItemReference
from oyez_realtime.session_objects import (
    AudioFormat,
    CustomVoice,
    Metadata,
    Modalities,
    OutputTokens,
    Prompt,
    Reasoning,
    Tool,
    ToolChoice,
)
from oyez_realtime.wire import Checked, Maybe

ResponseStatus: TypeAlias = Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]


class ErrorDetail(Checked, frozen=True):
    """What went wrong, in `error`, in a failed response and in a failed transcription."""

    type: Maybe[str] = UNSET
    message: Maybe[str] = UNSET
    code: Maybe[str] = UNSET
    param: Maybe[str] = UNSET
    event_id: Maybe[str] = UNSET
    """That of the client event which caused it; null when that had none."""


class ResponseAudioOutput(Checked, frozen=True):
    format: Maybe[AudioFormat] = UNSET
    voice: Maybe[str | CustomVoice] = UNSET


class ResponseAudio(Checked, frozen=True):
    output: Maybe[ResponseAudioOutput] = UNSET


class ResponseParameters(Checked, frozen=True, kw_only=True):
    """What `response.create` may change for one response."""

    audio: Maybe[ResponseAudio] = UNSET
    conversation: Maybe[Literal["auto", "none"]] = UNSET
    """none: out of band; its output does not enter the conversation."""
    input: Maybe[list[Item | ItemReference]] = UNSET
    """Replaces the context; an empty list clears it."""
    instructions: Maybe[str] = UNSET
    max_output_tokens: Maybe[OutputTokens] = UNSET
    metadata: Maybe[Metadata] = UNSET
    output_modalities: Maybe[Modalities] = UNSET
    parallel_tool_calls: Maybe[bool] = UNSET
    prompt: Maybe[Prompt] = UNSET
    reasoning: Maybe[Reasoning] = UNSET
    tool_choice: Maybe[ToolChoice] = UNSET
    tools: Maybe[Sequence[Tool]] = UNSET


class CachedTokensDetails(Checked, frozen=True):
    text_tokens: Maybe[int] = UNSET
    audio_tokens: Maybe[int] = UNSET
    image_tokens: Maybe[int] = UNSET


class InputTokenDetails(Checked, frozen=True):
    text_tokens: Maybe[int] = UNSET
    audio_tokens: Maybe[int] = UNSET
    image_tokens: Maybe[int] = UNSET
    cached_tokens: Maybe[int] = UNSET
    cached_tokens_details: Maybe[CachedTokensDetails] = UNSET


class OutputTokenDetails(Checked, frozen=True):
    text_tokens: Maybe[int] = UNSET
    audio_tokens: Maybe[int] = UNSET


class Usage(Checked, frozen=True):
    total_tokens: Maybe[int] = UNSET
    input_tokens: Maybe[int] = UNSET
    output_tokens: Maybe[int] = UNSET
    input_token_details: Maybe[InputTokenDetails] = UNSET
    output_token_details: Maybe[OutputTokenDetails] = UNSET


class StatusDetails(Checked, frozen=True):
    type: Maybe[str] = UNSET
    reason: Maybe[str] = UNSET
    """turn_detected, client_cancelled, max_output_tokens, content_filter."""
    error: Maybe[ErrorDetail] = UNSET


class Response(Checked, frozen=True, kw_only=True):
    id: str
    object: Maybe[str] = UNSET
    status: Maybe[ResponseStatus] = UNSET
    status_details: Maybe[StatusDetails] = UNSET
    output: Maybe[list[Item]] = UNSET
    conversation_id: Maybe[str] = UNSET
    """Null: out of band."""
    output_modalities: Maybe[list[Literal["text", "audio"]]] = UNSET
    max_output_tokens: Maybe[int | Literal["inf"]] = UNSET
    audio: Maybe[ResponseAudio] = UNSET
    metadata: Maybe[Metadata] = UNSET
    usage: Maybe[Usage] = UNSET


class DurationUsage(Checked, frozen=True, tag_field="type", tag="duration"):
    seconds: float


class TokenUsage(Checked, frozen=True, tag_field="type", tag="tokens"):
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_token_details: Maybe[InputTokenDetails] = UNSET


TranscriptionUsage: TypeAlias = DurationUsage | TokenUsage
