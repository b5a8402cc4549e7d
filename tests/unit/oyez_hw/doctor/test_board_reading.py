"""The kernel's files as they are on a Pi, missing, and broken. (tests/stories/test_doctor.py plants faults in them.)"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez_hw.doctor import board_reading as reading
from oyez_hw.doctor.board_facts import Flash, HeatFacts, LoadFacts, PowerFacts, StorageFacts, WirelessFacts
from oyez_hw.doctor.board_rules import judge_heat, judge_load, judge_power, judge_storage, judge_wireless
from tests.doubles.pi import FILES, healthy_pi, put


def test_a_healthy_pi_is_read_whole(tmp_path: Path) -> None:
    root = healthy_pi(tmp_path)
    assert reading.read_power(root) == PowerFacts(under_voltage=False, throttled_bits=0)
    assert reading.read_heat(root) == HeatFacts(temperature_c=51.54, throttled_bits=0)
    assert reading.read_load(root) == LoadFacts(load_5_min=0.28, processors=4, memory_mb=1849, memory_free_mb=1370)
    flash = (Flash(name="mmcblk0", written_gb=0.2),)
    assert reading.read_storage(root) == StorageFacts(flash=flash, errors=0, read_only=False, uptime_s=86_400.0)
    assert reading.read_wireless(root) == WirelessFacts(signal_dbm=-48.0, missed_beacons=0)
    assert reading.read_model(root) == "Raspberry Pi 4 Model B Rev 1.5"


def test_a_machine_that_tells_nothing_gives_no_facts_and_no_findings(tmp_path: Path) -> None:
    assert reading.read_power(tmp_path) == PowerFacts()
    assert reading.read_heat(tmp_path) == HeatFacts()
    assert reading.read_load(tmp_path) == LoadFacts()
    assert reading.read_storage(tmp_path) == StorageFacts()
    assert reading.read_wireless(tmp_path) == WirelessFacts()
    assert reading.wireless_interface(tmp_path) == ""


@given(texts=st.lists(st.one_of(st.text(max_size=80), st.just("")), min_size=len(FILES), max_size=len(FILES)))
def test_whatever_stands_in_the_files_nothing_is_raised(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in zip(FILES, texts, strict=True):
            put(root, name, text.encode("utf-8", "replace").decode())
        for read, judge in (
            (reading.read_power, judge_power),
            (reading.read_heat, judge_heat),
            (reading.read_load, judge_load),
            (reading.read_storage, judge_storage),
            (reading.read_wireless, judge_wireless),
        ):
            list(judge(read(root)))  # type: ignore[operator]


def test_the_firmwares_bits_are_found_on_a_raspberry_pi_5_too(tmp_path: Path) -> None:
    put(tmp_path, "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "50005\n")
    assert reading.read_power(tmp_path).throttled_bits == 0x50005


def test_an_image_that_is_read_only_by_design_is_well(tmp_path: Path) -> None:
    put(tmp_path, "proc/mounts", "/dev/root / ext4 ro 0 0\n")
    put(tmp_path, "etc/fstab", "/dev/root / ext4 ro,noatime 0 1\n")
    assert reading.read_storage(tmp_path).read_only is False


@pytest.mark.parametrize(
    ("life", "spare", "severity"),
    [
        ("0x0b 0x01", "0x01", "trouble"),
        ("0x01 0x01", "0x03", "trouble"),
        ("0x09 0x01", "0x01", "caution"),
        ("0x01 0x01", "0x02", "caution"),
    ],
)
def test_a_worn_emmc_tells_by_its_life_or_its_spare_blocks(
    tmp_path: Path, life: str, spare: str, severity: str
) -> None:
    put(tmp_path, "sys/block/mmcblk0/device/life_time", life)
    put(tmp_path, "sys/block/mmcblk0/device/pre_eol_info", spare)
    (found,) = judge_storage(reading.read_storage(tmp_path))
    assert (found.name, found.severity) == ("flash_worn", severity)


def test_boot_partitions_of_an_emmc_are_no_flash_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "sys/block/mmcblk0/stat", "0 0 0 0 0 0 0")
    put(tmp_path, "sys/block/mmcblk0boot0/stat", "0 0 0 0 0 0 0")
    assert [flash.name for flash in reading.read_storage(tmp_path).flash] == ["mmcblk0"]


def test_a_sleeping_wifi_chip_is_found(tmp_path: Path) -> None:
    facts = reading.read_wireless(healthy_pi(tmp_path), "Power save: on\n")
    assert [finding.name for finding in judge_wireless(facts)] == ["wifi_sleeps"]
    assert not list(judge_wireless(reading.read_wireless(tmp_path, "Power save: off\n")))


@pytest.mark.parametrize("name", ["--help", "a/b", "wlan0;reboot", "averyveryverylongname"])
def test_an_interface_with_an_odd_name_is_not_asked_about(tmp_path: Path, name: str) -> None:
    put(tmp_path, "proc/net/wireless", f"a\nb\n {name}: 0000 60. -50. -256 0 0 0 0 0 0\n")
    assert reading.wireless_interface(tmp_path) == ""


@pytest.mark.parametrize(
    ("bits", "power", "heat"),
    [
        (0x50005, ["under_voltage"], []),
        (0x50000, ["was_under_voltage"], []),
        (0x4, [], ["throttled"]),
        (0x8, [], ["throttled"]),
        (0xE0000, [], ["was_throttled"]),
        (0xF000F, ["under_voltage"], ["throttled"]),
        (0, [], []),
    ],
)
def test_the_firmwares_bits_tell_hunger_from_heat(tmp_path: Path, bits: int, power: list[str], heat: list[str]) -> None:
    """A hungry board is slowed down too: that is no heat."""
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", f"{bits:x}\n")
    assert [finding.name for finding in judge_power(reading.read_power(tmp_path))] == power
    assert [finding.name for finding in judge_heat(reading.read_heat(tmp_path))] == heat
