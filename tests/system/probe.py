"""What a unit's sandbox lets through, told by a process that stands in the daemon's place in it: JSON on standard
output, attempt -> "done", or the name of the error.

Nothing that it tries does harm where it succeeds: what would is asked for with nonsense, which a sandbox refuses
(EPERM) and a kernel that may be asked does not understand (EINVAL and others).
"""

import ctypes
import errno
import json
import mmap
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER, LINUX_32 = 0x10000000, 0x0008
libc = ctypes.CDLL(None, use_errno=True)
"""Calls by number are x86-64's, as the root is."""
libc.mmap.restype = ctypes.c_void_p


def call(result: int) -> None:
    """Raises OSError with the C library's own error."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def write(path: str) -> None:
    with open(path, "ab"):
        pass


def make(path: str) -> None:
    Path(path).write_text("made by the probe")
    Path(path).unlink()


def read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def sees_others() -> None:
    if not [name for name in os.listdir("/proc") if name == "1"]:
        raise OSError(errno.ENOENT, "no other process is seen")


def writable_and_executable() -> None:
    both = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    if libc.mmap(None, 4096, both, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0) == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")


def set_user_id_bit() -> None:
    path = Path("/tmp/probe")
    path.touch()
    path.chmod(0o4755)


def open_socket(family: int, kind: int, protocol: int = 0) -> None:
    socket.socket(family, kind, protocol).close()


def device(path: str) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def mount() -> None:
    call(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
    call(libc.umount(b"/tmp"))


def make_device() -> None:
    os.mknod("/tmp/probe-device", 0o660 | 0o060000, os.makedev(7, 0))


def real_time(priority: int) -> None:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(priority))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


ATTEMPTS: dict[str, Callable[[], object]] = {
    # What the daemon lives on.
    "write /var/lib/oyez": lambda: make("/var/lib/oyez/probe"),
    "write /run/oyez": lambda: make("/run/oyez/probe"),
    "write /tmp": lambda: make("/tmp/probe-file"),
    "read /etc/oyez/oyez.toml": lambda: read("/etc/oyez/oyez.toml"),
    "read /proc/sys/kernel/random/boot_id": lambda: read("/proc/sys/kernel/random/boot_id"),
    "socket: TCP": lambda: open_socket(socket.AF_INET, socket.SOCK_STREAM),
    "socket: Unix": lambda: open_socket(socket.AF_UNIX, socket.SOCK_DGRAM),
    # What it has no business with.
    "write /etc": lambda: make("/etc/probe"),
    "write /usr": lambda: make("/usr/probe"),
    "write /opt/oyez": lambda: make("/opt/oyez/probe"),
    "write /boot": lambda: make("/boot/probe"),
    "write /var/lib": lambda: make("/var/lib/probe"),
    "write /var/lib/oyez-system": lambda: make("/var/lib/oyez-system/probe"),
    "write /run": lambda: make("/run/probe"),
    "write its own configuration": lambda: write("/etc/oyez/oyez.toml"),
    "read /etc/shadow": lambda: read("/etc/shadow"),
    "read /etc/credstore": lambda: os.listdir("/etc/credstore"),
    "read /home": lambda: os.listdir("/home/somebody"),
    "read /root": lambda: os.listdir("/root"),
    "read the kernel's log": lambda: read("/dev/kmsg"),
    "read the memory of the kernel": lambda: read("/proc/kcore"),
    "write a kernel setting": lambda: write("/proc/sys/kernel/hostname"),
    "write /sys": lambda: write("/sys/kernel/mm/transparent_hugepage/enabled"),
    "write a control group": lambda: make("/sys/fs/cgroup/probe"),
    "see other processes": sees_others,
    "set the clock": lambda: call(libc.syscall(227, 0, ctypes.byref((ctypes.c_long * 2)(0, -1)))),
    "set the host's name": lambda: call(libc.sethostname(b"probe", 5)),
    "load a module": lambda: call(libc.syscall(175, 0, 0, b"")),
    "reboot": lambda: call(libc.syscall(169, 0, 0, 0, 0)),
    "mount": mount,
    "unshare": lambda: call(libc.unshare(CLONE_NEWUSER)),
    "ptrace another process": lambda: call(libc.ptrace(0x42FF, 1, 0, 0)),
    "change the personality": lambda: call(libc.personality(LINUX_32)),
    "memory that is writable and executable": writable_and_executable,
    "set-user-id bit": set_user_id_bit,
    "become root": lambda: os.setuid(0),
    "give a file away": lambda: (make_own("/tmp/probe-own"), os.chown("/tmp/probe-own", 0, 0)),
    "real time beyond its limit": lambda: real_time(50),
    "niceness of others": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    "socket: packet": lambda: open_socket(socket.AF_PACKET, socket.SOCK_RAW),
    "socket: raw": lambda: open_socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "socket: netlink": lambda: open_socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "socket: kernel's cipher": lambda: open_socket(38, socket.SOCK_SEQPACKET),
    "make a device": make_device,
}
DEVICES: dict[str, Callable[[], object]] = {
    "device: /dev/null": lambda: device("/dev/null"),
    "device: sound card": lambda: device("/dev/snd/controlC0"),
    "device: sound, playback": lambda: device("/dev/snd/pcmC0D0p"),
    "device: sound, capture": lambda: device("/dev/snd/pcmC0D1c"),
    "device: disk": lambda: read("/dev/vda"),
    "device: input": lambda: device("/dev/input/event0"),
    "device: terminal": lambda: device("/dev/ttyS0"),
    "device: memory": lambda: device("/dev/mem"),
    "device: fuse": lambda: device("/dev/fuse"),
    "real time within its limit": lambda: real_time(5),
}


def make_own(path: str) -> None:
    Path(path).touch()


def outcome(attempt: Callable[[], object]) -> str:
    """In a process of its own: what succeeds changes what the next may."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError as error:
            os._exit(error.errno or errno.EIO)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return errno.errorcode.get(code, str(code)) if code else "done"


if __name__ == "__main__":
    wanted = {**ATTEMPTS, **DEVICES} if "devices" in sys.argv else ATTEMPTS
    print(json.dumps({name: outcome(attempt) for name, attempt in wanted.items()}))
