"""The device's root as a folder: Debian's packages, less what is not needed, and what is ours."""

import gzip
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from oyez_image import recipe
from oyez_image.progress import BuildError, run
from oyez_image.tools import WORK, Tools

SHARE = "usr/share/oyez"
COMPILE = """
cd /work/tree
find usr/lib/python3 usr/lib/python3.13 opt/oyez -name __pycache__ -type d -exec rm -rf {} +
python3 -m compileall -q -f --invalidation-mode unchecked-hash -s /work/tree -p / \
    usr/lib/python3 usr/lib/python3.13 opt/oyez/lib >/dev/null || true
"""
"""Bytecode that is believed without a look at its source: nothing can be written there when the device runs. Files that
are templates and no Python (a few packages have some) fail, and do no harm."""


def unpack(root: Path, tree: Path, log: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    run(["tar", "--extract", "--file", root, "--directory", tree, "--exclude=./dev/*", "--numeric-owner"], log=log)


def kernel_version(tree: Path) -> str:
    versions = [folder.name for folder in (tree / "usr/lib/modules").iterdir()]
    if len(versions) != 1:
        raise BuildError(f"the root holds {len(versions)} kernels, not one: {', '.join(sorted(versions))}")
    return versions[0]


def take_kernel(tree: Path, folder: Path) -> None:
    """The kernel, packed, so that less is read from a slow card, its device trees, and its overlays if it has any."""
    version = kernel_version(tree)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    image = (tree / "boot" / f"vmlinuz-{version}").read_bytes()
    (folder / "vmlinuz").write_bytes(image if image[:2] == b"\x1f\x8b" else gzip.compress(image, 9, mtime=0))
    described = tree / f"usr/lib/linux-image-{version}"
    shutil.copytree(described / "broadcom", folder / "device-trees")
    if (described / "overlays").is_dir():
        shutil.copytree(described / "overlays", folder / "overlays")


def globs(text: str) -> tuple[list[str], list[str]]:
    """What a trim file takes away, and what stays all the same."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    return [line for line in lines if not line.startswith("!")], [line[1:] for line in lines if line.startswith("!")]


def trim(tree: Path, text: str) -> None:
    away, stays = globs(text)
    kept = {path for glob in stays for path in tree.glob(glob)}
    for path in sorted({path for glob in away for path in tree.glob(glob)} - kept):
        _remove(path)


def lay_over(source: Path, tree: Path) -> None:
    """Each file of `source` at its place below the tree, owned by root; executables are those of git."""
    for path in sorted(source.rglob("*")):
        if path.is_dir():
            continue
        target = tree / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(target)
        shutil.copyfile(path, target)
        target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


SYSTEMD_FOLDERS = {
    ".service": "usr/lib/systemd/system",
    ".timer": "usr/lib/systemd/system",
    ".path": "usr/lib/systemd/system",
    ".sysusers": "usr/lib/sysusers.d",
    ".tmpfiles": "usr/lib/tmpfiles.d",
    ".rules": "usr/lib/udev/rules.d",
}
"""Where a file of systemd/ goes, by its ending (docs/device.md)."""
CONFIGURATIONS = (".sysusers", ".tmpfiles")
"""They are named oyez.conf there."""


BY_HAND = "install.sh"
"""Of systemd/: for who sets a machine up without an image."""


def lay_units(source: Path, tree: Path) -> None:
    for path in sorted(source.iterdir()):
        if path.name == BY_HAND:
            continue
        if path.suffix not in SYSTEMD_FOLDERS:
            raise BuildError(f"systemd/{path.name}: no place is known for it (SYSTEMD_FOLDERS in tree.py)")
        name = f"{path.stem}.conf" if path.suffix in CONFIGURATIONS else path.name
        target = tree / SYSTEMD_FOLDERS[path.suffix] / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def link(tree: Path) -> None:
    for name, really in recipe.LINKS.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(path)
        path.symlink_to(really)


def enable(tools: Tools, tree: Path) -> None:
    """By the [Install] of each unit; users are made first, with the numbers that sysusers.d names."""
    inside = f"{WORK}/{tree.name}"
    tools.run(["systemd-sysusers", f"--root={inside}"], log="sysusers.log")
    present = [unit for unit in recipe.ENABLED_UNITS if _has_unit(tree, unit)]
    systemctl = ["systemctl", f"--root={inside}", "--quiet"]
    tools.run(
        [*systemctl, "disable", *(unit for unit in recipe.SLEEPING_UNITS if _has_unit(tree, unit))], log="off.log"
    )
    tools.run([*systemctl, "enable", *present], log="enable.log")
    for name in (*(f"etc/systemd/system/{unit}" for unit in recipe.MASKED_UNITS), *recipe.SILENCED):
        path = tree / name
        _remove(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to("/dev/null")


def verify(tools: Tools, tree: Path) -> None:
    """Lets systemd read all that it would start: circles, programs that are not there, words it does not know."""
    root = f"--root={WORK}/{tree.name}"
    tools.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", root, "default.target"], log="verify.log"
    )


def lock_root(tree: Path) -> None:
    """No password opens it; a key does, once first boot allowed SSH."""
    shadow = tree / "etc/shadow"
    lines = shadow.read_text().splitlines()
    shadow.write_text("".join(_without_password(line) + "\n" for line in lines))


def _without_password(line: str) -> str:
    name, _, rest = line.split(":", 2)
    return f"{name}:*:{rest}"


def make_room_for_data(tree: Path) -> None:
    """What a fresh data partition holds, in /usr/share/oyez/data: the initramfs copies what is missing from there."""
    data = tree / SHARE / "data"
    for name, mode in recipe.DATA_FOLDERS.items():
        (data / name).mkdir(parents=True, exist_ok=True)
        (data / name).chmod(mode)
    shutil.rmtree(data / "var")
    (tree / "var").rename(data / "var")
    (tree / "var").mkdir()
    (data / "etc/hostname").write_text("oyez\n")
    (data / "etc/localtime").symlink_to("/usr/share/zoneinfo/Etc/UTC")
    for name in ("data", "boot/firmware"):
        (tree / name).mkdir(parents=True, exist_ok=True)


def compile_python(tools: Tools) -> None:
    tools.run(["sh", "-euc", COMPILE], log="compile.log")


def one_date(tree: Path, epoch_s: int) -> None:
    """What is newer than the commit gets its date; /usr/lib/clock-epoch has it, before which no clock may be."""
    (tree / "usr/lib/clock-epoch").touch()
    for path in _everything(tree):
        if os.lstat(path).st_mtime > epoch_s:
            os.utime(path, (epoch_s, epoch_s), follow_symlinks=False)
    os.utime(tree / "usr/lib/clock-epoch", (epoch_s, epoch_s))


def _everything(tree: Path) -> Iterable[str]:
    for folder, folders, files in os.walk(tree, topdown=False):
        for name in (*folders, *files):
            yield os.path.join(folder, name)
    yield str(tree)


def _has_unit(tree: Path, unit: str) -> bool:
    return (tree / "usr/lib/systemd/system" / unit).exists()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def name_release(tree: Path, version: str, commit: str) -> None:
    """/usr/lib/os-release says which image this is, /usr/share/oyez/version the version alone."""
    release = tree / "usr/lib/os-release"
    release.write_text(f"{release.read_text()}IMAGE_ID=oyez\nIMAGE_VERSION={version}\nBUILD_ID={commit}\n")
    (tree / SHARE / "version").write_text(f"{version}\n")
