"""Lamps on a SPI bus, by the kernel's spidev (Documentation/spi/spidev.rst): no package is needed for a plain write."""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Sequence

from oyez_hw.lamp_frames import within
from oyez_hw.ports import DARK, Colour, HardwareError

WR_MODE = 0x40016B01
WR_BITS_PER_WORD = 0x40016B03
WR_MAX_SPEED_HZ = 0x40046B04
"""Of linux/spi/spidev.h: _IOW('k', n, the argument's size)."""

Encode = Callable[[Sequence[Colour]], bytes]


def open_bus(path: str, speed_hz: int) -> int:
    """A file that takes whole frames, mode 0, eight bits a word. Raises HardwareError."""
    try:
        bus = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except OSError as error:
        raise HardwareError(_absent(path, error)) from error
    try:
        fcntl.ioctl(bus, WR_MODE, struct.pack("B", 0))
        fcntl.ioctl(bus, WR_BITS_PER_WORD, struct.pack("B", 8))
        fcntl.ioctl(bus, WR_MAX_SPEED_HZ, struct.pack("I", speed_hz))
    except OSError as error:
        os.close(bus)
        raise HardwareError(f"{path} is no SPI bus for {speed_hz} Hz ({error.strerror}): name another") from error
    return bus


def _absent(path: str, error: OSError) -> str:
    todo = {
        errno.ENOENT: "enable SPI (dtparam=spi=on in config.txt) or name another device",
        errno.EACCES: "let the service use it (group spi)",
        errno.EPERM: "let the service use it (group spi)",
    }.get(error.errno or 0, "name another device")
    return f"the lamps' {path} cannot be opened ({error.strerror}): {todo}"


class SpiLamps:
    """A chain of lamps behind one bus. Loop only."""

    def __init__(
        self,
        count: int,
        encode: Encode,
        connect: Callable[[], int],
        most_ma: float,
        power: Callable[[bool], None] = lambda on: None,
    ) -> None:
        """encode: a picture into a frame. connect: opens the bus, as `open_bus` does. power: the lamps' supply."""
        self._count, self._encode, self._connect, self._most_ma = count, encode, connect, most_ma
        self._power = power
        self._bus: int | None = None

    def open(self) -> None:
        if self._bus is not None:
            return
        self._power(True)
        try:
            self._bus = self._connect()
        except HardwareError:
            self._power(False)
            raise
        self.show([DARK] * self._count)

    def show(self, picture: Sequence[Colour]) -> None:
        if len(picture) != self._count:
            raise ValueError(f"the picture is for {len(picture)} lamps, and there are {self._count}")
        if self._bus is None:
            raise HardwareError("the lamps are not open: call open() before show()")
        frame = self._encode(within(picture, self._most_ma))
        try:
            written = os.write(self._bus, frame)
        except OSError as error:
            raise HardwareError(f"the lamps' bus takes nothing any more ({error.strerror}): look at it") from error
        if written != len(frame):
            raise HardwareError(f"the lamps' bus took {written} of {len(frame)} bytes: look at its buffer size")

    def close(self) -> None:
        if self._bus is None:
            return
        try:
            self.show([DARK] * self._count)
        except HardwareError:
            pass  # they are gone: dark enough
        finally:
            os.close(self._bus)
            self._bus = None
            self._power(False)
