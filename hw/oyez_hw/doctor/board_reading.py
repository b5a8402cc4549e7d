"""Reads the small files in which Linux tells how the machine is. Never raises.

`root` is where `sys`, `proc` and `etc` lie.

Sources: `get_throttled` of the firmware's node and `raspberrypi-hwmon` (Raspberry Pi's kernel); thermal zones
(Documentation/ABI/testing/sysfs-class-thermal); `life_time` and `pre_eol_info` of eMMC (kernel commit 46bc5c408e4e,
JESD84-B51 EXT_CSD 267 to 269); `stat` of a block device (Documentation/block/stat.rst: field 7, sectors of 512
bytes written); `/sys/fs/ext4/*/errors_count` (fs/ext4/sysfs.c); `/proc/net/wireless` (wireless extensions).
"""

import re
from pathlib import Path

from oyez_hw.doctor.board_facts import Flash, HeatFacts, LoadFacts, PowerFacts, StorageFacts, WirelessFacts

SECTOR_BYTES = 512
PROCESSOR_ZONES = ("cpu-thermal", "cpu_thermal", "soc-thermal", "x86_pkg_temp", "acpitz")


def read_power(root: Path) -> PowerFacts:
    bits = _throttled(root)
    alarm = None
    for folder in sorted(root.glob("sys/class/hwmon/hwmon*")):
        if _text(folder / "name") == "rpi_volt":
            alarm = _number(folder / "in0_lcrit_alarm")
    now = bool(alarm) if alarm is not None else None if bits is None else bool(bits & 1)
    return PowerFacts(under_voltage=now, throttled_bits=bits)


def read_heat(root: Path) -> HeatFacts:
    zones: dict[str, float] = {}
    for folder in sorted(root.glob("sys/class/thermal/thermal_zone*")):
        milli = _number(folder / "temp")
        if milli is not None and -40_000 <= milli <= 150_000:
            zones.setdefault(_text(folder / "type"), milli / 1000)
    named = next((zones[kind] for kind in PROCESSOR_ZONES if kind in zones), None)
    return HeatFacts(temperature_c=named, throttled_bits=_throttled(root))


def read_load(root: Path) -> LoadFacts:
    memory = dict(re.findall(r"^(\w+):\s+(\d+) kB", _text(root / "proc/meminfo"), re.MULTILINE))
    loads = _text(root / "proc/loadavg").split()
    processors = len(re.findall(r"^processor\s*:", _text(root / "proc/cpuinfo"), re.MULTILINE))
    return LoadFacts(
        load_5_min=_float(loads[1]) if len(loads) > 1 else None,
        processors=processors or None,
        memory_mb=int(memory["MemTotal"]) // 1024 if "MemTotal" in memory else None,
        memory_free_mb=int(memory["MemAvailable"]) // 1024 if "MemAvailable" in memory else None,
    )


def read_storage(root: Path) -> StorageFacts:
    flash = tuple(
        _flash(folder) for folder in sorted(root.glob("sys/block/mmcblk*")) if re.fullmatch(r"mmcblk\d+", folder.name)
    )
    counts = [_number(path) for path in sorted(root.glob("sys/fs/ext4/*/errors_count"))]
    known = [count for count in counts if count is not None]
    uptime = _text(root / "proc/uptime").split()
    return StorageFacts(
        flash=flash,
        errors=sum(known) if known else None,
        read_only=_read_only(_text(root / "proc/mounts"), _text(root / "etc/fstab")),
        uptime_s=_float(uptime[0]) if uptime else None,
    )


def read_wireless(root: Path, iw_says: str = "") -> WirelessFacts:
    """iw_says: the output of `iw dev IF get_power_save`; empty: there is none."""
    for line in _text(root / "proc/net/wireless").splitlines()[2:]:
        fields = line.replace(":", " ").split()
        if len(fields) >= 4:
            saves = None if "Power save" not in iw_says else "Power save: on" in iw_says
            missed = int(fields[-1]) if len(fields) >= 11 and fields[-1].isdigit() else None
            signal = _float(fields[3].rstrip("."))
            return WirelessFacts(
                signal_dbm=signal if signal is not None and signal < 0 else None,
                power_save=saves,
                missed_beacons=missed,
            )
    return WirelessFacts()


def wireless_interface(root: Path) -> str:
    """The first one; empty: there is none."""
    for line in _text(root / "proc/net/wireless").splitlines()[2:]:
        name = line.partition(":")[0].strip()
        if re.fullmatch(r"[A-Za-z0-9_.-]{1,15}", name) and not name.startswith("-"):
            return name
    return ""


def read_model(root: Path) -> str:
    """Of the board, as its device tree names it."""
    return _text(root / "proc/device-tree/model").strip("\0 ")


def read_kernel(root: Path) -> str:
    return _text(root / "proc/sys/kernel/osrelease")


def _flash(folder: Path) -> Flash:
    used = [
        int(part, 16) for part in _text(folder / "device/life_time").split() if re.fullmatch(r"0x[0-9A-Fa-f]+", part)
    ]
    steps = max(used, default=0)
    fields = _text(folder / "stat").split()
    sectors = int(fields[6]) if len(fields) > 6 and fields[6].isdigit() else None
    return Flash(
        name=folder.name,
        life_used_percent=min(steps, 11) * 10 if steps else None,
        spare_blocks=_number(folder / "device/pre_eol_info", 16) or None,
        written_gb=None if sectors is None else round(sectors * SECTOR_BYTES / 1e9, 2),
    )


def _read_only(mounts: str, fstab: str) -> bool | None:
    """A root that is mounted read-only though its table says otherwise. An image that is read-only by design is well;
    None: no table tells."""
    options = _root_options(mounts)
    meant = _root_options(fstab)
    if options is None or meant is None:
        return None
    return "ro" in options and "ro" not in meant


def _root_options(table: str) -> list[str] | None:
    for line in table.splitlines():
        fields = line.split()
        if len(fields) >= 4 and fields[1] == "/" and not line.startswith("#"):
            return fields[3].split(",")
    return None


def _throttled(root: Path) -> int | None:
    """The node is called after the processor's bus: soc, on a Raspberry Pi 5 soc@107c000000."""
    files = sorted(root.glob("sys/devices/platform/soc*/soc*:firmware/get_throttled"))
    return next((bits for file in files if (bits := _number(file, 16)) is not None), None)


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(_text(path), base)
    except ValueError:
        return None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _text(path: Path) -> str:
    """Empty where it cannot be read."""
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
