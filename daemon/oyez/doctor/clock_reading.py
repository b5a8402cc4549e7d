"""Whether the clock is set by the network. Reads; waits for nothing.

Sources: systemd-timesyncd.service(8) for /run/systemd/timesync/synchronized; adjtimex(2): the kernel's clock is
unsynchronised while STA_UNSYNC is set, which every NTP client clears.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path

STA_UNSYNC = 0x40


class _Timex(ctypes.Structure):
    """The beginning of `struct timex`; what follows is room for the kernel to write into."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_synchronised() -> bool | None:
    """None: it does not tell."""
    try:
        told = _Timex()
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(told)) < 0:
            return None
        return not told.status & STA_UNSYNC
    except (OSError, AttributeError):
        return None


def synchronised(root: Path, kernel: Callable[[], bool | None] = kernel_synchronised) -> bool | None:
    """By timesyncd's own mark where it runs, else by the kernel, which is asked only on the machine itself."""
    folder = root / "run/systemd/timesync"
    if folder.is_dir():
        return (folder / "synchronized").exists()
    return kernel() if root == Path("/") else None
