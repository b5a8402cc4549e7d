"""RAUC as the one who switches slots: its command, which speaks to its service. A shell; what it says is understood in
`rauc_words.py`."""

import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from oyez_system.slots import Slot, SlotError
from oyez_system.updates import rauc_words, refusal

SHORT_S = 60.0
INSTALL_S = 3600.0
"""A worn card writes a megabyte a second."""


class Rauc:
    """See `oyez_system.slots.Slots`. Methods block."""

    def __init__(self, running_version: str, now: Callable[[], datetime], command: Sequence[str] = ("rauc",)) -> None:
        """now: local time, for sentences. command: with what it needs before its verbs."""
        self._running_version, self._now, self._command = running_version, now, tuple(command)

    def booted(self) -> Slot:
        return self._slots()[0]

    def other(self) -> Slot:
        return self._slots()[1]

    def version_of(self, bundle: Path) -> str:
        done = self._run("info", "--output-format=json", str(bundle))
        if done.returncode != 0:
            raise rauc_words.refused(done.stderr, bundle.name, self._clock())
        inside = rauc_words.inside(done.stdout, bundle.name)
        compatible = self._compatible()
        if inside.compatible != compatible:
            raise refusal.wrong_compatible(bundle.name, inside.compatible, compatible)
        return inside.version

    def install(self, bundle: Path, progress: Callable[[float], None]) -> None:
        lines = []
        with subprocess.Popen(
            [*self._command, "install", str(bundle)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if (share := rauc_words.progress(line)) is not None:
                    progress(share)
        if process.returncode != 0:
            raise rauc_words.refused("".join(lines), bundle.name, self._clock())

    def promote(self) -> None:
        self._order("mark-good", "booted")

    # In these orders: after a power cut between any two of them the same slot boots.

    def stay(self) -> None:
        self._order("mark-active", "booted")
        self._order("mark-good", "booted")
        self._order("mark-bad", "other")

    def give_way(self) -> None:
        self._order("mark-active", "other")
        self._order("mark-good", "other")

    def go_back(self) -> None:
        self.give_way()
        self._order("mark-bad", "booted")

    def _order(self, verb: str, slot: str) -> None:
        done = self._run("status", verb, slot)
        if done.returncode != 0:
            raise SlotError(
                f"RAUC could not {verb} the {slot} slot ({rauc_words.why(done.stderr or done.stdout)}): which system "
                "boots next is as it was; see `rauc status` and `journalctl -u rauc`."
            )

    def _slots(self) -> tuple[Slot, Slot]:
        return rauc_words.slots(self._status(), self._running_version)

    def _compatible(self) -> str:
        return rauc_words.compatible_of(self._status())

    def _status(self) -> str:
        done = self._run("status", "--detailed", "--output-format=json")
        if done.returncode != 0:
            raise SlotError(
                f"RAUC does not say which systems there are ({rauc_words.why(done.stderr)}), so no update can be made: "
                "see `journalctl -u rauc`."
            )
        return done.stdout

    def _run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                [*self._command, *words],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=SHORT_S,
                check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise SlotError(
                "There is no RAUC on this machine, so it is no flashed device: install the new version as you "
                "installed this one."
            ) from None
        except subprocess.TimeoutExpired:
            raise SlotError("RAUC does not answer, so nothing was changed: see `journalctl -u rauc`.") from None

    def _clock(self) -> str:
        return f"{self._now():%Y-%m-%d %H:%M}"
