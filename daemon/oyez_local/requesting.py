"""What one `response.create` asks for, put together with what the session says. Pure."""

from collections.abc import Sequence

import msgspec

from oyez_local.conversation import Stored
from oyez_local.mind import Request
from oyez_local.orders import Outgoing
from oyez_local.reply import Reply
from oyez_local.settings import audio_output, functions
from oyez_local.tool_servers import ToolServers
from oyez_realtime import messages as wire


def prepared(
    out: Outgoing, session: wire.RealtimeSession, asked: wire.ResponseParameters, servers: ToolServers
) -> Reply:
    """The response, out of band and without a context yet."""
    modalities = wire.given(asked.output_modalities) or wire.given(session.output_modalities) or ["audio"]
    limit = wire.given(asked.max_output_tokens) or wire.given(session.max_output_tokens) or "inf"
    choice: wire.ToolChoice = wire.given(asked.tool_choice) or wire.given(session.tool_choice) or "auto"
    instructions = wire.given(asked.instructions)
    tools = wire.given(asked.tools)
    labels = None if tools is None else {tool.server_label for tool in tools if isinstance(tool, wire.McpTool)}
    own = functions(wire.given(session.tools) if tools is None else tools)
    of_servers = servers.functions(choice if isinstance(choice, wire.ToolChoiceMcp) else None, labels)
    usable = of_servers if isinstance(choice, wire.ToolChoiceMcp) else [*own, *of_servers]
    return Reply(
        id=out.new_id("resp"),
        out=out,
        audio="audio" in modalities,
        output=_output(session, asked),
        request=Request(
            history=(),
            instructions=(instructions if instructions is not None else wire.given(session.instructions)) or "",
            tools=usable,
            tool_choice=_choice(choice),
        ),
        own_functions=frozenset(str(tool["name"]) for tool in own),
        max_output_tokens=None if limit == "inf" else int(str(limit)),
        metadata=wire.given(asked.metadata),
    )


def _choice(choice: wire.ToolChoice) -> str | dict[str, str]:
    if isinstance(choice, wire.ToolChoiceFunction):
        return {"name": choice.name}
    return choice if isinstance(choice, str) else "auto"


def _output(session: wire.RealtimeSession, asked: wire.ResponseParameters) -> wire.AudioOutput:
    own, audio = audio_output(session), wire.given(asked.audio)
    output = wire.given(audio.output) if audio else None
    if output is None:
        return own
    stated = {name: value for name, value in msgspec.to_builtins(output).items() if value is not None}
    return msgspec.convert({**msgspec.to_builtins(own), **stated}, wire.AudioOutput)


def unmade_call(context: Sequence[Stored]) -> wire.McpApprovalRequest | None:
    """The newest call that was approved and never made."""
    items = [stored.item for stored in context]
    approved = {
        item.approval_request_id for item in items if isinstance(item, wire.McpApprovalResponse) and item.approve
    }
    made = {wire.given(item.approval_request_id) for item in items if isinstance(item, wire.McpCall)}
    requests = [item for item in items if isinstance(item, wire.McpApprovalRequest) and item.id in approved - made]
    return requests[-1] if requests else None
