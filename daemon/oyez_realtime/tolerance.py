"""Reading what a server says: quick when it is as specified, forgiving when it is not.

The forgiving way drops the smallest thing that cannot be understood (a field, an element of a list) and tries again, so
that a new kind of tool or item in a list does not cost us the event around it. What is left out is named by its path;
an index in it is not told, so that a path names a kind: `session.tools[].novelty`.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import msgspec

from oyez_realtime import response_events as response, server_events as server
from oyez_realtime.errors import WireError
from oyez_realtime.legacy import JsonObject, modernised
from oyez_realtime.surplus import unknown_paths

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
"""An event with more parts than this that do not fit is taken for unknown; no more paths than this are named."""
PATH_MAX_CHARS = 120

STOPS_AT_UNKNOWN_FIELDS = (
    response.ResponseOutputAudioDelta,
    response.ResponseOutputAudioTranscriptDelta,
    response.ResponseOutputTextDelta,
    response.ResponseFunctionCallArgumentsDelta,
    response.ResponseMcpCallArgumentsDelta,
)
"""The frequent ones, in which the decoder finds what is unknown. In all others we look, which costs a second parse."""

_decoder: msgspec.json.Decoder[ServerEvent] = msgspec.json.Decoder(ServerEvent)


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a type that we do not know, or one that lacks what its type needs."""

    type: str
    raw: JsonObject
    why: str
    """Empty: the type is unknown. Otherwise what is wrong with it."""


def read_server_event(text: str | bytes) -> tuple[ServerEvent | UnknownEvent, list[str]]:
    """The event, and the paths of what was left out of it: unknown, or not of its type.

    Raises WireError when it is no event at all.
    """
    try:
        event = _decoder.decode(text)
    except msgspec.ValidationError:
        return _read_forgivingly(_parsed(text))  # the decoder stopped: the rest may not even be JSON
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _no_json(error) from None
    if isinstance(event, STOPS_AT_UNKNOWN_FIELDS):
        return event, []
    raw = _parsed(text)
    surprised = next(unknown_paths(event, raw), None) is not None
    return _read_forgivingly(raw) if surprised else (event, [])


def _parsed(text: str | bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
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
            understood: ServerEvent = msgspec.convert(event, ServerEvent)
        except msgspec.ValidationError as error:
            why = str(error)
        else:
            unknown = islice(unknown_paths(understood, event), DROPS_MAX)
            return understood, [*dropped, *map(kind_of_path, unknown)]
        path = offending_path(why)
        if not path or not _drop(event, path):
            break
        dropped.append(_shown(path))
    return UnknownEvent(raw["type"], raw, why), dropped


_PATH = re.compile(r" - at `\$([^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `(.*)`", re.DOTALL)
_INDEX = re.compile(r"\[\d+\]")


def offending_path(message: str) -> list[str | int]:
    """The steps from the root to what msgspec complained of: keys, and indices into lists."""
    if unknown := _UNKNOWN.search(message):  # of a delta, whose fields all stand at the root
        return [unknown.group(1)]
    found = _PATH.search(message)
    if found is None:
        return []
    steps = _STEP.findall(found.group(1).partition("[...]")[0])
    return [int(index) if index else key for key, index in steps]


def kind_of_path(path: str) -> str:
    """The path without its indices, and no longer than a line of the log can bear."""
    return _INDEX.sub("[]", path)[:PATH_MAX_CHARS]


def _shown(path: list[str | int]) -> str:
    steps = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return kind_of_path(steps.removeprefix("."))


def _drop(event: JsonObject, path: list[str | int]) -> bool:
    holder: Any = event
    for step in path[:-1]:
        holder = holder[step]
    if path == ["type"] or (isinstance(holder, dict) and path[-1] not in holder):
        return False
    del holder[path[-1]]
    return True
