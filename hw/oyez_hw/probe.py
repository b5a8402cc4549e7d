"""The machine's own texts: /proc/asound, /proc/device-tree, sysfs. What is not there is left out; nothing is opened."""

from pathlib import Path

from oyez_hw.machine import Card, HatRead, Snapshot, Stream, UsbDevice, cards_of, pcms_of, streams_of

USB_AUDIO = "01"
"""The class of an interface (USB, Defined Class Codes)."""
USB_PREFIX = "usb:"
"""In the place of an ALSA name: `usb:1-1.4` is the card in that port, whatever it is called today."""


def snapshot(root: Path = Path("/")) -> Snapshot:
    """root: a folder that stands for the machine's."""
    asound = root / "proc/asound"
    pcms = pcms_of(_text(asound / "pcm"))
    cards = []
    for bare in cards_of(_text(asound / "cards")):
        folder = asound / f"card{bare.number}"
        capture, playback = streams_of(_text(folder / "stream0")) if (folder / "stream0").exists() else (Stream(),) * 2
        cards.append(
            Card(
                bare.number,
                bare.id,
                bare.driver,
                bare.name,
                bare.long_name,
                pcms.get(bare.number, ()),
                _text(folder / "usbid").lower(),
                _usb_path(root, bare.number),
                capture,
                playback,
            )
        )
    return Snapshot(tuple(cards), _hat(root), tuple(_usb(root)), _text(root / "proc/device-tree/model"))


def cards_shown(root: Path = Path("/")) -> str:
    """The kernel's list of cards: another text once one was plugged in or out."""
    return _text(root / "proc/asound/cards")


def located(device: str, root: Path = Path("/")) -> str:
    """The ALSA name for `usb:PORT`; any other name as it is, and a port without a card too: opening it will say so."""
    if not device.startswith(USB_PREFIX):
        return device
    port = device.removeprefix(USB_PREFIX)
    for card in snapshot(root).cards:
        if card.usb_path == port:
            return f"hw:CARD={card.id},DEV=0"
    return device


def _hat(root: Path) -> HatRead | None:
    folder = root / "proc/device-tree/hat"
    vendor, product, uuid = (_text(folder / name) for name in ("vendor", "product", "uuid"))
    return HatRead(vendor, product, uuid) if vendor or product else None


def _usb(root: Path) -> list[UsbDevice]:
    found = []
    folders = _children(root / "sys/bus/usb/devices")
    driverless = {_device_of(folder.name) for folder in folders if _is_driverless(folder)}
    for folder in folders:
        vendor, product = _text(folder / "idVendor"), _text(folder / "idProduct")
        if vendor and product:
            id, name = f"{vendor}:{product}".lower(), folder.name
            found.append(UsbDevice(id, name, _text(folder / "product"), name in driverless))
    return found


def _is_driverless(interface: Path) -> bool:
    return _text(interface / "bInterfaceClass") == USB_AUDIO and not (interface / "driver").exists()


def _device_of(interface: str) -> str:
    """1-1.4:1.0 is a part of 1-1.4."""
    return interface.partition(":")[0]


def _usb_path(root: Path, number: int) -> str:
    """sysfs names a card's device after its interface, 1-1.4:1.0; the port is what stands before the colon."""
    device = root / f"sys/class/sound/card{number}/device"
    try:
        name = device.resolve(strict=True).name
    except (OSError, RuntimeError):
        return ""
    return _device_of(name) if ":" in name else ""


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _text(file: Path) -> str:
    """Device-tree texts end in a zero byte. A device may be unplugged while it is read."""
    try:
        return file.read_bytes().decode("utf-8", "replace").replace("\0", "").strip("\n")
    except OSError:
        return ""
