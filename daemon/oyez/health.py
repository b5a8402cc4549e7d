"""How the board is: warm enough, fed enough, up since when. Reads small files of the kernel; decides nothing.

Sources: `/sys/class/thermal/thermal_zone*/{type,temp}` (kernel, Documentation/ABI/testing/sysfs-class-thermal),
`/sys/class/hwmon/hwmon*/{name,in0_lcrit_alarm}` of the driver raspberrypi-hwmon (name `rpi_volt`), and on kernels
before it the firmware's bits in `/sys/devices/platform/soc/soc:firmware/get_throttled` (hexadecimal, bit 0:
under-voltage now). `/proc/uptime`: seconds since the boot.
"""

from dataclasses import dataclass
from pathlib import Path

UNDER_VOLTAGE = 1
OURS = ("cpu-thermal", "cpu_thermal", "soc-thermal", "x86_pkg_temp", "acpitz")
"""Types of zones that tell how warm the processor is, the likest first."""


@dataclass(frozen=True, slots=True)
class Health:
    """None: this board does not tell."""

    temperature_c: int | None = None
    under_voltage: bool | None = None
    uptime_s: float | None = None


def read_health(root: Path = Path("/")) -> Health:
    """Never raises. root: where `sys` and `proc` lie."""
    return Health(_temperature_c(root), _under_voltage(root), _uptime_s(root))


def _temperature_c(root: Path) -> int | None:
    """In whole degrees: a tenth would be news every time. Of several zones the processor's, else the warmest."""
    zones: dict[str, int] = {}
    for folder in sorted(root.glob("sys/class/thermal/thermal_zone*")):
        milli = _number(folder / "temp")
        if milli is not None and -40_000 <= milli <= 150_000:
            zones.setdefault(_text(folder / "type"), round(milli / 1000))
    named = next((zones[kind] for kind in OURS if kind in zones), None)
    return named if named is not None else max(zones.values(), default=None)


def _under_voltage(root: Path) -> bool | None:
    for folder in sorted(root.glob("sys/class/hwmon/hwmon*")):
        if _text(folder / "name") == "rpi_volt":
            alarm = _number(folder / "in0_lcrit_alarm")
            return None if alarm is None else alarm != 0
    bits = _number(root / "sys/devices/platform/soc/soc:firmware/get_throttled", 16)
    return None if bits is None else bool(int(bits) & UNDER_VOLTAGE)


def _uptime_s(root: Path) -> float | None:
    try:
        return float(_text(root / "proc/uptime").split()[0])
    except (ValueError, IndexError):
        return None


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(_text(path), base)
    except ValueError:
        return None


def _text(path: Path) -> str:
    """Empty where it cannot be read: a zone that is switched off answers with an error."""
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
