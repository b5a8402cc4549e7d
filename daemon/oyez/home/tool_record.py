"""A record of every tool call, for whoever wants to know what the voice did in their house.

One JSON line a call in the state folder, readable by the device's own user; half a megabyte of the latest is kept. It
never leaves the device.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

log = logging.getLogger(__name__)

LARGEST_BYTES = 256 * 1024
"""Of one file; the one before it is kept too."""


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


class ToolRecord:
    """Appends; what cannot be written is said once and lost."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "tool-calls.jsonl" if folder else None
        self._complained = False

    def write(self, call: Recorded) -> None:
        if self._path is None:
            return
        try:
            if self._path.exists() and self._path.stat().st_size > LARGEST_BYTES:
                self._path.replace(self._path.with_suffix(".jsonl.1"))
            with self._path.open("ab") as file:
                self._path.chmod(0o600)
                file.write(msgspec.json.encode(call) + b"\n")
        except OSError as error:
            if not self._complained:
                log.warning("%s cannot be written (%s): tool calls are not recorded.", self._path, error)
            self._complained = True
