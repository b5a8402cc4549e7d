"""The card: what genimage and RAUC are told. Pure."""

from oyez_image.recipe import COMPATIBLE, DATA_MIB, DISK_SIGNATURE, FAT_MIB, SLOT_MIB

ALIGN_MIB = 4
"""Erase blocks of cards are no larger."""


def uuid(number: int) -> str:
    """Of a file system: fixed, so that two builds agree."""
    return f"{DISK_SIGNATURE:08x}-0000-4000-8000-{number:012x}"


def genimage(image: str) -> str:
    """image: the name of the file to write. The FAT is `boot/firmware` of the tree; slot B is empty until an update."""
    slot = f"-U {uuid(2)} -E hash_seed={uuid(2)},lazy_itable_init=0 -O ^has_journal,^metadata_csum,^orphan_file -m 0"
    # Small now, and grows: blocks and inodes as of a large file system.
    data = f"-U {uuid(4)} -E hash_seed={uuid(4)} -b 4096 -i 16384 -O ^metadata_csum_seed -m 1"
    return f"""
image boot.vfat {{
    vfat {{ label = "OYEZ" extraargs = "-i {DISK_SIGNATURE:08x} --invariant" }}
    size = {FAT_MIB}M
    mountpoint = "/boot/firmware"
}}
image slot.ext4 {{
    ext4 {{ use-mke2fs = true label = "slot" extraargs = "{slot}" }}
    size = {SLOT_MIB}M
    mountpoint = "/"
}}
image data.ext4 {{
    ext4 {{ use-mke2fs = true label = "data" extraargs = "{data}" }}
    size = {DATA_MIB}M
    mountpoint = "/data"
}}
image {image} {{
    hdimage {{ partition-table-type = "mbr" disk-signature = 0x{DISK_SIGNATURE:08x} align = {ALIGN_MIB}M }}
    partition boot {{ partition-type = 0xC bootable = "true" image = "boot.vfat" }}
    partition slot-a {{ partition-type = 0x83 image = "slot.ext4" }}
    partition slot-b {{ partition-type = 0x83 size = {SLOT_MIB}M }}
    partition data {{ partition-type = 0x83 image = "data.ext4" }}
}}
"""


def manifest(version: str, build: str) -> str:
    """Of RAUC's bundle. build: the commit."""
    return (
        f"[update]\ncompatible={COMPATIBLE}\nversion={version}\nbuild={build}\n\n"
        "[bundle]\nformat=verity\n\n[image.rootfs]\nfilename=slot.ext4\n"
    )


def config_txt(text: str, raspberry_pi_kernel: bool) -> str:
    """The firmware chooses device trees by mainline's names, unless the kernel is Raspberry Pi's own."""
    return text.replace("upstream_kernel=1\n", "") if raspberry_pi_kernel else text


def first_slots() -> str:
    """slots.env of a card that was just written."""
    return "BOOT_ORDER=A B\nBOOT_A_LEFT=3\nBOOT_B_LEFT=3\n"
