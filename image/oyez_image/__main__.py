"""`python -m oyez_image`: from packages, wheels and the project to the card's image and the bundle. docs/image.md."""

import fcntl
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from oyez_image import (
    assemble,
    drivers,
    host,
    keys,
    overlays,
    recipe,
    release,
    roots,
    source,
    spoken,
    tree as device,
    variants,
    wheels,
)
from oyez_image.progress import BuildError, say, step
from oyez_image.settings import Settings, parsed
from oyez_image.tools import Tools

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGE = REPOSITORY / "image"


def main(argv: Sequence[str] | None = None) -> int:
    settings = parsed(sys.argv[1:] if argv is None else argv, REPOSITORY / "build")
    if not settings.version:
        settings = replace(settings, version=source.version_of((REPOSITORY / "pyproject.toml").read_text()))
    settings.cache.mkdir(parents=True, exist_ok=True)
    try:
        # Two builds at once would take the roots from under each other.
        with open(settings.cache / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            build(settings)
    except BuildError as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0


def build(settings: Settings) -> None:
    """Raises BuildError."""
    work = settings.out / "work"
    logs = work / "logs"
    host.prepare(logs / "host.log")
    root = roots.tool_root(settings, _architecture(), logs / "tools.log")
    device_root = roots.device_root(settings, logs / "device.log")
    tools = Tools(root, work, REPOSITORY, source.epoch_s(REPOSITORY))
    lock = IMAGE / "locks" / ("local.lock" if settings.local else "plain.lock")
    third_party = wheels.third_party(lock, tools, settings.cache)
    keys.provide(settings.keys, tools)
    with step("the device's root"):
        _make_tree(settings, tools, device_root, third_party)
    image = f"oyez-{settings.version}.img"
    with step("file systems and card"):
        assemble.card(tools, image)
    with step("bundle"):
        assemble.bundle(tools, settings.keys, settings.version, source.commit(REPOSITORY))
    (work / "images" / image).replace(settings.out / image)
    (work / "bundle.raucb").replace(settings.out / f"oyez-{settings.version}.raucb")
    if settings.release:
        with step("release (packing takes a few minutes)"):
            release.publish(settings, tools, IMAGE, (REPOSITORY / "CHANGELOG.md").read_text())
    _tell(settings)


def _make_tree(settings: Settings, tools: Tools, device_root: Path, third_party: Path) -> None:
    tree, kernel = tools.work / "tree", tools.work / "kernel"
    device.unpack(device_root, tree, tools.work / "logs" / "unpack.log")
    device.take_kernel(tree, kernel)
    own_overlays = settings.kernel == "debian"
    if own_overlays:
        overlays.provide(tools)
    status = (tree / "var/lib/dpkg/status").read_text()
    source.lay_out(REPOSITORY, tools.work / "source", settings.version)
    wheels.project(tools.work / "source", tools.work / "project", tools.epoch_s, tools.work / "logs" / "project.log")
    wheels.install(tools, third_party, tools.work / "project", tree, local=settings.local)
    modules = drivers.needed(tree, device.kernel_version(tree), recipe.DRIVERS)
    device.trim(tree, (IMAGE / "trim.txt").read_text())
    drivers.check(modules)
    assemble.wireless_firmware(tools, tree)
    device.lay_over(IMAGE / "overlay", tree)
    device.lay_units(REPOSITORY / "systemd", tree)
    spoken.lay(IMAGE / "spoken.toml", settings.cache, tree)
    keys.lay_keyring(settings.keys, IMAGE / "keyring", tree)
    device.lock_root(tree)
    device.enable(tools, tree)
    tools.run(["depmod", "--basedir", "/work/tree/usr", device.kernel_version(tree)], log="depmod.log")
    if own_overlays:
        overlays.check(kernel, tree, device.kernel_version(tree))
    device.compile_python(tools)
    device.make_room_for_data(tree)
    device.link(tree)
    device.name_release(tree, settings.version, source.commit(REPOSITORY))
    assemble.boot_files(tools, tree, kernel)
    assemble.firmware(tools, tree, kernel, IMAGE, raspberry_pi_kernel=not own_overlays)
    device.verify(tools, tree)
    if settings.release:
        release.describe(settings, tools, status, source.commit(REPOSITORY))
    if settings.break_with:
        variants.BREAKS[settings.break_with](tree)
    device.one_date(tree, tools.epoch_s)


def _tell(settings: Settings) -> None:
    for path in sorted(settings.out.glob(f"oyez-{settings.version}.*")):
        say(f"{path.stat().st_size / 1e6:8.1f} MB  {path}")


def _architecture() -> str:
    """Of this machine, as Debian calls it."""
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
