"""A driver is nothing without the modules that it stands on."""

from pathlib import Path

import pytest

from oyez_image import drivers
from oyez_image.progress import BuildError

VERSION = "6.12"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "usr/lib/modules" / VERSION
    folder.mkdir(parents=True)
    (folder / "modules.dep").write_text("kernel/sound/snd-usb.ko.xz: kernel/media/mc.ko.xz\nkernel/media/mc.ko.xz:\n")
    (folder / "modules.builtin").write_text("kernel/drivers/usb/usb_core.ko\n")
    for name in ("kernel/sound/snd-usb.ko.xz", "kernel/media/mc.ko.xz"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    return tmp_path


def test_a_module_that_a_driver_stands_on_may_not_be_taken_away(tree: Path) -> None:
    needed = drivers.needed(tree, VERSION, ["snd-usb", "usb-core"])
    drivers.check(needed)
    assert {path.name for path in needed} == {"snd-usb.ko.xz", "mc.ko.xz"}
    (tree / "usr/lib/modules" / VERSION / "kernel/media/mc.ko.xz").unlink()
    with pytest.raises(BuildError, match=r"trim.txt.* mc$"):
        drivers.check(needed)


def test_a_driver_that_the_kernel_does_not_have_is_named(tree: Path) -> None:
    with pytest.raises(BuildError, match="no module snd-gone"):
        drivers.needed(tree, VERSION, ["snd-gone"])
