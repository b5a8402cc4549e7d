"""Which board there should be, what of it is there, and what the boot partition has for it. Never raises.

`root` is where `sys`, `proc` and `boot` lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oyez_hw.card_holder import card_of
from oyez_hw.catalogue import Entry, known
from oyez_hw.catalogue.overlays import asked_for
from oyez_hw.detection import Candidate, detect
from oyez_hw.doctor.board_facts import BoardFacts
from oyez_hw.machine import Card, Snapshot
from oyez_hw.probe import snapshot

BOOT_FOLDERS = ("boot/firmware", "boot")
"""Where the firmware's partition is mounted: newer systems, older ones."""
CONFIG_FILES = ("config.txt", "board.txt", "usercfg.txt")
"""What the firmware reads: the last two where the first includes them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """By the configuration."""

    name: str = ""
    """board.name; empty: nobody knows."""
    device: str = ""
    """board.capture_device."""
    away: str = ""
    """With `auto`: why no board is taken."""
    opened: bool = False
    """The card is listened to as well: who opens it says whether there is one."""


UNKNOWN = Wanted()


def read_board(root: Path, wanted: Wanted = UNKNOWN) -> BoardFacts:
    """By the catalogue. BoardFacts(): none is named, and none is there."""
    machine = snapshot(root)
    named = known().get(wanted.name)
    candidates = detect(machine, known().values() if named is None else [named]).candidates
    best = candidates[0] if candidates else None
    entry = named or (known()[best.name] if best else None)
    gone = "" if wanted.away else _gone(wanted, machine.cards)
    if entry is None:
        return BoardFacts(
            name=wanted.name,
            works=_works(wanted, gone, None),
            card_gone="" if wanted.opened else gone,
            driverless=_driverless(machine),
            stranger=_stranger(machine),
            away=wanted.away,
        )
    without_card = best is None or best.card is None
    overlays, lines = _missing_on_boot(root, entry)
    return BoardFacts(
        name=entry.name,
        title=entry.title,
        proven=entry.proven,
        in_kernel=entry.drivers != "out of tree",
        missing=best.missing if best else (),
        absent=best is None,
        usb=bool(entry.recognised.usb) or entry.recognised.any_usb_microphone,
        works=_works(wanted, gone, best),
        card_gone="" if wanted.opened else gone,
        overlays_missing=overlays if without_card else (),
        lines_missing=lines if without_card else (),
        driverless=_driverless(machine),
        away=wanted.away,
    )


def _gone(wanted: Wanted, cards: tuple[Card, ...]) -> str:
    """The card that is to be opened and is not there. A name that is none of a card's (`default`, `pulse`) may be
    anything."""
    card = "" if wanted.name == "simulated" else card_of(wanted.device)[0]
    return card if all(card not in (one.id, str(one.number)) for one in cards) else ""


def _works(wanted: Wanted, gone: str, best: Candidate | None) -> bool:
    complete = best is not None and not best.missing
    if wanted.away or not wanted.name:
        return complete and not wanted.away
    return not gone or (complete and wanted.name != "alsa")


def _driverless(machine: Snapshot) -> tuple[str, ...]:
    return tuple(f"{one.product or 'device'} ({one.id}, port {one.path})" for one in machine.usb if one.driverless)


def _stranger(machine: Snapshot) -> str:
    return f"{machine.hat.vendor}, {machine.hat.product}" if machine.hat is not None else ""


def _missing_on_boot(root: Path, entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(overlays, lines of config.txt). Empty where there is no such partition, as on a machine that is no Pi."""
    boot = next((root / name for name in BOOT_FOLDERS if (root / name / "config.txt").is_file()), None)
    if boot is None:
        return (), ()
    vendors = (entry.boot.vendor_overlay,) if entry.boot.vendor_overlay else ()
    there = {path.stem for path in (boot / "overlays").glob("*.dtbo")}
    asked = asked_for(_lines(boot))
    overlays = [name for name in (*asked_for(entry.boot.config_txt), *vendors) if name not in there]
    lines = [line for line in entry.boot.config_txt if set(asked_for([line])) - set(asked)]
    return tuple(overlays), tuple(lines)


def _lines(boot: Path) -> Iterator[str]:
    for name in CONFIG_FILES:
        try:
            yield from map(str.strip, (boot / name).read_text("utf-8", "replace").splitlines())
        except OSError:
            continue
