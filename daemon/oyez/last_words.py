"""Of an end that came without a word: what the service manager knows of it, and who was silent before it. Pure but for
two small files in the run folder, which outlive the process and not the board.

`ended` is written by the unit's ExecStopPost: `$SERVICE_RESULT $EXIT_CODE $EXIT_STATUS` (systemd.exec(5)). `silent` is
ours: a sentence a line, there only while an organ is missed.
"""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from oyez.foreign import read_foreign

log = logging.getLogger(__name__)

ENDED, SILENT = "ended", "silent"
LARGEST_BYTES = 4096
CRASHED = "it crashed or was killed (by the watchdog, for want of memory, by hand): `journalctl -u oyez` tells more"
UNSEEN = "no part of it answered any more"
_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "watchdog": "the watchdog ended it",
        "oom-kill": "it was ended for want of memory",
        "timeout": "it took too long to start or to stop and was ended",
        "protocol": "it ended before it was ready",
        "resources": "the service manager could not give it what it needs",
    }
)


class LastWords:
    """Without a folder nothing is known. The files are small and lie in memory, so they are written at once: what must
    be known of a process that hangs cannot wait for it."""

    def __init__(self, folder: Path | None) -> None:
        """folder: the run folder."""
        self._folder = folder

    def look(self) -> str:
        """How the last life ended, where it did not say so itself."""
        return cause(self._read(ENDED).split(), self._read(SILENT).splitlines())

    def take(self) -> str:
        """The same; what was read is forgotten."""
        why = self.look()
        self._forget(ENDED)
        self._forget(SILENT)
        return why

    def silent(self, sentences: Sequence[str]) -> None:
        """Who is missed now; none: all are back."""
        if self._folder is None:
            return
        if not sentences:
            self._forget(SILENT)
            return
        fresh = self._folder / f"{SILENT}.new"
        try:
            fresh.write_text("\n".join(sentences) + "\n", "utf-8")
            fresh.replace(self._folder / SILENT)
        except OSError as error:
            log.warning("%s cannot be written (%s).", self._folder / SILENT, error)

    def _read(self, name: str) -> str:
        if self._folder is None:
            return ""
        try:
            return read_foreign(self._folder / name, LARGEST_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""

    def _forget(self, name: str) -> None:
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)


def cause(ended: Sequence[str], silent: Sequence[str]) -> str:
    """ended: result, exit code and exit status as systemd names them; empty: unknown."""
    result, code, status = (*ended, "", "", "")[:3]
    if result == "watchdog":
        return f"{_RESULTS[result]}: {'; '.join(silent) or UNSEEN}"
    if result in _RESULTS:
        return _RESULTS[result]
    if code in ("killed", "dumped") and status.isalnum():
        return f"it {'crashed' if code == 'dumped' or status in _CRASHES else 'was killed'} (SIG{status})"
    if code == "exited" and status.isalnum():
        return f"it ended with exit code {status}"
    if silent:
        return f"it was ended, after this: {'; '.join(silent)}"
    return CRASHED


_CRASHES = frozenset({"SEGV", "BUS", "ILL", "FPE", "ABRT", "SYS"})
