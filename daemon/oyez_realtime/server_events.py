"""What a server tells of the session, the conversation and the input buffer; `response_events` has the rest."""

from typing import Literal

import msgspec
from msgspec import UNSET

from oyez_realtime.items import Item
from oyez_realtime.responses import ErrorDetail, TranscriptionUsage
from oyez_realtime.session_objects import Session
from oyez_realtime.wire import BaseServerEvent, Maybe


class SessionCreated(BaseServerEvent, frozen=True, tag="session.created"):
    """The first event: only now is the session open."""

    session: Session


class SessionUpdated(BaseServerEvent, frozen=True, tag="session.updated"):
    """The whole effective session. Carries no id of the update that it answers."""

    session: Session


class ErrorEvent(BaseServerEvent, frozen=True, tag="error"):
    """Most errors leave the session open; see `closing`."""

    error: ErrorDetail


class Conversation(msgspec.Struct, frozen=True):
    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET


class ConversationCreated(BaseServerEvent, frozen=True, tag="conversation.created"):
    conversation: Conversation


class _OfItem(BaseServerEvent, frozen=True, kw_only=True):
    item_id: str


class _WithItem(BaseServerEvent, frozen=True, kw_only=True):
    item: Item
    previous_item_id: Maybe[str] = UNSET


class ConversationItemCreated(_WithItem, frozen=True, tag="conversation.item.created"):
    """The older name: stands for added and done at once."""


class ConversationItemAdded(_WithItem, frozen=True, tag="conversation.item.added"):
    """May still be in progress."""


class ConversationItemDone(_WithItem, frozen=True, tag="conversation.item.done"):
    """Final."""


class ConversationItemDeleted(_OfItem, frozen=True, tag="conversation.item.deleted"):
    pass


class ConversationItemRetrieved(BaseServerEvent, frozen=True, tag="conversation.item.retrieved"):
    item: Item


class ConversationItemTruncated(_OfItem, frozen=True, kw_only=True, tag="conversation.item.truncated"):
    """The transcript of that part is gone from the server's context."""

    content_index: int = 0
    audio_end_ms: int = 0


class TokenLogprob(msgspec.Struct, frozen=True):
    token: str
    logprob: float
    bytes: Maybe[list[int]] = UNSET


class TranscriptionLanguage(msgspec.Struct, frozen=True):
    code: Maybe[str] = UNSET


class _OfTranscription(_OfItem, frozen=True, kw_only=True):
    """Transcription is asynchronous: key by `item_id`, never by arrival."""

    content_index: Maybe[int] = UNSET


class ConversationItemInputAudioTranscriptionDelta(
    _OfTranscription, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.delta"
):
    """Append-only."""

    delta: Maybe[str] = UNSET
    logprobs: Maybe[list[TokenLogprob]] = UNSET
    obfuscation: Maybe[str] = UNSET


class ConversationItemInputAudioTranscriptionCompleted(
    _OfTranscription, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.completed"
):
    transcript: str
    usage: Maybe[TranscriptionUsage] = UNSET
    languages: Maybe[list[TranscriptionLanguage]] = UNSET
    logprobs: Maybe[list[TokenLogprob]] = UNSET


class ConversationItemInputAudioTranscriptionFailed(
    _OfTranscription, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.failed"
):
    error: ErrorDetail


class ConversationItemInputAudioTranscriptionSegment(
    _OfTranscription, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.segment"
):
    """Who said what: of transcription with diarisation."""

    id: str
    text: str
    speaker: str
    start: float
    """Seconds."""
    end: float


class InputAudioBufferCleared(BaseServerEvent, frozen=True, tag="input_audio_buffer.cleared"):
    pass


class InputAudioBufferCommitted(_OfItem, frozen=True, kw_only=True, tag="input_audio_buffer.committed"):
    previous_item_id: Maybe[str] = UNSET


class InputAudioBufferSpeechStarted(_OfItem, frozen=True, kw_only=True, tag="input_audio_buffer.speech_started"):
    """`item_id` is that of the item to come."""

    audio_start_ms: int
    """Of audio written to the buffer in this session; includes the prefix padding."""


class InputAudioBufferSpeechStopped(_OfItem, frozen=True, kw_only=True, tag="input_audio_buffer.speech_stopped"):
    audio_end_ms: int
    """Includes the silence that had to pass."""


class InputAudioBufferTimeoutTriggered(_OfItem, frozen=True, kw_only=True, tag="input_audio_buffer.timeout_triggered"):
    """Nobody spoke for `idle_timeout_ms`: a commit and a response follow."""

    audio_start_ms: int
    audio_end_ms: int


class InputAudioBufferDtmfEventReceived(
    BaseServerEvent, frozen=True, omit_defaults=True, tag="input_audio_buffer.dtmf_event_received"
):
    """SIP only; the one event without an `event_id`."""

    event: str
    received_at: int
    """Unix seconds."""


class OutputAudioBufferStarted(BaseServerEvent, frozen=True, tag="output_audio_buffer.started"):
    """WebRTC and SIP only, as are its two siblings."""

    response_id: str


class OutputAudioBufferStopped(BaseServerEvent, frozen=True, tag="output_audio_buffer.stopped"):
    response_id: str


class OutputAudioBufferCleared(BaseServerEvent, frozen=True, tag="output_audio_buffer.cleared"):
    response_id: str


class RateLimit(msgspec.Struct, frozen=True):
    name: Maybe[Literal["requests", "tokens"]] = UNSET
    limit: Maybe[int] = UNSET
    remaining: Maybe[int] = UNSET
    reset_seconds: Maybe[float] = UNSET


class RateLimitsUpdated(BaseServerEvent, frozen=True, tag="rate_limits.updated"):
    """For metrics only: where it stands among the others is not reliable."""

    rate_limits: list[RateLimit]
