"""The MCP servers of one session: what they offer, and which calls somebody must allow first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from oyez_local.conversation import Conversation, Stored
from oyez_local.orders import ListTools, Outgoing
from oyez_realtime import messages as wire


@dataclass(frozen=True, slots=True)
class Known:
    """A server and what it offers; tools None: not yet, or it did not answer."""

    server: wire.McpTool
    item_id: str
    tools: tuple[wire.McpToolDescription, ...] | None = None


class ToolServers:
    """By label. Told of every change of the session's tools."""

    def __init__(self, out: Outgoing, conversation: Conversation) -> None:
        self._out, self._conversation = out, conversation
        self._known: dict[str, Known] = {}

    def configure(self, servers: Sequence[wire.McpTool]) -> None:
        """Asks those for their tools that are new or changed."""
        labels = {server.server_label for server in servers}
        self._known = {label: known for label, known in self._known.items() if label in labels}
        for server in servers:
            known = self._known.get(server.server_label)
            if known is None or known.server != server:
                item_id = self._out.new_id("mcpl")
                self._known[server.server_label] = Known(server, item_id)
                self._out.send(wire.McpListToolsInProgress(item_id=item_id))
                self._out.order(ListTools(item_id, server))

    def listed(self, item_id: str, tools: Sequence[wire.McpToolDescription] | None) -> None:
        """The answer to ListTools; None: there was none. Late answers of servers that were taken away are dropped."""
        known = next((known for known in self._known.values() if known.item_id == item_id), None)
        if known is None:
            return
        if tools is None:
            self._out.send(wire.McpListToolsFailed(item_id=item_id))
            return
        allowed = tuple(tool for tool in tools if _allowed(known.server, tool))
        label = known.server.server_label
        self._known[label] = replace(known, tools=allowed)
        item = wire.McpListTools(label, list(allowed), item_id)
        before = self._conversation.add(Stored(item))
        self._out.send(wire.ConversationItemAdded(item=item, previous_item_id=before))
        self._out.send(wire.ConversationItemDone(item=item, previous_item_id=before))
        self._out.send(wire.McpListToolsCompleted(item_id=item_id))

    def functions(self, choice: wire.ToolChoiceMcp | None, labels: set[str] | None = None) -> list[dict[str, Any]]:
        """What the mind may call, in the form of function tools; labels None: of all servers."""
        return [
            {
                "type": "function",
                "name": tool.name,
                "description": wire.given(tool.description) or "",
                "parameters": tool.input_schema,
            }
            for label, known in self._known.items()
            for tool in known.tools or ()
            if (labels is None or label in labels)
            and (choice is None or (choice.server_label == label and wire.given(choice.name) in (None, tool.name)))
        ]

    def find(self, name: str, label: str | None = None) -> wire.McpTool | None:
        """The server that offers a tool of that name."""
        for known in self._known.values():
            if label in (None, known.server.server_label) and any(tool.name == name for tool in known.tools or ()):
                return known.server
        return None

    def needs_approval(self, server: wire.McpTool, name: str) -> bool:
        """Unless the session says otherwise, every call does."""
        rule: str | wire.McpApprovalFilter = wire.given(server.require_approval) or "always"
        if isinstance(rule, str):
            return rule == "always"
        known = self._known[server.server_label]
        tool = next(tool for tool in known.tools or () if tool.name == name)
        always, never = wire.given(rule.always), wire.given(rule.never)
        if always is not None and _matches(always, tool):
            return True
        return never is None or not _matches(never, tool)


def _allowed(server: wire.McpTool, tool: wire.McpToolDescription) -> bool:
    rule = server.allowed_tools
    if isinstance(rule, wire.McpToolFilter):
        return _matches(rule, tool)
    return not isinstance(rule, list) or tool.name in rule


def _matches(rule: wire.McpToolFilter, tool: wire.McpToolDescription) -> bool:
    names, read_only = wire.given(rule.tool_names), wire.given(rule.read_only)
    if names is not None and tool.name not in names:
        return False
    return read_only is None or read_only == _read_only(tool)


def _read_only(tool: wire.McpToolDescription) -> bool:
    """As the server says of it; what it says nothing about may write."""
    notes = None if tool.annotations is msgspec.UNSET else tool.annotations
    return isinstance(notes, dict) and notes.get("readOnlyHint") is True
