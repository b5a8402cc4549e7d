"""Logging: for the journal with its priorities, for a terminal with the time; in both, secrets masked.

The mask works on the finished text, so that it also covers arguments and tracebacks.
"""

import logging
import os
from collections.abc import Mapping
from typing import TextIO

from oyez.secret import mask


class JournalFormatter(logging.Formatter):
    """`<N>message`: syslog priorities as sd-daemon(3) reads them from standard error, on every line of a message."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        prefix = f"<{_priority(record.levelno)}>"
        return "\n".join(prefix + line for line in mask(super().format(record)).splitlines())


class TerminalFormatter(logging.Formatter):
    """`12:34:56.789 warning oyez.home: message`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03d %(lower)-8s%(name)s: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        record.lower = record.levelname.lower()
        return mask(super().format(record))


def set_up(level: int, stream: TextIO, environ: Mapping[str, str]) -> logging.Handler:
    """Sends everything from `level` on to `stream`, as its reader likes it. Replaces what was set up before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JournalFormatter() if is_journal(stream, environ) else TerminalFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # Their debug output carries headers and payloads: tokens and the words of the household.
    for chatty in ("httpx", "httpcore", "websockets", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    return handler


def is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """systemd names the device and inode of the journal's socket; a redirected stream is another one."""
    try:
        about = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{about.st_dev}:{about.st_ino}"


def _priority(level: int) -> int:
    for floor, priority in ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6)):
        if level >= floor:
            return priority
    return 7
