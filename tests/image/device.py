"""A flashed device: QEMU's `virt` board, started by U-Boot from the card's own partition table and boot script.

    with Device(card, scratch) as device:
        device.console.expect("oyez: slot A", 60)
        device.reached()                 # ssh answers: the card's oyez.toml must have named `device.public_key`

It reaches the host at 10.0.2.2 and nothing else by name; the host reaches its port 22.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from tests.image.card import Card
from tests.image.console import Boot, Console, boots
from tests.system.guest import free_port
from tests.system.shell import NEVER_SEEN, MachineFailed, Shell

U_BOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
HOST = "10.0.2.2"
"""The host, as the device sees it."""
MEMORY_MB = 1024
USB_RATE_HZ = 48_000
BOOT_S = 420.0
"""40 s on an idle machine; others may be busy."""


class Key:
    """An SSH key that no device has seen before. folder: short, a socket will lie there, too."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "key"
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(self.path)]
        subprocess.run(words, check=True, capture_output=True, timeout=60.0)
        self.public = self.path.with_suffix(".pub").read_text().strip()


class Device(Shell):
    """blocks: of QEMU's -blockdev, the last one named `card`; none: the card as it is. options: more of QEMU's."""

    def __init__(
        self, card: Card, scratch: Path, key: Key, *, blocks: Sequence[str] = (), options: Sequence[str] = ()
    ) -> None:
        self.card, self.key = card, key
        self._scratch, self._options = scratch, tuple(options)
        self._blocks = tuple(blocks) or (f"driver=qcow2,node-name=card,{file_node(card.path)}",)
        self._port = free_port()
        self._machine: subprocess.Popen[bytes] | None = None
        self._console: Console | None = None
        self._consoles: list[Console] = []
        words = ["-F", "none", "-i", str(key.path), "-p", str(self._port), *NEVER_SEEN, "root@127.0.0.1"]
        super().__init__(words, key.folder / f"ssh-{self._port}", self._last_words)

    def __enter__(self) -> "Device":
        self._scratch.mkdir(parents=True, exist_ok=True)
        self.switch_on()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.cut_power()

    @property
    def console(self) -> Console:
        assert self._console is not None, "the device was never switched on"
        return self._console

    def boots(self) -> list[Boot]:
        """All that it did, since it was made."""
        return [boot for console in self._consoles for boot in boots(console.lines())]

    def switch_on(self) -> None:
        """Returns at once."""
        machine = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=(self._scratch / "qemu.log").open("ab"),
        )
        self._machine = machine
        assert machine.stdout is not None
        self._console = Console(cast(BinaryIO, machine.stdout), self._log())
        self._consoles.append(self._console)

    def cut_power(self) -> None:
        """At once: what the device had not written to its card is lost."""
        machine, self._machine = self._machine, None
        if machine is not None:
            machine.kill()
            machine.wait()
            self.forget_connection()

    def switch_off(self) -> None:
        """In order, and waits for its end."""
        assert self._machine is not None
        self.run("systemctl poweroff")
        try:
            self._machine.wait(timeout=120.0)
        except subprocess.TimeoutExpired:
            raise MachineFailed(f"it did not power off\n{self._last_words()}") from None
        self.cut_power()

    def reached(self, timeout_s: float = BOOT_S) -> None:
        """Waits until ssh answers. Raises MachineFailed."""
        ends = time.monotonic() + timeout_s
        while not self.answers():
            if self._machine is None or self._machine.poll() is not None:
                log = (self._scratch / "qemu.log").read_text(errors="replace")
                raise MachineFailed(f"the machine ended: {log[-1000:]}\n{self._last_words()}")
            if time.monotonic() > ends:
                raise MachineFailed(f"ssh does not answer within {timeout_s:g} s\n{self._last_words()}")
            time.sleep(0.5)

    def rebooted(self, timeout_s: float = BOOT_S) -> str:
        """Waits for the next choice of a slot on the console, and tells it."""
        said = self.console.expect(r"^oyez: slot [AB],", timeout_s)
        self.forget_connection()
        return said.removeprefix("oyez: slot ")[0]

    def _command(self) -> list[str]:
        blocks = [word for block in self._blocks for word in ("-blockdev", block)]
        return [
            # The machine ends with this process, however that ends.
            *("setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64"),
            *("-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", str(MEMORY_MB), "-accel", "tcg,thread=multi"),
            *("-bios", str(U_BOOT), "-display", "none", "-monitor", "none", "-nodefaults", "-serial", "stdio"),
            *blocks,
            *("-device", "virtio-blk-pci,drive=card"),
            *("-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{self._port}-:22"),
            *("-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-rng-pci"),
            *self._options,
        ]

    def _log(self) -> Path:
        return self._scratch / "console.log"

    def _last_words(self) -> str:
        return "" if self._console is None else self._console.last_words()


def file_node(path: Path) -> str:
    """Of a -blockdev: the file below a format."""
    return f"file.driver=file,file.filename={path.resolve()},file.cache.no-flush=on"


def logged_blocks(card: Card, log: Path) -> list[str]:
    """The card, with all that is written to it in a log as well (tests/image/writes.py)."""
    log.unlink(missing_ok=True)
    log.touch()
    return [
        f"driver=qcow2,node-name=layer,{file_node(card.path)}",
        f"driver=blklogwrites,node-name=card,file=layer,log.driver=file,log.filename={log.resolve()},"
        "log-super-update-interval=64",
    ]


def usb_sound(heard: Path) -> list[str]:
    """Of QEMU: a loudspeaker on USB; what it plays goes to this file, a WAV of 16 bits, two channels, USB_RATE_HZ."""
    sound = f"wav,id=sound,path={heard.resolve()},out.frequency={USB_RATE_HZ},out.channels=2,out.format=s16"
    return ["-audiodev", sound, "-device", "qemu-xhci", "-device", "usb-audio,audiodev=sound"]


def make_key() -> Key:
    """A socket's path may have 107 characters at most, so it lies in a short folder; `forget_key` takes it away."""
    return Key(Path(tempfile.mkdtemp(prefix="oyez-key-")))


def forget_key(key: Key) -> None:
    shutil.rmtree(key.folder, ignore_errors=True)
