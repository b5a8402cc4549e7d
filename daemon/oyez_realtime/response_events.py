"""What a server tells of a response while it makes one, and of MCP tools.

Deltas come by the hundred. Their decoder stops at an unknown field (`forbid_unknown_fields`), so that nobody need look
for one in each; it is forgiven all the same, on the slow way of `tolerance`. `obfuscation` is random padding: the
length of a frame is to tell a listener nothing.
"""

from msgspec import UNSET

from oyez_realtime.items import ContentPart, Item
from oyez_realtime.responses import Response
from oyez_realtime.wire import BaseServerEvent, Maybe


class ResponseCreated(BaseServerEvent, frozen=True, tag="response.created"):
    response: Response


class ResponseDone(BaseServerEvent, frozen=True, tag="response.done"):
    """The one reliable end of a response, whatever its status."""

    response: Response


class _OfResponse(BaseServerEvent, frozen=True, kw_only=True):
    response_id: str
    output_index: int = 0


class _OfOutput(_OfResponse, frozen=True, kw_only=True):
    item_id: str


class _OfContent(_OfOutput, frozen=True, kw_only=True):
    content_index: int = 0


class ResponseOutputItemAdded(_OfResponse, frozen=True, kw_only=True, tag="response.output_item.added"):
    item: Item


class ResponseOutputItemDone(_OfResponse, frozen=True, kw_only=True, tag="response.output_item.done"):
    item: Item


class ResponseContentPartAdded(_OfContent, frozen=True, kw_only=True, tag="response.content_part.added"):
    part: ContentPart


class ResponseContentPartDone(_OfContent, frozen=True, kw_only=True, tag="response.content_part.done"):
    part: ContentPart


class ResponseOutputAudioDelta(
    _OfContent, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, tag="response.output_audio.delta"
):
    delta: bytes
    """In the session's output format; base64 on the wire."""
    obfuscation: Maybe[str] = UNSET


class ResponseOutputAudioDone(_OfContent, frozen=True, kw_only=True, tag="response.output_audio.done"):
    """Comes also when the response was cancelled or cut short."""


class ResponseOutputAudioTranscriptDelta(
    _OfContent, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="response.output_audio_transcript.delta"
):
    delta: str
    obfuscation: Maybe[str] = UNSET


class ResponseOutputAudioTranscriptDone(
    _OfContent, frozen=True, kw_only=True, tag="response.output_audio_transcript.done"
):
    transcript: str


class ResponseOutputTextDelta(
    _OfContent, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="response.output_text.delta"
):
    delta: str
    obfuscation: Maybe[str] = UNSET


class ResponseOutputTextDone(_OfContent, frozen=True, kw_only=True, tag="response.output_text.done"):
    text: str


class ResponseFunctionCallArgumentsDelta(
    _OfOutput, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="response.function_call_arguments.delta"
):
    call_id: str
    delta: str
    obfuscation: Maybe[str] = UNSET


class ResponseFunctionCallArgumentsDone(
    _OfOutput, frozen=True, kw_only=True, tag="response.function_call_arguments.done"
):
    """The same again comes in `response.output_item.done`: act on one of them."""

    call_id: str
    arguments: str
    name: Maybe[str] = UNSET
    """Older servers leave it out."""


class McpListToolsInProgress(BaseServerEvent, frozen=True, tag="mcp_list_tools.in_progress"):
    item_id: str


class McpListToolsCompleted(BaseServerEvent, frozen=True, tag="mcp_list_tools.completed"):
    """From here on the tools can be used."""

    item_id: str


class McpListToolsFailed(BaseServerEvent, frozen=True, tag="mcp_list_tools.failed"):
    item_id: str


class ResponseMcpCallArgumentsDelta(
    _OfOutput, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="response.mcp_call_arguments.delta"
):
    delta: str
    obfuscation: Maybe[str] = UNSET


class ResponseMcpCallArgumentsDone(_OfOutput, frozen=True, kw_only=True, tag="response.mcp_call_arguments.done"):
    arguments: str


class ResponseMcpCallInProgress(BaseServerEvent, frozen=True, kw_only=True, tag="response.mcp_call.in_progress"):
    item_id: str
    output_index: int = 0


class ResponseMcpCallCompleted(BaseServerEvent, frozen=True, kw_only=True, tag="response.mcp_call.completed"):
    item_id: str
    output_index: int = 0


class ResponseMcpCallFailed(BaseServerEvent, frozen=True, kw_only=True, tag="response.mcp_call.failed"):
    item_id: str
    output_index: int = 0
