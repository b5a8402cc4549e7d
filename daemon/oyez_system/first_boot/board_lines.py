"""Which lines config.txt needs for the sound board, and whether the device starts again for them. Pure.

1. Lines are changed only where it is certain which board there is: it is named, or it says so itself.
2. They are looked at when a configuration was taken in, and while there is no sound card that could be used; never
   merely because another version would write others.
3. For the same lines the device starts again once, whatever happens, and never more than three times in all until a
   configuration is taken in.
"""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from oyez_hw.board_settings import AUTO, PLAIN
from oyez_hw.catalogue import known
from oyez_hw.catalogue.overlays import asked_for
from oyez_hw.detection import detect
from oyez_hw.machine import Snapshot

MOST_RESTARTS = 3
NO_DRIVER = "Its driver is in no kernel, not even in Raspberry Pi's."
HEAD = "# Written by Oyez for the sound board that it found. Lines of your own belong into config.txt.\n"


class Record(msgspec.Struct, frozen=True):
    """What is remembered of it."""

    config: str = ""
    """Which configuration the lines were looked up for: its digest."""
    restarted_for: tuple[str, ...] = ()
    """Texts for which the device was started again since."""


@dataclass(frozen=True, slots=True)
class Decision:
    write: str | None
    """The new file; None: it stays."""
    restart: bool
    record: Record


def wanted(name: str, machine: Snapshot) -> str | None:
    """name: board.name. The whole file; None: nobody knows."""
    if name in PLAIN:
        return None
    if name != AUTO:
        entry = known().get(name)
        return None if entry is None else _file(entry.boot.config_txt)
    finding = detect(machine, known().values())
    certain = [one for one in finding.candidates if not one.generic]
    if finding.chosen is not None and not finding.chosen.generic:
        return _file(known()[finding.chosen.name].boot.config_txt)
    if len({one.name for one in certain}) == 1:  # a HAT whose EEPROM was read, and which has no card without its lines
        return _file(known()[certain[0].name].boot.config_txt)
    return None if finding.chosen is None else _file([])


def is_there(name: str, machine: Snapshot) -> bool:
    """There is a sound card that the configuration can mean."""
    if name == AUTO:
        return detect(machine, known().values()).chosen is not None
    if name in PLAIN or name not in known():
        return True
    return detect(machine, [known()[name]]).chosen is not None


def mute(name: str, machine: Snapshot) -> str:
    """Why a board that is named and not there cannot be heard on an image of ours; empty: nothing speaks against it."""
    entry = known().get(name)
    if entry is None or is_there(name, machine):
        return ""
    return entry.boot.missing_on_image or (NO_DRIVER if entry.drivers == "out of tree" else "")


def decide(config: str, lines: str | None, written: str, there: bool, record: Record) -> Decision:
    """config: digest of the one in force. lines: as `wanted` gave them. written: the file as it is. there: as
    `is_there` found."""
    anew = config != record.config
    record = Record(config) if anew else record
    if lines is None or _said(lines) == _said(written) or (there and not anew):
        return Decision(None, False, record)
    if lines in record.restarted_for or len(record.restarted_for) >= MOST_RESTARTS:
        return Decision(None, False, record)
    return Decision(lines, True, Record(config, (*record.restarted_for, lines)))


def lacking(lines: str, overlays: Collection[str]) -> list[str]:
    """Overlays that the lines name and the boot partition has not. overlays: names of those that are there."""
    return [name for name in asked_for(_said(lines)) if name not in overlays]


def _file(lines: list[str]) -> str:
    return HEAD + "".join(f"{line}\n" for line in lines)


def _said(text: str) -> list[str]:
    """Without remarks."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
