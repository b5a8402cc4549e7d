"""The kernel's files as they are on a Pi, on another machine, and broken."""

from pathlib import Path

import pytest

from oyez.health import Health, read_health


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_raspberry_pi_tells_all(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/thermal/thermal_zone0/type", "cpu-thermal\n")
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "51540\n")
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    put(tmp_path, "proc/uptime", "4711.25 9000.00\n")
    assert read_health(tmp_path) == Health(52, True, 4711.25)


@pytest.mark.parametrize(("bits", "under"), [("0", False), ("50000", False), ("50005", True), ("1", True)])
def test_an_older_kernel_gives_the_firmwares_bits(tmp_path: Path, bits: str, under: bool) -> None:
    """The upper ones say what was since the boot."""
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", f"{bits}\n")
    assert read_health(tmp_path).under_voltage is under


def test_the_processor_counts_before_what_else_is_warm(tmp_path: Path) -> None:
    for number, (kind, temperature) in enumerate([("wifi", 70_000), ("x86_pkg_temp", 40_000), ("acpitz", 90_000)]):
        put(tmp_path, f"sys/class/thermal/thermal_zone{number}/type", kind)
        put(tmp_path, f"sys/class/thermal/thermal_zone{number}/temp", str(temperature))
    assert read_health(tmp_path).temperature_c == 40


def test_of_zones_without_a_name_that_is_known_the_warmest_counts(tmp_path: Path) -> None:
    for number, temperature in enumerate([41_000, 55_000]):
        put(tmp_path, f"sys/class/thermal/thermal_zone{number}/type", f"zone{number}")
        put(tmp_path, f"sys/class/thermal/thermal_zone{number}/temp", str(temperature))
    assert read_health(tmp_path).temperature_c == 55


@pytest.mark.parametrize("text", ["", "hot", "-274000", "999999999", "\x00"])
def test_what_is_no_temperature_is_none(tmp_path: Path, text: str) -> None:
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", text)
    put(tmp_path, "proc/uptime", text)
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "no bits")
    health = read_health(tmp_path)
    assert (health.temperature_c, health.under_voltage) == (None, None)


def test_a_board_that_tells_nothing_is_no_trouble(tmp_path: Path) -> None:
    assert read_health(tmp_path) == Health()


def test_this_machine_has_been_up_for_a_while() -> None:
    uptime_s = read_health().uptime_s
    assert uptime_s is not None
    assert uptime_s > 0
