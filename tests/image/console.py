"""What a device says on its serial console, line by line, with the moment of each; and what boots that shows.

`boots` is pure. `Console` reads from QEMU until that ends.
"""

import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

COLOURS = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1bM|[\r\x00]")
MILESTONES = {
    "U-Boot": re.compile(r"^U-Boot (SPL )?20\d\d"),
    "slot": re.compile(r"^oyez: slot [AB],"),
    "kernel": re.compile(r"^Starting kernel"),
    "systemd": re.compile(r"Welcome to .*Debian"),
    "daemon": re.compile(r"Started oyez\.service"),
    "judged": re.compile(r"Finished oyez-promote\.service"),
}
"""What each boot passes, in this order; the first begins a new one."""
SLOT = re.compile(r"^oyez: slot (?P<slot>[AB]), partition \d, order (?P<order>[AB ]+), left A (?P<a>\S+) B (?P<b>\S+)")


@dataclass(frozen=True, slots=True)
class Line:
    at_s: float
    """Of the monotonic clock."""
    text: str


@dataclass
class Boot:
    began_s: float
    """Of the monotonic clock: when U-Boot said its name."""
    slot: str = ""
    """Empty: U-Boot came to none."""
    tries_left: str = ""
    """As U-Boot told it after its choice: of A, of B."""
    reached_s: dict[str, float] = field(default_factory=dict)
    """Milestone -> seconds after the beginning."""


def boots(lines: Iterable[Line]) -> list[Boot]:
    """Pure. A boot that never came to U-Boot's name is none."""
    found: list[Boot] = []
    for line in lines:
        name = next((name for name, pattern in MILESTONES.items() if pattern.search(line.text)), "")
        if name == "U-Boot":
            found.append(Boot(line.at_s))
        if not found or not name:
            continue
        boot = found[-1]
        boot.reached_s.setdefault(name, round(line.at_s - boot.began_s, 1))
        if chosen := SLOT.search(line.text):
            boot.slot, boot.tries_left = chosen["slot"], f"{chosen['a']} {chosen['b']}"
    return found


class Console:
    """log: all that it says goes there as well. Lines are those since this console was made."""

    def __init__(self, stream: BinaryIO, log: Path) -> None:
        self._log = log
        self._lines: list[Line] = []
        self._grown = threading.Condition()
        self._closed = False
        self._mark = 0
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True, name="console")
        self._thread.start()

    def lines(self) -> Sequence[Line]:
        with self._grown:
            return list(self._lines)

    def expect(self, pattern: str, timeout_s: float) -> str:
        """The next line, after the one that was expected last, in which this is found. Raises TimeoutError with the
        last lines, EOFError when the machine has ended."""
        sought, ends = re.compile(pattern), time.monotonic() + timeout_s
        with self._grown:
            while True:
                for index in range(self._mark, len(self._lines)):
                    if sought.search(self._lines[index].text):
                        self._mark = index + 1
                        return self._lines[index].text
                if self._closed:
                    raise EOFError(f"the machine ended before it said {pattern!r}\n{self._last()}")
                if (left := ends - time.monotonic()) <= 0:
                    raise TimeoutError(f"the console did not say {pattern!r} within {timeout_s:g} s\n{self._last()}")
                self._grown.wait(left)

    def skip(self) -> None:
        """What was said until now is expected no more."""
        with self._grown:
            self._mark = len(self._lines)

    def last_words(self) -> str:
        with self._grown:
            return self._last()

    def _last(self) -> str:
        return "the console's last lines:\n" + "\n".join(line.text for line in self._lines[-30:])

    def _read(self, stream: BinaryIO) -> None:
        with self._log.open("ab") as log:
            for raw in stream:
                log.write(raw)
                log.flush()
                text = COLOURS.sub("", raw.decode(errors="replace")).strip("\n")
                with self._grown:
                    self._lines.append(Line(time.monotonic(), text))
                    self._grown.notify_all()
        with self._grown:
            self._closed = True
            self._grown.notify_all()
