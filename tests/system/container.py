"""A Debian with a real systemd as its first process, up in a second: the root in systemd-nspawn, alone in its network.

    with Container(root, scratch) as box:
        box.run("systemctl start oyez").check()

What a container cannot hold (memory, tasks, devices, real time, sound cards) is for the guest (guest.py), which is
asked in the same words. What is changed in it is lost with it.
"""

import contextlib
import os
import shlex
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tests.system.root import Root
from tests.system.shell import Result

BOOT_S = 60.0
REBOOT_S = 120.0
"""Until whoever is to order the reboot has done so."""
END_S = 20.0
REBOOT = 133
"""How systemd-nspawn ends when the container wants to be started again."""
CGROUPS = Path("/sys/fs/cgroup")

ANSWERS_S = 10.0
"""A container that is up does so in one."""


class ContainerFailed(Exception):
    """It did not boot, answer or end in time."""


class Container:
    """Use as a context: all that runs in it ends with it."""

    def __init__(self, root: Root, scratch: Path) -> None:
        """scratch: a folder on a disk (no overlay), which keeps what the container changes."""
        self._root, self._scratch = root, scratch
        self._name = f"oyez-{uuid.uuid4().hex[:8]}"
        self._stack = contextlib.ExitStack()
        self._folder = scratch
        self._groups: list[Path] = []
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._first = 0
        """The host's number of the container's first process."""

    def __enter__(self) -> "Container":
        try:
            self._folder = self._stack.enter_context(self._root.layer(self._scratch))
            self._stack.callback(self._end)
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def run(self, command: str, timeout_s: float = 120.0) -> Result:
        """A shell's command line, as root. Raises ContainerFailed when it does not end in time."""
        inside = ["nsenter", "-t", str(self._first), "-m", "-p", "-u", "-i", "-n", "-C", "-T"]
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_PAGER=cat", "SYSTEMD_COLORS=0"]
        try:
            done = subprocess.run(
                [*inside, *clean, "sh", "-c", command],
                capture_output=True, text=True, errors="replace", timeout=timeout_s, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ContainerFailed(f"`{command}` did not end within {timeout_s:g} s\n{self._log()}") from None
        return Result(command, done.returncode, done.stdout, done.stderr)

    def write(self, place: str, text: str) -> None:
        """A file; its folder is made. Through a process inside, since what is mounted there is not seen from here."""
        folder, named = shlex.quote(str(Path(place).parent)), shlex.quote(place)
        self.run(f"mkdir -p {folder} && printf %s {shlex.quote(text)} > {named}").check()

    def until(self, command: str, timeout_s: float = 60.0, pause_s: float = 0.1) -> Result:
        """Asks until the command ends well; else AssertionError with its output."""
        ends = time.monotonic() + timeout_s
        while True:
            done = self.run(command, timeout_s)
            if done.code == 0 or time.monotonic() > ends:
                return done.check()
            time.sleep(pause_s)

    def comes_back(self) -> None:
        """Waits until it has rebooted, which it was told to. What lay in its memory (/run) is gone."""
        assert self._nspawn is not None
        try:
            ended = self._nspawn.wait(REBOOT_S)
        except subprocess.TimeoutExpired:
            raise ContainerFailed(f"the container did not go down\n{self._log()}") from None
        if ended != REBOOT:
            raise ContainerFailed(f"the container ended with {ended} and is not to be started again\n{self._log()}")
        self._boot()

    def _start(self) -> None:
        groups = list(own_groups(self._name))
        for group in groups:
            group.mkdir(exist_ok=True)
            for name in ("cpuset.cpus", "cpuset.mems"):  # an old controller's child may begin with none
                if (group / name).is_file() and group.joinpath(name).read_text().strip() == "":
                    (group / name).write_text((group.parent / name).read_text())
        self._stack.callback(remove_groups, groups)
        self._groups = groups
        self._boot()

    def _boot(self) -> None:
        # Below our own groups: its systemd would work in the host's root groups otherwise.
        enter = "; ".join(f"echo $$ > {shlex.quote(str(group / 'cgroup.procs'))}" for group in self._groups)
        words = [
            # Its own clocks begin with it, as a computer's do; and it ends with this process.
            *("setpriv", "--pdeathsig", "KILL", "unshare", "--time", "--fork", "--kill-child=TERM"),
            *(f"--boottime=-{int(_uptime_s())}", f"--monotonic=-{int(time.monotonic())}"),
            *("systemd-nspawn", "--quiet", "--boot", f"--directory={self._folder}"),
            *(f"--machine={self._name}", "--register=no", "--keep-unit", "--console=read-only", "--private-network"),
            *("--capability=all", "--system-call-filter=bpf"),
        ]
        self._nspawn = subprocess.Popen(
            ["sh", "-c", f"{enter}; exec {shlex.join(words)}"],
            stdin=subprocess.DEVNULL, stdout=self._log_file.open("ab"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._find(time.monotonic() + BOOT_S)

    def _find(self, ends: float) -> None:
        """Waits for the first process, and until it has booted."""
        assert self._nspawn is not None
        while (first := first_of(self._nspawn.pid)) is None:
            self._wait(ends, "has no first process")
        self._first = first
        while not self._is_up():
            self._wait(ends, "did not boot")

    def _is_up(self) -> bool:
        """Who asks while it goes down again gets no answer."""
        try:
            return self.run("systemctl is-system-running", ANSWERS_S).out.strip() in ("running", "degraded")
        except ContainerFailed:
            return False

    def _wait(self, ends: float, complaint: str) -> None:
        if self._nspawn is None or self._nspawn.poll() is not None:
            raise ContainerFailed(f"the container ended\n{self._log()}")
        if time.monotonic() > ends:
            raise ContainerFailed(f"the container {complaint} in time\n{self._log()}")
        time.sleep(0.05)

    @property
    def _log_file(self) -> Path:
        return self._scratch / "console.log"

    def _log(self) -> str:
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-25:])

    def _end(self) -> None:
        nspawn, self._nspawn = self._nspawn, None
        if nspawn is None:
            return
        for child in children(nspawn.pid):
            os.kill(child, signal.SIGTERM)  # it powers the container off
        try:
            nspawn.wait(END_S)
        except subprocess.TimeoutExpired:
            for child in children(nspawn.pid):
                os.kill(child, signal.SIGKILL)
            nspawn.wait()


def _uptime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def own_groups(name: str) -> Iterator[Path]:
    """A group of this name below each that this process is in."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        hybrid = CGROUPS / "unified"
        if controllers == "":
            tree = hybrid if hybrid.is_dir() else CGROUPS
        else:
            tree = CGROUPS / controllers.removeprefix("name=")
        if tree.is_dir():
            yield tree / path.lstrip("/") / name


def remove_groups(groups: list[Path]) -> None:
    for group in groups:
        for folder in sorted(group.rglob("*/"), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        with contextlib.suppress(OSError):
            group.rmdir()


def first_of(process: int, depth: int = 4) -> int | None:
    """The descendant that is number 1 in a room of its own."""
    for child in children(process) if depth else ():
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{child}/status").read_text()
            numbers = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
            if len(numbers) > 1 and numbers[-1] == "1":
                return child
        if (found := first_of(child, depth - 1)) is not None:
            return found
    return None


def children(process: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
