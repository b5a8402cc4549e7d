"""Items of a conversation, and the content of messages."""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET

from oyez_realtime.wire import Checked, Maybe

ItemStatus: TypeAlias = Literal["completed", "incomplete", "in_progress"]
ImageDetail: TypeAlias = Literal["auto", "low", "high"]
Role: TypeAlias = Literal["system", "user", "assistant"]


class InputText(Checked, frozen=True, tag_field="type", tag="input_text"):
    text: str = ""


class InputAudio(Checked, frozen=True, tag_field="type", tag="input_audio"):
    audio: Maybe[bytes] = UNSET
    """In the session's input format; base64 on the wire."""
    transcript: Maybe[str] = UNSET


class InputImage(Checked, frozen=True, tag_field="type", tag="input_image"):
    image_url: str = ""
    """A data URI of a PNG or JPEG."""
    detail: Maybe[ImageDetail] = UNSET


class OutputText(Checked, frozen=True, tag_field="type", tag="output_text"):
    text: str = ""


class OutputAudio(Checked, frozen=True, tag_field="type", tag="output_audio"):
    transcript: Maybe[str] = UNSET
    audio: Maybe[bytes] = UNSET
    """In the session's output format; base64 on the wire. Servers leave it out of most events."""


Content: TypeAlias = InputText | InputAudio | InputImage | OutputText | OutputAudio


class Message(Checked, frozen=True, tag_field="type", tag="message"):
    """A client may create assistant messages of text only: the service refuses to be told what it said aloud."""

    role: Role
    content: list[Content]
    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class FunctionCall(Checked, frozen=True, tag_field="type", tag="function_call"):
    name: str
    arguments: str
    """JSON, as the model wrote it: not necessarily valid."""
    call_id: Maybe[str] = UNSET
    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class FunctionCallOutput(Checked, frozen=True, tag_field="type", tag="function_call_output"):
    call_id: str
    output: str
    """Free text or JSON, as the model will read it."""
    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class McpToolDescription(Checked, frozen=True):
    name: str
    input_schema: Any
    description: Maybe[str] = UNSET
    annotations: Any = UNSET


class McpListTools(Checked, frozen=True, tag_field="type", tag="mcp_list_tools"):
    server_label: str
    tools: list[McpToolDescription]
    id: Maybe[str] = UNSET


class McpProtocolError(Checked, frozen=True, tag_field="type", tag="protocol_error"):
    code: int
    message: str


class McpToolExecutionError(Checked, frozen=True, tag_field="type", tag="tool_execution_error"):
    message: str


class McpHttpError(Checked, frozen=True, tag_field="type", tag="http_error"):
    code: int
    message: str


McpError: TypeAlias = McpProtocolError | McpToolExecutionError | McpHttpError


class McpCall(Checked, frozen=True, tag_field="type", tag="mcp_call"):
    id: str
    server_label: str
    name: str
    arguments: str
    output: Maybe[str] = UNSET
    approval_request_id: Maybe[str] = UNSET
    error: Maybe[McpError] = UNSET


class McpApprovalRequest(Checked, frozen=True, tag_field="type", tag="mcp_approval_request"):
    id: str
    server_label: str
    name: str
    arguments: str


class McpApprovalResponse(Checked, frozen=True, tag_field="type", tag="mcp_approval_response"):
    id: str
    approval_request_id: str
    approve: bool
    reason: Maybe[str] = UNSET


class ItemReference(Checked, frozen=True, tag_field="type", tag="item_reference"):
    """Names an item that the server already has; allowed in `response.create` alone."""

    id: str


Item: TypeAlias = (
    Message | FunctionCall | FunctionCallOutput | McpListTools | McpCall | McpApprovalRequest | McpApprovalResponse
)


class ContentPart(msgspec.Struct, frozen=True):
    """The part in `response.content_part.*`: its types stayed `text` and `audio` when those of items were renamed."""

    type: str = "audio"
    text: Maybe[str] = UNSET
    transcript: Maybe[str] = UNSET
    audio: Maybe[bytes] = UNSET
