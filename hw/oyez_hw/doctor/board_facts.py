"""What the board tells of itself. None everywhere: it does not tell. Pure."""

import msgspec


class PowerFacts(msgspec.Struct, frozen=True, kw_only=True):
    under_voltage: bool | None = None
    """Now."""
    throttled_bits: int | None = None
    """The firmware's `get_throttled`."""


class HeatFacts(msgspec.Struct, frozen=True, kw_only=True):
    temperature_c: float | None = None
    throttled_bits: int | None = None


class LoadFacts(msgspec.Struct, frozen=True, kw_only=True):
    load_5_min: float | None = None
    processors: int | None = None
    memory_mb: int | None = None
    memory_free_mb: int | None = None
    """What programs could have (`MemAvailable`)."""


class Flash(msgspec.Struct, frozen=True, kw_only=True):
    """One flash memory, a card or an eMMC."""

    name: str
    life_used_percent: int | None = None
    """The worse of its two kinds of cells; cards do not tell."""
    spare_blocks: int | None = None
    """`pre_eol_info`: 1 well, 2 four fifths of the spare blocks are used, 3 nearly all."""
    written_gb: float | None = None
    """Since the boot."""


class StorageFacts(msgspec.Struct, frozen=True, kw_only=True):
    flash: tuple[Flash, ...] = ()
    errors: int | None = None
    """That ext4 has met, all file systems together."""
    read_only: bool | None = None
    """The file system of `/`, which was meant to be written to."""
    uptime_s: float | None = None


class BoardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The board that the configuration names, else what of the catalogue is there, the likeliest."""

    name: str = ""
    title: str = ""
    proven: bool | None = None
    in_kernel: bool | None = None
    """Its drivers come with the kernel."""
    missing: tuple[str, ...] = ()
    """What keeps it from being used, a sentence each."""
    absent: bool = False
    """Nothing of it is there, though it is named."""
    usb: bool = False
    """It comes by a plug, and not on the pins."""
    works: bool = False
    """A card is there that the configuration can mean."""
    card_gone: str = ""
    """The configuration's own card, where it is not there."""
    overlays_missing: tuple[str, ...] = ()
    """That its lines for config.txt ask for, and the boot partition has not."""
    lines_missing: tuple[str, ...] = ()
    """Of config.txt, whose overlays nothing asks for."""
    driverless: tuple[str, ...] = ()
    """USB devices with a part for sound that no driver has taken."""
    stranger: str = ""
    """What a HAT's EEPROM says that the catalogue does not know."""
    away: str = ""
    """With board.name = "auto": why no board is taken, in a sentence; empty: one is."""


class WirelessFacts(msgspec.Struct, frozen=True, kw_only=True):
    signal_dbm: float | None = None
    power_save: bool | None = None
    missed_beacons: int | None = None
