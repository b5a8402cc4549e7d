"""A card with two systems and a bootloader that counts (docs/device.md): what `Slots` drives, with its physics.

It may lose its power between any two things that are written.
"""

from collections.abc import Callable
from pathlib import Path

from oyez_system.slots import Slot, SlotError
from oyez_system.updates import refusal

FULL, TRIED_ONCE = 3, 1


class PowerCut(BaseException):
    """Nothing that runs may catch it."""


class Card:
    """What survives: contents of the slots, and the bootloader's own numbers."""

    def __init__(self, version: str) -> None:
        self.holds = {"A": version, "B": ""}
        self.order = ["A", "B"]
        self.left = {"A": FULL, "B": 0}
        self.running = "A"
        self.starts = 0
        self.cut_in: int | None = None
        """Things that are written until the power goes; None: it stays."""

    def switch_on(self) -> str:
        """The slot that boots. A slot without tries is passed over; without any, all are tried anew, and one that was
        in no order any more comes last, once."""
        self.starts += 1
        for _ in range(2):
            for name in self.order:
                if self.left[name] > 0:
                    self.left[name] -= 1
                    self.running = name
                    return name
            self.left = {name: FULL if name in self.order else TRIED_ONCE for name in "AB"}
            self.order += [name for name in "AB" if name not in self.order]
        raise AssertionError("the bootloader found nothing to boot")

    def lose_env(self) -> None:
        """The bootloader's file was damaged, as by a cut while it was written: it counts as none."""
        self.order, self.left = ["A", "B"], {"A": FULL, "B": FULL}

    def written(self) -> None:
        """Something is on the card now, and not before."""
        if self.cut_in is not None:
            if self.cut_in <= 0:
                self.cut_in = None
                raise PowerCut
            self.cut_in -= 1

    def other(self, name: str) -> str:
        return "B" if name == "A" else "A"


class TwoSlots:
    """See `oyez_system.slots.Slots`. A bundle is a file whose text is its version; with ` bad` it cannot be written."""

    def __init__(self, card: Card) -> None:
        self.card = card

    def booted(self) -> Slot:
        return self._slot(self.card.running)

    def other(self) -> Slot:
        return self._slot(self.card.other(self.card.running))

    def version_of(self, bundle: Path) -> str:
        text = bundle.read_text()
        if text.startswith("unsigned"):
            raise refusal.wrong_key(bundle.name, "signature verification failed")
        return text.removesuffix(" bad")

    def install(self, bundle: Path, progress: Callable[[float], None]) -> None:
        name, text = self.card.other(self.card.running), bundle.read_text()
        self._write(left={name: 0})
        progress(0.2)
        self.card.holds[name] = "half written"
        self.card.written()
        if text.endswith(" bad"):
            raise refusal.slot_failed("Input/output error")
        self.card.holds[name] = text
        self.card.written()
        self._write(first=name, left={name: TRIED_ONCE})
        progress(1.0)

    def promote(self) -> None:
        self._write(left={self.card.running: FULL})

    def stay(self) -> None:
        running = self.card.running
        self._write(first=running, left={running: TRIED_ONCE})
        self._write(left={running: FULL})
        self._write(left={self.card.other(running): 0})

    def give_way(self) -> None:
        other = self.card.other(self.card.running)
        self._write(first=other, left={other: TRIED_ONCE})
        self._write(left={other: FULL})

    def go_back(self) -> None:
        self.give_way()
        self._write(left={self.card.running: 0})

    def _write(self, first: str = "", left: dict[str, int] | None = None) -> None:
        """One write of the bootloader's file is whole or not at all. As RAUC does it, a bad slot is in no order any
        more, and comes back into it only by being made the first."""
        self.card.written()
        if first:
            self.card.order = [first, *(name for name in self.card.order if name != first)]
        self.card.left.update(left or {})
        self.card.order = [name for name in self.card.order if (left or {}).get(name) != 0]
        self.card.written()

    def _slot(self, name: str) -> Slot:
        return Slot(name, self.card.holds[name], name in self.card.order and self.card.left[name] > 0)


class Broken(TwoSlots):
    """RAUC does not answer."""

    def booted(self) -> Slot:
        raise SlotError("RAUC does not answer.")
