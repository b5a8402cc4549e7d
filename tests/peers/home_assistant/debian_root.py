"""A small Debian of its own in a folder, for software that wants a newer Python than this machine has.

Whatever is mounted for it is mounted in the namespace of the one command that needs it, so that no mount outlives the
command, and the folder can always be removed.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.peers.environments import CannotInstall, run

_MOUNTED = """
set -e
root=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; done
shift
exec chroot "$root" "$@"
"""
"""$1: the root; then pairs of a folder here and its place in there; `--`; the command. `exec` all along: signals reach
the command itself."""


def inside(
    root: Path,
    command: Sequence[str],
    *,
    folders: Mapping[Path, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """The words that run `command` in there, with nothing of our own environment but what is named.
    folders: of this machine, and where in there they appear."""
    names = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", **(environment or {})}
    places = [word for here, there in (folders or {}).items() for word in (str(here), there)]
    shown = [f"{name}={value}" for name, value in names.items()]
    words = ["unshare", "--mount", "sh", "-c", _MOUNTED, "sh", str(root), *places, "--"]
    return [*words, "/usr/bin/env", "-i", *shown, *command]


def make(root: Path, suite: str, packages: Sequence[str]) -> None:
    """Raises CannotInstall. suite: of Debian."""
    if os.geteuid() != 0:
        raise CannotInstall("it lives in a Debian root of its own, which only root can make")
    if shutil.which("unshare") is None or not _may_mount():
        raise CannotInstall("this machine lets nobody mount (a container without rights?), which its Debian root needs")
    if shutil.which("mmdebstrap") is None:
        _fetch_mmdebstrap()
    # A mirror that is days behind will do for tests; signatures are checked all the same.
    stale = ["--aptopt", 'Acquire::Check-Valid-Until "false"']
    run(
        ["unshare", "--mount", "mmdebstrap", *stale, "--quiet", "--variant=minbase", "--mode=root", "--skip=output/dev",
         "--include", ",".join(packages), suite, root]
    )  # fmt: skip
    # Whom this machine trusts, its own authorities included.
    certificates = Path("etc/ssl/certs/ca-certificates.crt")
    if (Path("/") / certificates).is_file() and (root / certificates.parent).is_dir():
        shutil.copy(Path("/") / certificates, root / certificates)


def go_online(root: Path) -> None:
    """Names are looked up as on this machine."""
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")


def go_offline(root: Path) -> None:
    """No name but those of loopback is found: nothing in there can call anybody."""
    (root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")


def proxies() -> dict[str, str]:
    """What the environment says of proxies, for installers in there."""
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def _may_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def _fetch_mmdebstrap() -> None:
    if shutil.which("apt-get") is None:
        raise CannotInstall("mmdebstrap is not on the path, and this is no Debian that could install it")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "mmdebstrap"])
