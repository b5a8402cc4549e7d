"""Sound boards on Debian's kernel: overlays of our own (image/overlays), on device trees that all have the same header
(image/boot/header.dts). What would not fit, or has no driver, ends the build."""

from collections.abc import Collection, Iterator
from pathlib import Path

from oyez_image.device_tree import added, nodes
from oyez_image.drivers import known_devices
from oyez_image.progress import BuildError
from oyez_image.tools import WORK, Tools

COMPILE = """
cd "$1"
rm -rf bare merged overlays header.dtbo
mv device-trees bare
mkdir device-trees merged overlays
cp bare/*.dtb device-trees

compile() {
    dtc -@ -I dts -O dtb -o "$2" "$1" >said 2>&1 || { cat said; exit 1; }
    if [ -s said ]; then cat said; exit 1; fi
}
remarks() {
    dtc -I dtb -O dtb -o /dev/null "$1" 2>&1 | sed 's/^[^:]*: //' | sort
}

compile /repository/image/boot/header.dts header.dtbo
for source in /repository/image/overlays/*.dts; do
    compile "$source" "overlays/$(basename "$source" .dts).dtbo"
done
for bare in bare/bcm2711-rpi-*.dtb bare/bcm2837-rpi-*.dtb; do
    tree=$(basename "$bare")
    fdtoverlay -i "$bare" -o "device-trees/$tree" header.dtbo
    remarks "$bare" >before
    for overlay in overlays/*.dtbo; do
        merged="merged/$(basename "$overlay" .dtbo)-on-$tree"
        fdtoverlay -i "device-trees/$tree" -o "$merged" "$overlay"
        remarks "$merged" >after
        comm -13 before after >new
        if [ -s new ]; then echo "$merged:"; cat new; exit 1; fi
    done
done
rm said before after new
"""
"""fdtoverlay refuses a reference to what is not there; dtc remarks on one that is no clock, no codec, no pin."""

BUILT_IN = frozenset(("brcm,bcm2711-gpio", "brcm,bcm2835-gpio", "fixed-clock", "lwn,bk4"))
"""Devices whose drivers are in Debian's kernel itself, which lists no names for those."""


def provide(tools: Tools) -> None:
    """Of the kernel's device trees those with a header; and its folder of overlays. Raises BuildError."""
    tools.run(["sh", "-euc", COMPILE, "sh", f"{WORK}/kernel"], log="overlays.log")


def check(kernel: Path, tree: Path, version: str) -> None:
    """Raises BuildError: a device of an overlay is none that a module of the trimmed root drives."""
    if mute := sorted(set(_without_driver(kernel, known_devices(tree, version) | BUILT_IN))):
        raise BuildError("an overlay describes what no module of the device drives:\n" + "\n".join(mute))


def _without_driver(kernel: Path, known: Collection[str]) -> Iterator[str]:
    bare = {path.name: nodes(path.read_bytes()) for path in (kernel / "bare").glob("*.dtb")}
    for merged in sorted((kernel / "merged").glob("*.dtb")):
        overlay, _, name = merged.name.partition("-on-")
        for path, names in added(bare[name], nodes(merged.read_bytes())):
            if path and not set(names) & set(known):
                yield f"    {overlay}: {path}, {' or '.join(names)}"
