"""Which of the kernel's modules the device cannot do without: a driver is nothing without those that it stands on."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from oyez_image.progress import BuildError

DEVICE_TREE = "alias of:"
"""So begins a line of modules.alias that is about devices of a device tree: alias of:N*T*Cwlf,wm8960 snd_soc_wm8960."""


def needed(tree: Path, version: str, drivers: Iterable[str]) -> set[Path]:
    """Of a root from which nothing was taken yet: the modules and, by depmod's table, all that they stand on."""
    folder = tree / "usr/lib/modules" / version
    stands_on = {
        _name(module): [module, *others.split()]
        for module, _, others in (line.partition(":") for line in (folder / "modules.dep").read_text().splitlines())
    }
    built_in = {_name(line) for line in (folder / "modules.builtin").read_text().splitlines()}
    missing = [driver for driver in drivers if driver not in stands_on and driver not in built_in]
    if missing:
        raise BuildError(f"the kernel has no module {', '.join(missing)} (DRIVERS in recipe.py)")
    return {folder / module for driver in drivers for module in stands_on.get(driver, ())}


def check(modules: Iterable[Path]) -> None:
    """Raises BuildError with those that are gone."""
    gone = sorted(_name(module.as_posix()) for module in modules if not module.exists())
    if gone:
        raise BuildError(f"image/trim.txt takes away what a driver needs (DRIVERS in recipe.py): {', '.join(gone)}")


def known_devices(tree: Path, version: str) -> frozenset[str]:
    """What a device tree may call a device so that a module is loaded for it, by depmod's table."""
    aliases = (tree / "usr/lib/modules" / version / "modules.alias").read_text().splitlines()
    patterns = (line.split()[1] for line in aliases if line.startswith(DEVICE_TREE))
    return frozenset(pattern.removesuffix("C*").rpartition("*C")[2] for pattern in patterns)


def _name(module: str) -> str:
    return PurePosixPath(module).name.partition(".ko")[0].replace("_", "-")
