"""A Raspberry Pi 3 of QEMU, with the U-Boot and the device tree that lie on the card's own boot partition.

It comes as far as the slots: what the firmware does before is not emulated, what the kernel does takes minutes.
"""

import subprocess
from pathlib import Path

from tests.image.card import Card
from tests.image.device import Device, Key

U_BOOT, TREE = "u-boot.bin", "bcm2837-rpi-3-b.dtb"


class Pi3(Device):
    """overlay: of a sound board, by the name that a dtoverlay line has; laid over the tree as the firmware would."""

    def __init__(self, card: Card, scratch: Path, key: Key, overlay: str = "") -> None:
        super().__init__(card, scratch, key)
        self._given = {name: scratch / f"pi3-{name}" for name in (U_BOOT, TREE)}
        for name, place in self._given.items():
            content = card.read(name)
            assert content is not None, f"{name} is not on the boot partition: a Pi 3 and a Zero 2 W need it"
            place.write_bytes(content)
        if overlay:
            self._lay_over(overlay, scratch / f"{overlay}.dtbo")

    def _lay_over(self, overlay: str, place: Path) -> None:
        content = self.card.read(f"overlays/{overlay}.dtbo")
        assert content is not None, f"{overlay}.dtbo is not on the boot partition"
        place.write_bytes(content)
        tree = self._given[TREE]
        subprocess.run(["fdtoverlay", "-i", tree, "-o", tree, place], check=True, timeout=60.0)

    def _command(self) -> list[str]:
        return [
            *("setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64"),
            *("-M", "raspi3b", "-accel", "tcg,thread=multi", "-display", "none", "-monitor", "none"),
            *("-kernel", str(self._given[U_BOOT]), "-dtb", str(self._given[TREE])),
            *("-drive", f"file={self.card.path},if=sd,format=qcow2"),
            # The first serial port is the good one, which the Pi gives to Bluetooth; U-Boot talks on the second.
            *("-serial", "null", "-serial", "stdio"),
        ]
