"""Reading what a server says: quick when it is as specified, forgiving when it is not.

The forgiving way drops the smallest thing that cannot be understood (a field, an element of a list) and tries again, so
that a new kind of tool or item in a list does not cost us the event around it.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from oyez_realtime import response_events as response
from oyez_realtime import server_events as server
from oyez_realtime.errors import WireError
from oyez_realtime.legacy import JsonObject, modernised

ServerEvent: TypeAlias = (
    server.SessionCreated
    | server.SessionUpdated
    | server.ErrorEvent
    | server.ConversationCreated
    | server.ConversationItemCreated
    | server.ConversationItemAdded
    | server.ConversationItemDone
    | server.ConversationItemDeleted
    | server.ConversationItemRetrieved
    | server.ConversationItemTruncated
    | server.ConversationItemInputAudioTranscriptionDelta
    | server.ConversationItemInputAudioTranscriptionCompleted
    | server.ConversationItemInputAudioTranscriptionFailed
    | server.ConversationItemInputAudioTranscriptionSegment
    | server.InputAudioBufferCleared
    | server.InputAudioBufferCommitted
    | server.InputAudioBufferSpeechStarted
    | server.InputAudioBufferSpeechStopped
    | server.InputAudioBufferTimeoutTriggered
    | server.InputAudioBufferDtmfEventReceived
    | server.OutputAudioBufferStarted
    | server.OutputAudioBufferStopped
    | server.OutputAudioBufferCleared
    | server.RateLimitsUpdated
    | response.ResponseCreated
    | response.ResponseDone
    | response.ResponseOutputItemAdded
    | response.ResponseOutputItemDone
    | response.ResponseContentPartAdded
    | response.ResponseContentPartDone
    | response.ResponseOutputAudioDelta
    | response.ResponseOutputAudioDone
    | response.ResponseOutputAudioTranscriptDelta
    | response.ResponseOutputAudioTranscriptDone
    | response.ResponseOutputTextDelta
    | response.ResponseOutputTextDone
    | response.ResponseFunctionCallArgumentsDelta
    | response.ResponseFunctionCallArgumentsDone
    | response.McpListToolsInProgress
    | response.McpListToolsCompleted
    | response.McpListToolsFailed
    | response.ResponseMcpCallArgumentsDelta
    | response.ResponseMcpCallArgumentsDone
    | response.ResponseMcpCallInProgress
    | response.ResponseMcpCallCompleted
    | response.ResponseMcpCallFailed
)

SERVER_EVENT_TYPES: tuple[str, ...] = tuple(str(struct.__struct_config__.tag) for struct in ServerEvent.__args__)

DROPS_MAX = 32
"""An event with more oddities than this is taken for unknown."""

_decoder: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(ServerEvent)


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a type that we do not know, or one that lacks what its type needs."""

    type: str
    raw: JsonObject
    why: str
    """Empty: the type is unknown. Otherwise what is wrong with it."""


def read_server_event(text: str | bytes) -> tuple[ServerEvent | UnknownEvent, list[str]]:
    """The event, and the paths of what had to be dropped from it. Raises WireError when it is no event at all."""
    try:
        return _decoder.decode(text), []
    except msgspec.ValidationError:
        raw = _parsed(text)  # the decoder stops at what it does not expect: the rest may not even be JSON
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_json(error) from None
    return _read_forgivingly(raw)


def _parsed(text: str | bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_json(error) from None


def _no_json(error: Exception) -> WireError:
    return WireError("invalid_json", f"The server sent what is not JSON: {error}")


def _read_forgivingly(raw: object) -> tuple[ServerEvent | UnknownEvent, list[str]]:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise WireError("invalid_event", "The server sent JSON that is no event: it has no type")
    event = modernised(raw)
    if event["type"] not in SERVER_EVENT_TYPES:
        return UnknownEvent(raw["type"], raw, ""), []
    return _drop_until_understood(event, raw)


def _drop_until_understood(event: JsonObject, raw: JsonObject) -> tuple[ServerEvent | UnknownEvent, list[str]]:
    event = deepcopy(event)  # to be cut; `raw` goes whole to whoever asks
    dropped: list[str] = []
    why = ""
    while len(dropped) <= DROPS_MAX:
        try:
            return msgspec.convert(event, ServerEvent), dropped
        except msgspec.ValidationError as error:
            why = str(error)
        path = offending_path(why)
        if not path or not _drop(event, path):
            break
        dropped.append(".".join(map(str, path)))
    return UnknownEvent(raw["type"], raw, why), dropped


_PATH = re.compile(r" - at `\$([^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


def offending_path(message: str) -> list[str | int]:
    """The steps from the root to what msgspec complained of: keys, and indices into lists."""
    found = _PATH.search(message)
    if found is None:
        return []
    steps = _STEP.findall(found.group(1).partition("[...]")[0])
    return [int(index) if index else key for key, index in steps]


def _drop(event: JsonObject, path: list[str | int]) -> bool:
    holder: Any = event
    for step in path[:-1]:
        holder = holder[step]
    if path == ["type"] or (isinstance(holder, dict) and path[-1] not in holder):
        return False
    del holder[path[-1]]
    return True
