"""Servers of tools elsewhere are declared by name only, and ask before each use unless told otherwise."""

import msgspec

from oyez.config import Mcp
from oyez.home.remote_tools import declarations
from oyez.secret import Secret
from oyez_realtime import messages as wire


def declared(server: Mcp, token: Secret | None = None) -> wire.McpTool:
    (entry,) = declarations([server], {server.label: token} if token else {})
    return msgspec.convert(entry, wire.McpTool)


def test_each_tool_is_asked_about_but_those_that_the_owner_named() -> None:
    tool = declared(
        Mcp(label="home", url="http://home:8123/mcp", allowed_tools=("light", "lock"), without_approval=("light",))
    )
    assert tool.allowed_tools == ["light", "lock"]
    assert tool.require_approval == wire.McpApprovalFilter(
        always=wire.McpToolFilter(tool_names=["lock"]), never=wire.McpToolFilter(tool_names=["light"])
    )


def test_a_token_goes_to_the_service_and_into_no_text() -> None:
    tool = declared(Mcp(label="home", url="http://home/mcp", allowed_tools=("lock",)), Secret("very-secret"))
    assert tool.authorization == "very-secret"
    assert "very-secret" not in repr(tool)
