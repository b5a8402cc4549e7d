"""Out of the tree: the FAT, the file systems, the card's image, and the bundle that updates a device to it."""

import shutil
from pathlib import Path

from oyez_image import layout
from oyez_image.recipe import FIRMWARE, SLOTS_ENV_BYTES
from oyez_image.tools import Tools

GENIMAGE = """
cd /work
rm -rf genimage-temporary images
genimage --rootpath tree --tmppath genimage-temporary --inputpath images --outputpath images --config genimage.cfg
rm -rf genimage-temporary
"""
BUNDLE = """
cd /work
rm -rf bundle bundle.raucb
mkdir bundle
ln images/slot.ext4 bundle/slot.ext4
cp manifest.raucm bundle/manifest.raucm
touch --date "@$SOURCE_DATE_EPOCH" bundle/manifest.raucm bundle/slot.ext4 bundle
faketime -f "$(date --utc --date "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')" \
    rauc bundle --cert=/keys/update.pem --key=/keys/update.key \
    --mksquashfs-args="-comp zstd -Xcompression-level 12 -no-progress -all-root -processors 2" bundle bundle.raucb
"""


def firmware(tools: Tools, tree: Path, kernel: Path, source: Path, *, raspberry_pi_kernel: bool) -> None:
    """Lays the FAT's files into the tree. source: the folder image/ of the project."""
    fat = tree / "boot/firmware"
    packages = tools.root / FIRMWARE.removeprefix("/")
    for name in ("bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat"):
        shutil.copyfile(packages / "usr/lib/raspi-firmware" / name, fat / name)
    shutil.copytree(kernel / "overlays", fat / "overlays")
    shutil.copyfile(packages / "usr/lib/u-boot/rpi_arm64/u-boot.bin", fat / "u-boot.bin")
    for path in sorted((kernel / "device-trees").glob("bcm2*-rpi-*.dtb")):
        shutil.copyfile(path, fat / path.name)
    shutil.copyfile(source / "boot/board.txt", fat / "board.txt")
    (fat / "config.txt").write_text(layout.config_txt((source / "boot/config.txt").read_text(), raspberry_pi_kernel))
    for path in sorted(source.glob("oyez.toml")):
        shutil.copyfile(path, fat / "oyez.toml.example")
    (tools.work / "slots.txt").write_text(layout.first_slots())
    place = f"/work/{tree.name}/boot/firmware"
    mkimage = ["mkimage", "-A", "arm64", "-O", "linux", "-T", "script", "-C", "none", "-n", "oyez"]
    tools.run([*mkimage, "-d", "/repository/image/boot/boot.cmd", f"{place}/boot.scr"], log="mkimage.log")
    tools.run(
        ["mkenvimage", "-s", hex(SLOTS_ENV_BYTES), "-o", f"{place}/slots.env", "/work/slots.txt"], log="mkenvimage.log"
    )


def wireless_firmware(tools: Tools, tree: Path) -> None:
    """raspi-firmware has what Debian's own package of radios lacks."""
    packages = tools.root / FIRMWARE.removeprefix("/")
    for path in sorted((packages / "usr/lib/firmware/brcm").glob("brcmfmac43456*")):
        shutil.copyfile(path, tree / "usr/lib/firmware/brcm" / path.name)


def boot_files(tools: Tools, tree: Path, kernel: Path) -> None:
    """Kernel and initramfs of the slot."""
    shutil.copyfile(kernel / "vmlinuz", tree / "boot/vmlinuz")
    command = ["/repository/image/make-initramfs.sh", f"/work/{tree.name}", "/work/initrd.img"]
    tools.run(command, log="initramfs.log")
    shutil.copyfile(tools.work / "initrd.img", tree / "boot/initrd.img")


def card(tools: Tools, image: str) -> None:
    """Makes /work/images: slot.ext4, boot.vfat, data.ext4 and the card's `image`. The tree is used up."""
    (tools.work / "genimage.cfg").write_text(layout.genimage(image))
    tools.run(["sh", "-euc", GENIMAGE], log="genimage.log")


def bundle(tools: Tools, keys: Path, version: str, commit: str) -> None:
    """Makes /work/bundle.raucb."""
    (tools.work / "manifest.raucm").write_text(layout.manifest(version, commit))
    tools.run(["sh", "-euc", BUNDLE], log="bundle.log", binds={keys: "/keys"})
