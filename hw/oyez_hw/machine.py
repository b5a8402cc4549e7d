"""What a machine shows of its sound cards, and how that is read out of the kernel's texts. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_CARD = re.compile(r"^\s*(?P<number>\d+)\s+\[(?P<id>[^\]]*)\]:\s*(?P<driver>.*?) - (?P<name>.*)$")
_PCM = re.compile(r"^(?P<card>\d+)-(?P<device>\d+):(?P<rest>.*)$")
_ITEM = re.compile(r"^\s*(?P<key>Channels|Rates):\s*(?P<value>.+)$")
ON_EVERY_PI = ("vc4hdmi", "Headphones", "ALSA", "b1", "b2", "HDMI", "Loopback", "Dummy")
"""Ids (their beginnings) of cards that are no voice board: screens, the jack of the Pi, the kernel's own toys."""


@dataclass(frozen=True, slots=True)
class Pcm:
    device: int
    name: str
    """As /proc/asound/pcm has it: mostly the codec's."""
    captures: bool = False
    plays: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """One direction of a USB card, all its settings together."""

    channels: tuple[int, ...] = ()
    rates_hz: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    number: int
    """Changes with what else is plugged in: for reading on, never for a name."""
    id: str
    driver: str = ""
    name: str = ""
    long_name: str = ""
    pcms: tuple[Pcm, ...] = ()
    usb_id: str = ""
    """vvvv:pppp; empty: no USB card."""
    usb_path: str = ""
    """As sysfs calls the port, e.g. 1-1.4: it stays where the plug stays."""
    capture: Stream = field(default_factory=Stream)
    playback: Stream = field(default_factory=Stream)

    @property
    def captures(self) -> bool:
        return any(pcm.captures for pcm in self.pcms)

    @property
    def plays(self) -> bool:
        return any(pcm.plays for pcm in self.pcms)

    @property
    def on_every_pi(self) -> bool:
        return not self.usb_id and self.id.startswith(ON_EVERY_PI)


@dataclass(frozen=True, slots=True)
class HatRead:
    """Of /proc/device-tree/hat."""

    vendor: str
    product: str
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    id: str
    path: str
    product: str = ""
    driverless: bool = False
    """It has a part for sound, and no driver has taken that."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    cards: tuple[Card, ...] = ()
    hat: HatRead | None = None
    usb: tuple[UsbDevice, ...] = ()
    model: str = ""
    """Of the machine itself, e.g. Raspberry Pi 4 Model B Rev 1.5."""


def cards_of(text: str) -> Iterator[Card]:
    """/proc/asound/cards; lines that are none are passed over."""
    found: Card | None = None
    for line in text.splitlines():
        match = _CARD.match(line)
        if match:
            if found:
                yield found
            number, id, driver, name = (part.strip() for part in match.groups())
            found = Card(int(number), id, driver, name)
        elif found and line[:1].isspace() and line.strip():
            yield Card(found.number, found.id, found.driver, found.name, line.strip())
            found = None
    if found:
        yield found


def pcms_of(text: str) -> dict[int, tuple[Pcm, ...]]:
    """/proc/asound/pcm: card number -> its PCMs."""
    found: dict[int, tuple[Pcm, ...]] = {}
    for line in text.splitlines():
        match = _PCM.match(line)
        if not match:
            continue
        parts = [part.strip() for part in match["rest"].split(" : ")]
        directions = [part.split()[0] for part in parts if re.fullmatch(r"(playback|capture) \d+", part)]
        names = [part for part in parts if not re.fullmatch(r"(playback|capture) \d+", part) and part]
        pcm = Pcm(
            int(match["device"]), " / ".join(dict.fromkeys(names)), "capture" in directions, "playback" in directions
        )
        found[int(match["card"])] = (*found.get(int(match["card"]), ()), pcm)
    return found


def streams_of(text: str) -> tuple[Stream, Stream]:
    """/proc/asound/cardN/stream0 of a USB card: (capture, playback)."""
    read: dict[str, dict[str, list[int]]] = {"Capture": {}, "Playback": {}}
    part: dict[str, list[int]] = {}
    for line in text.splitlines():
        heading = line.strip().rstrip(":")
        if heading in read:
            part = read[heading]
        elif item := _ITEM.match(line):
            part.setdefault(item["key"], []).extend(int(number) for number in re.findall(r"\d+", item["value"]))
    capture, playback = (
        Stream(tuple(sorted(set(found.get("Channels", [])))), tuple(sorted(set(found.get("Rates", [])))))
        for found in (read["Capture"], read["Playback"])
    )
    return capture, playback


def device_name(card: Card, device: int = 0) -> str:
    """The ALSA name of a PCM that outlives renumbering."""
    return f"hw:CARD={card.id},DEV={device}"
