"""The two systems on the card, one of which runs: what the rest of the package may ask and order. docs/device.md.

One implementation drives RAUC. The firmware's own tryboot would be another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from oyez.errors import OyezError


class SlotError(OyezError):
    """A sentence for a person: what happened, what it means, what to do."""


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    """A or B."""
    version: str
    """Empty: nothing was ever installed."""
    good: bool
    """It was promoted; else it is on trial, or was found bad."""


class Slots(Protocol):
    def booted(self) -> Slot:
        """Raises SlotError."""

    def other(self) -> Slot:
        """Raises SlotError."""

    def version_of(self, bundle: Path) -> str:
        """Which version it holds, by its signed description. Raises OyezError when it is none that this device would
        install: not signed by whom it trusts, not whole, made for another device."""

    def install(self, bundle: Path, progress: Callable[[float], None]) -> None:
        """Checks the signature, writes the other slot and marks it to be tried once, at the next boot.

        progress is told 0 to 1. A power cut at any moment leaves the running slot the one that boots, and so does an
        OyezError."""

    def promote(self) -> None:
        """This start of the running slot is good: it has all its tries again. Which is booted first stays. Raises
        SlotError."""

    def stay(self) -> None:
        """The running slot is the one to boot from now on, the other one is not tried any more. Raises SlotError."""

    def give_way(self) -> None:
        """The other slot is the one to boot from now on, with all its tries, and the running one after it; the caller
        reboots. Raises SlotError."""

    def go_back(self) -> None:
        """The same, and the running one is not tried any more. Raises SlotError."""
