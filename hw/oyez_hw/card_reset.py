"""Resets a USB sound card on its bus, as if it were unplugged for a moment: what is stuck in it begins anew.

By the ioctl USBDEVFS_RESET (kernel, Documentation/driver-api/usb/usb.rst) on the device's node, which needs write
permission on that node and nothing else; who may have it is the operator's to say (docs/healing.md). Unbinding the
driver in sysfs would need root. Cards that are no USB devices have no reset.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from oyez_hw.card_holder import card_of
from oyez_hw.probe import located, snapshot

USBDEVFS_RESET = 0x5514
"""_IO('U', 20)"""


class ResetRefused(Exception):
    """Nothing was done; the message says why."""


def no_reset() -> None:
    """Of a board that has none. Raises ResetRefused."""
    raise ResetRefused("this board has no reset")


def usb_node(device: str, root: Path = Path("/")) -> Path:
    """The device node of the USB card with this ALSA name. Raises ResetRefused: it is none, or not there."""
    named = card_of(located(device, root))[0]
    if not named:
        raise ResetRefused(f"{device} names no card")
    card = next((card for card in snapshot(root).cards if named in (card.id, str(card.number))), None)
    if card is None:
        raise ResetRefused(f"there is no card {named}")
    if not card.usb_path:
        raise ResetRefused(f"the card {named} is no USB device")
    folder = root / "sys/bus/usb/devices" / card.usb_path
    try:
        bus, number = (int((folder / name).read_text("ascii")) for name in ("busnum", "devnum"))
    except (OSError, ValueError):
        raise ResetRefused(f"the USB device of the card {named} is not there") from None
    return root / f"dev/bus/usb/{bus:03}/{number:03}"


def reset_card(
    device: str,
    root: Path = Path("/"),
    order: Callable[[int, int], object] = lambda file, code: fcntl.ioctl(file, code, 0),
) -> None:
    """Blocks for up to a few seconds. order: (file descriptor, ioctl). Raises ResetRefused."""
    node = usb_node(device, root)
    try:
        file = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
    except OSError as error:
        raise ResetRefused(f"{node} may not be written ({error.strerror}), see docs/healing.md") from error
    try:
        order(file, USBDEVFS_RESET)
    except OSError as error:
        raise ResetRefused(f"the kernel refused it ({error.strerror})") from error
    finally:
        os.close(file)
