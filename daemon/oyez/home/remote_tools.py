"""Servers of tools elsewhere (MCP), as the service is told of them. Pure.

What may be used is always listed by name, and is asked about before each use unless the owner wrote otherwise.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from oyez.config import Mcp
from oyez.secret import Secret


def declarations(servers: Sequence[Mcp], tokens: Mapping[str, Secret]) -> list[dict[str, Any]]:
    """Entries of `session.tools`, for those that the service calls. tokens: by label. The result holds them: hand it to
    the line, show it to nobody."""
    return [_declare(server, tokens.get(server.label)) for server in servers if not server.from_device]


def _declare(server: Mcp, token: Secret | None) -> dict[str, Any]:
    asked = [name for name in server.allowed_tools if name not in server.without_approval]
    approval = {
        key: {"tool_names": names}
        for key, names in (("always", asked), ("never", list(server.without_approval)))
        if names
    }
    declared: dict[str, Any] = {
        "type": "mcp",
        "server_label": server.label,
        "server_url": server.url,
        "allowed_tools": list(server.allowed_tools),
        "require_approval": approval or "always",
    }
    if server.description:
        declared["server_description"] = server.description
    if token is not None:
        declared["authorization"] = token.reveal()
    return declared
