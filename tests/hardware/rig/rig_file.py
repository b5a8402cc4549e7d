"""The bench as a file, rig.toml: what stands around the board under test. Pure: text in, a Rig or every mistake out.

A table that is left out is hardware that is not there: its tests skip and say so.
"""

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

from oyez.mistake import hint
from oyez.toml_lines import key_lines, line_of

Text = Annotated[str, Meta(min_length=1)]
Command = Annotated[tuple[Text, ...], Meta(min_length=1)]
"""Program and arguments, run on the bench machine by no shell."""
Seconds = Annotated[float, Meta(gt=0.0, le=3600.0)]
Metres = Annotated[float, Meta(gt=0.0, le=20.0)]
Decibels = Annotated[float, Meta(ge=-90.0, le=0.0)]
GpioLine = Annotated[int, Meta(ge=0, le=511)]


class RigError(Exception):
    """The file cannot be used. One sentence a mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file, closed to unknown keys."""


class Ssh(Table, frozen=True):
    """The Pi under test. Without this table the board is one of the bench machine itself."""

    host: Annotated[str, Meta(min_length=1, pattern=r"^[^-\s]\S*$")]
    user: Annotated[str, Meta(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
    key: Text
    """File of the private key."""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 22
    python: Text = "/opt/oyez/bin/python3"
    """On the Pi: one that can import oyez_hw."""
    boot_s: Seconds = 180.0
    """So long after power a start may take until ssh answers."""


class Daemon(Table, frozen=True):
    """Oyez on the board, which is stopped while the card alone is measured."""

    stop: Command = ("sudo", "-n", "systemctl", "stop", "oyez.service")
    """On the board; as `start`."""
    start: Command = ("sudo", "-n", "systemctl", "start", "oyez.service")


class Broker(Table, frozen=True):
    """Where Oyez on the board tells what it does."""

    device_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 1883
    username: str = ""
    password_file: str = ""


class Mouth(Table, frozen=True):
    """A loudspeaker of the bench machine that speaks for people."""

    device: Text
    """As ALSA names it on the bench machine."""
    distance_m: Metres
    """From the board's microphones, as it stands now."""
    level_65_dbfs: Decibels
    """Digital level of speech (RMS of its spoken part) that is 65 dB(A) at 1 m: see "How to calibrate the mouth"."""
    rate_hz: Annotated[int, Meta(ge=8_000, le=192_000)] = 48_000
    channels: Annotated[int, Meta(ge=1, le=8)] = 2


class Ear(Table, frozen=True):
    """The reference microphone of the bench machine."""

    device: Text
    distance_m: Metres
    """From the board's loudspeaker."""
    channel: Annotated[int, Meta(ge=0, le=63)] = 0
    rate_hz: Annotated[int, Meta(ge=8_000, le=192_000)] = 48_000
    channels: Annotated[int, Meta(ge=1, le=64)] = 1


class Switch(Table, frozen=True):
    """Something that commands of the bench machine take away and give back."""

    off: Command
    on: Command
    off_s: Seconds = 3.0
    """So long it stays away: the supply's capacitors are empty then."""


class Wires(Table, frozen=True):
    """GPIO lines of the bench machine that reach the board's panel."""

    chip: str = ""
    """/dev/gpiochipN; empty: that of a Raspberry Pi's header."""
    action: GpioLine | None = None
    """Output over the board's button: active, it is pressed."""
    mute: GpioLine | None = None
    light: GpioLine | None = None
    """Input from the comparator behind the photodiode: active while a lamp shines."""
    press_active_low: bool = False
    light_active_low: bool = False


class Board(Table, frozen=True):
    """What the bench knows of the board and the board cannot tell."""

    loudspeaker_mm: tuple[float, float, float] | None = None
    """Where its loudspeaker sits, x, y, z as [[board.microphones]]: then swapped microphones are found."""
    most_round_trip_ms: Annotated[float, Meta(gt=0.0, le=5000.0)] = 600.0


class Rig(Table, frozen=True):
    ssh: Ssh | None = None
    daemon: Daemon = msgspec.field(default_factory=Daemon)
    broker: Broker | None = None
    mouth: Mouth | None = None
    ear: Ear | None = None
    power: Switch | None = None
    network: Switch | None = None
    usb: Switch | None = None
    wires: Wires | None = None
    board: Board = msgspec.field(default_factory=Board)


TABLES: dict[str, type[Table]] = {
    "ssh": Ssh,
    "daemon": Daemon,
    "broker": Broker,
    "mouth": Mouth,
    "ear": Ear,
    "power": Switch,
    "network": Switch,
    "usb": Switch,
    "wires": Wires,
    "board": Board,
}


def parse(text: str, name: str) -> Rig:
    """name: of the file, for the sentences. Raises RigError with every mistake."""
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RigError([f"{name}: this is no TOML: {error}. Nothing after it was checked."]) from None
    mistakes = list(_examined(tree))
    if not mistakes:
        rig = msgspec.convert(tree, Rig)
        mistakes = list(_contradictions(rig))
        if not mistakes:
            return rig
    lines = key_lines(text)
    numbered = sorted((line_of(path, lines) or 0, path, sentence) for path, sentence in mistakes)
    raise RigError([f"{name}{f', line {line}' if line else ''}: {path} {why}" for line, path, why in numbered])


def _examined(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if key not in TABLES:
            yield key, f"is unknown.{hint(key, TABLES)}"
        elif not isinstance(value, dict):
            yield key, f"is no table: write [{key}] on a line of its own."
        else:
            yield from _of_table(key, value, TABLES[key])


def _of_table(name: str, table: dict[str, Any], kind: type[Table]) -> Iterator[tuple[str, str]]:
    kinds = get_type_hints(kind, include_extras=True)
    for key, value in table.items():
        if key not in kinds:
            yield f"{name}.{key}", f"is unknown.{hint(key, kinds)}"
            continue
        try:
            msgspec.convert(value, kinds[key])
        except msgspec.ValidationError as error:
            yield f"{name}.{key}", f"cannot be used: {str(error).partition(' - at ')[0].lower()}."
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in table:
            yield name, f"lacks {field.name}: add it, or leave out the whole table."


def _contradictions(rig: Rig) -> Iterator[tuple[str, str]]:
    if rig.ear is not None and rig.ear.channel >= rig.ear.channels:
        yield "ear.channel", f"is {rig.ear.channel}, and the device has {rig.ear.channels}, counted from 0."
    if rig.power is not None and rig.ssh is None:
        yield "power", "would cut off the bench machine itself: without [ssh] the board is one of it."
    wires = rig.wires
    if wires is not None:
        used = [line for line in (wires.action, wires.mute, wires.light) if line is not None]
        if not used:
            yield "wires", "names no line: give action, mute or light, or leave out the table."
        if len(set(used)) < len(used):
            yield "wires", "gives one line to two uses."
        if rig.broker is None:
            yield "wires", "needs [broker]: what a button does is told there."
    if rig.broker is not None and bool(rig.broker.username) != bool(rig.broker.password_file):
        yield "broker", "needs username and password_file, or neither."
