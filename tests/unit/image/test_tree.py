"""The device's root as a folder."""

import os
from pathlib import Path

import pytest

from oyez_image import recipe, tree
from oyez_image.progress import BuildError

IMAGE = Path(__file__).parents[3] / "image"
SYSTEMD = IMAGE.parent / "systemd"


def planted(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_what_a_trim_file_names_goes_and_what_it_excepts_stays(tmp_path: Path) -> None:
    planted(tmp_path, "lib/a/one", "lib/b/two", "lib/c/three", "etc/x")
    tree.trim(tmp_path, "# words\nlib/*\n!lib/b\n\nnot/there\n")
    assert [path.name for path in (tmp_path / "lib").iterdir()] == ["b"]
    assert (tmp_path / "etc/x").exists()


def test_a_link_is_cut_and_what_it_points_to_stays(tmp_path: Path) -> None:
    planted(tmp_path, "kept/file")
    (tmp_path / "link").symlink_to("kept")
    tree.trim(tmp_path, "link\n")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept/file").exists()


def test_the_modules_that_sound_network_and_card_need_are_not_trimmed(tmp_path: Path) -> None:
    kernel = "usr/lib/modules/6.12/kernel"
    needed = [
        f"{kernel}/drivers/net/ethernet/broadcom/genet/genet.ko.xz",
        f"{kernel}/drivers/net/wireless/broadcom/brcm80211/brcmfmac/brcmfmac.ko.xz",
        f"{kernel}/drivers/net/usb/lan78xx.ko.xz",
        f"{kernel}/drivers/net/virtio_net.ko.xz",
        f"{kernel}/drivers/md/dm-verity.ko.xz",
        f"{kernel}/drivers/block/loop.ko.xz",
        f"{kernel}/drivers/watchdog/bcm2835_wdt.ko.xz",
        f"{kernel}/fs/squashfs/squashfs.ko.xz",
        f"{kernel}/fs/fat/vfat.ko.xz",
        f"{kernel}/sound/drivers/snd-aloop.ko.xz",
        f"{kernel}/sound/usb/snd-usb-audio.ko.xz",
        f"{kernel}/drivers/media/mc/mc.ko.xz",
        f"{kernel}/drivers/gpu/drm/vc4/vc4.ko.xz",
        f"{kernel}/drivers/staging/vc04_services/bcm2835-audio/snd-bcm2835.ko.xz",
        "usr/lib/firmware/brcm/brcmfmac43455-sdio.raspberrypi,4-model-b.txt",
        "usr/lib/firmware/cypress/cyfmac43430-sdio.bin",
        "usr/share/doc/rauc/copyright",
    ]
    planted(tmp_path, *needed, f"{kernel}/drivers/gpu/drm/nouveau/nouveau.ko.xz")
    tree.trim(tmp_path, (IMAGE / "trim.txt").read_text())
    assert [name for name in needed if not (tmp_path / name).exists()] == []
    assert not (tmp_path / kernel / "drivers/gpu/drm/nouveau").exists()


def test_two_kernels_are_refused(tmp_path: Path) -> None:
    planted(tmp_path, "usr/lib/modules/6.1/a", "usr/lib/modules/6.2/a")
    with pytest.raises(BuildError, match="2 kernels"):
        tree.kernel_version(tmp_path)


def test_every_file_of_systemd_has_its_place(tmp_path: Path) -> None:
    tree.lay_units(SYSTEMD, tmp_path)
    assert (tmp_path / "usr/lib/systemd/system/oyez.service").exists()
    wanted = {path.name for path in SYSTEMD.iterdir()} - {tree.BY_HAND}
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(wanted)


def test_every_unit_that_can_be_enabled_is_enabled_or_left_asleep_on_purpose() -> None:
    units = [*SYSTEMD.iterdir(), *(IMAGE / "overlay/usr/lib/systemd/system").glob("oyez*")]
    installable = {path.name for path in units if path.is_file() and "[Install]" in path.read_text()}
    assert installable - {*recipe.ENABLED_UNITS, *recipe.SLEEPING_UNITS} == set()


def test_no_password_opens_anything(tmp_path: Path) -> None:
    planted(tmp_path, "etc/shadow")
    (tmp_path / "etc/shadow").write_text("root:$6$secret:20000:0:99999:7:::\ndaemon:!:20000::::::\n")
    tree.lock_root(tmp_path)
    assert [line.split(":")[1] for line in (tmp_path / "etc/shadow").read_text().splitlines()] == ["*", "*"]


def test_what_a_device_adds_is_on_the_data_partition_and_what_is_missing_there_can_be_laid_again(
    tmp_path: Path,
) -> None:
    planted(tmp_path, "var/lib/systemd/x", "etc/hostname")
    tree.make_room_for_data(tmp_path)
    tree.link(tmp_path)
    assert (tmp_path / "usr/share/oyez/data/var/lib/systemd/x").exists()
    assert list((tmp_path / "var").iterdir()) == []
    assert os.readlink(tmp_path / "etc/hostname") == "/data/etc/hostname"
    data = tmp_path / "usr/share/oyez/data"
    assert (data / "etc/credstore").stat().st_mode & 0o777 == 0o700
    for target in recipe.LINKS.values():
        if target.startswith("/data/etc/"):
            assert (data / target.removeprefix("/data/")).parent.is_dir()


def test_the_time_zone_is_the_devices_and_still_looks_like_one(tmp_path: Path) -> None:
    """systemd's own rule (src/basic/time-util.c, get_timezone): a link right into /usr/share/zoneinfo."""
    planted(tmp_path, "usr/share/zoneinfo/Etc/UTC", "etc/localtime")
    tree.link(tmp_path)
    zone = os.readlink(tmp_path / "etc/localtime")
    assert zone.startswith("/usr/share/zoneinfo/")
    assert os.readlink(tmp_path / zone.removeprefix("/")) == "/data/etc/localtime"


def test_who_shuts_down_finds_logind_which_nothing_starts_before() -> None:
    assert "systemd-logind.service" not in recipe.MASKED_UNITS
    left_out = (IMAGE / "trim.txt").read_text().splitlines()
    assert "usr/lib/systemd/system/multi-user.target.wants/systemd-logind.service" in left_out


def test_nothing_is_newer_than_the_commit_and_the_clock_starts_there(tmp_path: Path) -> None:
    planted(tmp_path, "usr/lib/new", "old")
    os.utime(tmp_path / "old", (1000, 1000))
    tree.one_date(tmp_path, 5000)
    assert (tmp_path / "usr/lib/new").stat().st_mtime == 5000
    assert (tmp_path / "old").stat().st_mtime == 1000
    assert (tmp_path / "usr/lib/clock-epoch").stat().st_mtime == 5000
