"""Which items a client may put into a conversation. Pure."""

import msgspec

from oyez_local.conversation import Conversation
from oyez_local.orders import Refusal
from oyez_realtime import messages as wire

ALLOWED = {
    "system": (wire.InputText,),
    "user": (wire.InputText, wire.InputAudio, wire.InputImage),
    "assistant": (wire.OutputText,),
}


def accepted(item: wire.Item, conversation: Conversation, new_id: str) -> wire.Item:
    """The item as it is kept: with an id and a status. Raises Refusal."""
    if isinstance(item, wire.Message) and not all(isinstance(part, ALLOWED[item.role]) for part in item.content):
        raise Refusal("invalid_value", f"That content cannot stand in a message of the {item.role}.", "item.content")
    if isinstance(item, wire.FunctionCallOutput) and not conversation.has_call(item.call_id):
        message = f"Tool call ID '{item.call_id}' not found in conversation."
        raise Refusal("invalid_tool_call_id", message, "item.call_id")
    if isinstance(item, wire.McpApprovalResponse) and not conversation.has_request(item.approval_request_id):
        message = f"Approval request ID '{item.approval_request_id}' not found in conversation."
        raise Refusal("invalid_value", message, "item.approval_request_id")
    item_id = wire.given(item.id) or new_id
    if isinstance(item, wire.Message | wire.FunctionCall | wire.FunctionCallOutput):
        status = wire.given(item.status) or "completed"
        return msgspec.structs.replace(item, id=item_id, object="realtime.item", status=status)
    return msgspec.structs.replace(item, id=item_id)
