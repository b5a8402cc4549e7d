"""A whole computer for the system tests: QEMU without help from the processor, Debian's kernel, the root's disk.

    with Guest(disk, scratch) as guest:          # or the fixture `guest`, one for the session
        guest.run("systemctl start oyez").check()
        guest.power_cut()                        # what was not on the disk is lost

A guest has two processors, each some 12 times slower than the host's, a kernel of its own (memory, task, device and
real-time limits hold), and the sound card of snd-aloop: what is played to hw:Loopback,0 is captured from hw:Loopback,1.
It reaches nothing outside but what the host asks by ssh. ../shared of the host is at /srv/shared, read-only.
"""

import base64
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from tests.system.disk import Disk
from tests.system.root import SHARED, say
from tests.system.shell import NEVER_SEEN, MachineFailed, Shell

MEMORY_MB = 1536
BOOT_S = 900.0
"""24 s on an idle machine, 90 s on a busy one, minutes where others have priority."""
MILESTONES = {
    "kernel": r"Linux version",
    "systemd": r"systemd\[1\]: systemd \d+|Welcome to",
    "login": r"login:",
}
"""What the serial console says on the way, in this order."""
MOUNT_SHARED = (
    "mountpoint -q /srv/shared || mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144 shared /srv/shared"
)


class Guest(Shell):
    """shared: a folder of the host that the guest sees at /srv/shared. Use as a context: the machine ends with it."""

    def __init__(self, disk: Disk, scratch: Path, shared: Path = SHARED) -> None:
        self._disk, self._scratch, self._shared = disk, scratch, shared
        self._console = scratch / "console.log"
        self._sockets = Path(tempfile.mkdtemp(prefix="oyez-guest-"))  # a socket's path may have 107 characters at most
        self._key = self._sockets / "key"
        self._port = free_port()
        self._machine: subprocess.Popen[bytes] | None = None
        options = ["-F", "none", "-i", str(self._key), "-p", str(self._port), *NEVER_SEEN, "root@127.0.0.1"]
        super().__init__(options, self._sockets / "ssh", self._last)
        self.boots: list[dict[str, float]] = []
        """Seconds from power-on to each milestone, one entry a boot."""

    def __enter__(self) -> "Guest":
        self._scratch.mkdir(parents=True, exist_ok=True)
        try:
            _run_here("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self._key)
            words: list[str | Path] = [
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-F",
                "raw",
                "-b",
                self._disk.image.resolve(),
            ]
            _run_here(*words, self._scratch / "snapshot.qcow2")
            self.power_on()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def reboot(self) -> None:
        """In order, as a person with the right to would."""
        self._console.write_bytes(b"")
        self.run("systemctl reboot")
        self.forget_connection()
        self._wait_for_boot()

    def power_cut(self) -> None:
        """At once, and on again: what the guest had not written to its disk is lost."""
        self._kill()
        self.power_on()

    def power_on(self) -> None:
        """Returns when ssh answers."""
        self._console.write_bytes(b"")
        self._machine = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=(self._scratch / "qemu.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        self._wait_for_boot()

    def _command(self) -> list[str]:
        key = self._key.with_suffix(".pub").read_text().strip().encode()
        kernel = [
            "root=/dev/vda rw console=ttyS0 loglevel=6 mitigations=off panic=-1",
            "systemd.show_status=1 systemd.log_color=0",
            f"systemd.set_credential_binary=ssh.authorized_keys.root:{base64.b64encode(key).decode()}",
        ]
        return [
            # The machine ends with this process, however that ends.
            *("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"),
            *("-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", str(MEMORY_MB)),
            *("-display", "none", "-monitor", "none", "-nodefaults", "-serial", "chardev:console"),
            *("-chardev", f"file,id=console,append=on,path={self._console}"),
            *("-kernel", str(self._disk.kernel), "-initrd", str(self._disk.initial), "-append", " ".join(kernel)),
            *("-drive", f"file={self._scratch / 'snapshot.qcow2'},if=virtio,format=qcow2"),
            *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self._port}-:22"),
            *("-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"),
            *("-virtfs", f"local,path={self._shared.resolve()},mount_tag=shared,security_model=none,readonly=on"),
        ]

    def _wait_for_boot(self) -> None:
        since = time.monotonic()
        reached: dict[str, float] = {}
        for name, pattern in MILESTONES.items():
            self._wait(partial(self._console_says, pattern), BOOT_S, f"did not come to its {name}")
            reached[name] = round(time.monotonic() - since, 1)
        self._wait(self.answers, BOOT_S, "does not answer by ssh")
        reached["ssh"] = round(time.monotonic() - since, 1)
        self.boots.append(reached)
        say("the guest is up: " + ", ".join(f"{name} {at:g} s" for name, at in reached.items()))
        self.run(MOUNT_SHARED).check()

    def _wait(self, reached: Callable[[], bool], timeout_s: float, complaint: str) -> None:
        ends = time.monotonic() + timeout_s
        while not reached():
            if self._machine is None or self._machine.poll() is not None:
                log = (self._scratch / "qemu.log").read_text(errors="replace")
                raise MachineFailed(f"the guest's machine ended: {log[-2000:]}\n{self._last()}")
            if time.monotonic() > ends:
                raise MachineFailed(f"the guest {complaint} within {timeout_s:g} s\n{self._last()}")
            time.sleep(0.3)

    def _console_says(self, pattern: str) -> bool:
        return re.search(pattern, self._console.read_text(errors="replace")) is not None

    def _last(self) -> str:
        lines = self._console.read_text(errors="replace").splitlines() if self._console.exists() else []
        return "the console's last lines:\n" + "\n".join(lines[-25:])

    def _kill(self) -> None:
        machine, self._machine = self._machine, None
        if machine is not None:
            machine.kill()
            machine.wait()
            self.forget_connection()

    def _end(self) -> None:
        self._kill()
        (self._scratch / "snapshot.qcow2").unlink(missing_ok=True)
        shutil.rmtree(self._sockets, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _run_here(*words: str | Path) -> bytes:
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120.0).stdout
