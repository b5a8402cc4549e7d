"""A record of every tool call, for whoever wants to know what the voice did in their house.

One JSON line a call in the state folder, readable by the device's own user; half a megabyte of the latest is kept. It
never leaves the device.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from oyez.pen import Later, at_once
from oyez_realtime.items import McpCall, McpHttpError, McpProtocolError, McpToolExecutionError
from oyez_realtime.wire import given

log = logging.getLogger(__name__)

LARGEST_BYTES = 256 * 1024
"""Of one file; the one before it is kept too."""
LONGEST_OUTPUT = 8000
"""Characters of what a remote tool said; our own are trimmed before the model reads them."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    tool: str
    server: str = ""
    """Label of the MCP server; empty: a tool of this device."""
    arguments: dict[str, Any]
    outcome: str
    """ok, failed, or refused."""
    output: str = ""
    took_s: float = 0.0


def of_remote(call: McpCall, at: datetime) -> Recorded:
    """What the service did with a remote tool; how long it took is not told."""
    error, output = given(call.error), given(call.output) or ""
    if isinstance(error, McpHttpError | McpProtocolError | McpToolExecutionError):
        output = error.message
    return Recorded(
        at=at,
        tool=call.name,
        server=call.server_label,
        arguments=_arguments(call.arguments),
        outcome="ok" if error is None else "failed",
        output=output[:LONGEST_OUTPUT],
    )


def _arguments(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):  # a model may write what is no JSON object: kept as it is
        return {"arguments": text}


class ToolRecord:
    """Appends; what cannot be written is said once and lost."""

    def __init__(self, folder: Path | None, later: Later = at_once) -> None:
        """later: when and where a line is written."""
        self._later = later
        self._path = folder / "tool-calls.jsonl" if folder else None
        self._complained = False

    def write(self, call: Recorded) -> None:
        if self._path is not None:
            line = msgspec.json.encode(call) + b"\n"
            self._later(lambda: self._append(line))

    def _append(self, line: bytes) -> None:
        assert self._path is not None
        try:
            if self._path.exists() and self._path.stat().st_size > LARGEST_BYTES:
                self._path.replace(self._path.with_suffix(".jsonl.1"))
            with self._path.open("ab") as file:
                self._path.chmod(0o600)
                file.write(line)
        except OSError as error:
            if not self._complained:
                log.warning("%s cannot be written (%s): tool calls are not recorded.", self._path, error)
            self._complained = True
