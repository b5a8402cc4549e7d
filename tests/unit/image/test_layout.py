"""What several places must say alike: the card's signature, its slots and their tries."""

import re
from pathlib import Path

from oyez_image import layout, recipe

IMAGE = Path(__file__).parents[3] / "image"
SIGNATURE = f"{recipe.DISK_SIGNATURE:08x}"


def test_the_initramfs_looks_for_the_signature_that_is_written() -> None:
    assert f"SIGNATURE={SIGNATURE}\n" in (IMAGE / "initramfs/init").read_text()
    assert f"disk-signature = 0x{SIGNATURE}" in layout.genimage("x.img")


def test_rauc_and_fstab_name_partitions_of_that_card() -> None:
    for name in ("etc/rauc/system.conf", "etc/fstab"):
        named = re.findall(r"([0-9a-f]{8})-0[1-4]", (IMAGE / "overlay" / name).read_text())
        assert named
        assert set(named) == {SIGNATURE}


def test_a_bundle_is_compatible_with_the_device_that_was_built_with_it() -> None:
    assert f"compatible={recipe.COMPATIBLE}\n" in (IMAGE / "overlay/etc/rauc/system.conf").read_text()
    assert f"compatible={recipe.COMPATIBLE}\n" in layout.manifest("1.2.3", "abc")


def test_u_boot_and_rauc_keep_the_tries_in_the_same_file_of_the_same_size() -> None:
    size = hex(recipe.SLOTS_ENV_BYTES)
    assert f"/boot/firmware/slots.env 0x0 {size}\n" in (IMAGE / "overlay/etc/fw_env.config").read_text()
    assert f"slots.env {size}'" in (IMAGE / "boot/boot.cmd").read_text()


def test_a_slot_that_was_just_written_is_tried_once() -> None:
    assert "boot-attempts-primary=1\n" in (IMAGE / "overlay/etc/rauc/system.conf").read_text()


def test_file_systems_have_fixed_and_different_names() -> None:
    assert len({layout.uuid(2), layout.uuid(4)}) == 2
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", layout.uuid(2))


def test_raspberry_pis_kernel_is_started_with_its_own_names_of_device_trees() -> None:
    text = (IMAGE / "boot/config.txt").read_text()
    assert "upstream_kernel=1" in layout.config_txt(text, False)
    assert "upstream_kernel" not in layout.config_txt(text, True)
    assert layout.config_txt(text, True).rstrip().endswith("include board.txt")
