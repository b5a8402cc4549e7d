"""What a client may say. Wire names stand in the tags and nowhere else."""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta

from oyez_realtime.items import Item
from oyez_realtime.responses import ResponseParameters
from oyez_realtime.session_objects import NotNegative, Session
from oyez_realtime.wire import BaseClientEvent, Checked, Maybe

APPEND_MAX_BYTES = 15 * 1024 * 1024
"""Largest audio in one append."""


class CheckedClientEvent(BaseClientEvent, Checked, frozen=True, kw_only=True):
    """All but the audio append, which is too frequent to be looked at twice."""


class SessionUpdate(CheckedClientEvent, frozen=True, tag="session.update"):
    session: Session


class InputAudioBufferAppend(BaseClientEvent, frozen=True, gc=False, tag="input_audio_buffer.append"):
    audio: Annotated[bytes, Meta(max_length=APPEND_MAX_BYTES)]
    """In the session's input format; base64 on the wire. Is never acknowledged."""


class InputAudioBufferCommit(CheckedClientEvent, frozen=True, tag="input_audio_buffer.commit"):
    """Makes the buffer a user item; refused below 100 ms. Starts no response."""


class InputAudioBufferClear(CheckedClientEvent, frozen=True, tag="input_audio_buffer.clear"):
    """Forgets the buffer."""


class ConversationItemCreate(CheckedClientEvent, frozen=True, tag="conversation.item.create"):
    item: Item
    previous_item_id: Maybe[str] = UNSET
    """Absent: at the end; `root`: at the front; unknown: an error."""


class ConversationItemRetrieve(CheckedClientEvent, frozen=True, tag="conversation.item.retrieve"):
    item_id: str


class ConversationItemTruncate(CheckedClientEvent, frozen=True, tag="conversation.item.truncate"):
    """Says how much of an answer was heard. Its transcript is removed from the server's context."""

    item_id: str
    content_index: NotNegative
    audio_end_ms: NotNegative


class ConversationItemDelete(CheckedClientEvent, frozen=True, tag="conversation.item.delete"):
    item_id: str


class ResponseCreate(CheckedClientEvent, frozen=True, tag="response.create"):
    response: Maybe[ResponseParameters] = UNSET


class ResponseCancel(CheckedClientEvent, frozen=True, tag="response.cancel"):
    response_id: Maybe[str] = UNSET


class OutputAudioBufferClear(CheckedClientEvent, frozen=True, tag="output_audio_buffer.clear"):
    """WebRTC and SIP only: over WebSocket the service refuses it as an unknown type."""


ClientEvent: TypeAlias = (
    SessionUpdate
    | InputAudioBufferAppend
    | InputAudioBufferCommit
    | InputAudioBufferClear
    | ConversationItemCreate
    | ConversationItemRetrieve
    | ConversationItemTruncate
    | ConversationItemDelete
    | ResponseCreate
    | ResponseCancel
)
"""What a WebSocket server accepts."""

AnyClientEvent: TypeAlias = ClientEvent | OutputAudioBufferClear

CLIENT_EVENT_TYPES: tuple[str, ...] = tuple(str(struct.__struct_config__.tag) for struct in ClientEvent.__args__)
client_event_decoder: msgspec.json.Decoder[ClientEvent] = msgspec.json.Decoder(ClientEvent)
