"""Commands and files on another machine, by ssh: a guest of QEMU, or a real board on the desk."""

import contextlib
import re
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

NEVER_SEEN = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
"""For a machine that is made anew each time, and its host key too."""
PATIENT = ("-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=6")


class MachineFailed(Exception):
    """It did not boot, answer or end in time; the message says what it said last."""


@dataclass(frozen=True)
class Result:
    command: str
    code: int
    out: str
    err: str

    def check(self) -> "Result":
        """Raises AssertionError with all that it printed, unless it ended well."""
        assert self.code == 0, f"`{self.command}` ended with {self.code} there:\n{self.out}\n{self.err}"
        return self


class Shell:
    """As root. options: of ssh, and the host, without the command; socket: where one connection serves all commands
    (to agree on keys takes an emulated processor a second). last_words: what the machine said, for messages."""

    def __init__(self, options: Sequence[str], socket: Path, last_words: Callable[[], str] = str) -> None:
        shared = ("-o", "ControlMaster=auto", "-o", f"ControlPath={socket}", "-o", "ControlPersist=600")
        self._ssh = ["ssh", "-o", "BatchMode=yes", *PATIENT, *shared, *options]
        self._last_words = last_words

    def run(self, command: str, timeout_s: float = 120.0) -> Result:
        """A shell's command line, as root. Raises MachineFailed when it does not end in time."""
        try:
            done = subprocess.run(
                [*self._ssh, command], capture_output=True, text=True, timeout=timeout_s, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise MachineFailed(f"`{command}` did not end within {timeout_s:g} s\n{self._last_words()}") from None
        return Result(command, done.returncode, done.stdout, done.stderr)

    def answers(self) -> bool:
        with contextlib.suppress(MachineFailed):
            return self.run("true", timeout_s=30.0).code == 0
        return False

    def write(self, place: str, text: str) -> None:
        """A file there; its folder is made."""
        self.put_bytes(place, text.encode())

    def put_bytes(self, place: str, data: bytes) -> None:
        """A file there, whole at once; its folder is made."""
        folder, there = shlex.quote(str(Path(place).parent)), shlex.quote(place)
        self._pipe(f"mkdir -p {folder} && cat > {there}.part && mv {there}.part {there}", data)

    def get_bytes(self, place: str) -> bytes:
        return self._pipe(f"cat {shlex.quote(place)}", b"")

    def put(self, source: Path, place: str) -> None:
        """A file or a folder of this machine, to `place` there."""
        parent, name = Path(place).parent, Path(place).name
        named = f"--transform=s,^{re.escape(source.name)},{name},"
        packed = _run_here("tar", "-C", source.parent, named, "-c", source.name)
        self._pipe(f"mkdir -p {shlex.quote(str(parent))} && tar -C {shlex.quote(str(parent))} -x", packed)

    def get(self, place: str, target: Path) -> Path:
        """A file or a folder from there, into the folder `target` of this machine. Returns where it is now."""
        target.mkdir(parents=True, exist_ok=True)
        parent, name = Path(place).parent, Path(place).name
        packed = self._pipe(f"tar -C {shlex.quote(str(parent))} -c {shlex.quote(name)}", b"")
        subprocess.run(["tar", "-C", target, "-x"], check=True, input=packed)
        return target / name

    def until(self, command: str, timeout_s: float = 60.0, pause_s: float = 0.5) -> Result:
        """Asks there (one connection) until the command ends well; else AssertionError with its output."""
        loop = f"end=$(($(date +%s) + {timeout_s:.0f})); until ({command}); do "
        loop += f"[ $(date +%s) -lt $end ] || exit 1; sleep {pause_s:g}; done"
        return self.run(loop, timeout_s + 30).check()

    def forget_connection(self) -> None:
        """The next command makes a new one: the machine behind it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run([*self._ssh, "-O", "exit"], check=False, capture_output=True, timeout=20.0)

    def _pipe(self, command: str, data: bytes) -> bytes:
        try:
            done = subprocess.run([*self._ssh, command], input=data, capture_output=True, timeout=300.0)
        except subprocess.TimeoutExpired:
            raise MachineFailed(f"`{command}` did not end within 300 s\n{self._last_words()}") from None
        assert done.returncode == 0, f"`{command}` ended with {done.returncode}: {done.stderr.decode(errors='replace')}"
        return done.stdout


def _run_here(*words: str | Path) -> bytes:
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120.0).stdout
