"""The log of boots: what was started, why, which slot it took, and when it passed what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.console import MILESTONES, Boot
from tests.image.device import Device


@dataclass
class Logbook:
    began_s: float
    """Of the monotonic clock."""
    boots: list[tuple[str, Boot]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Sentences with what was measured."""

    @contextmanager
    def of(self, why: str, device: Device) -> Iterator[Device]:
        """Switches it on; what it booted until its end is written down."""
        try:
            with device:
                yield device
        finally:
            self.add(why, device.boots())

    def add(self, why: str, boots: list[Boot]) -> None:
        self.boots += [(why if number == 0 else f"... start {number + 1}", boot) for number, boot in enumerate(boots)]
        for boot in boots:
            shown = ", ".join(f"{name} {at:g} s" for name, at in boot.reached_s.items())
            print(f"test-image: {why}: slot {boot.slot or 'none'}: {shown}", flush=True)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)
        print(f"test-image: {sentence}", flush=True)

    def page(self) -> str:
        names = [name for name in MILESTONES if name != "U-Boot"]
        lines = [f"| at, s | start | slot, tries left A B | {' | '.join(names)} |", "|---" * (3 + len(names)) + "|"]
        for why, boot in sorted(self.boots, key=lambda entry: entry[1].began_s):
            reached = " | ".join(f"{boot.reached_s[name]:g}" if name in boot.reached_s else "" for name in names)
            at_s = boot.began_s - self.began_s
            lines.append(f"| {at_s:.0f} | {why} | {boot.slot or 'none'} {boot.tries_left} | {reached} |")
        return "\n".join([*lines, "", *(f"- {sentence}" for sentence in self.notes), ""])

    def write(self, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(self.page())
