"""The small files in which a healthy Raspberry Pi tells of itself, below a folder that stands for its root."""

from pathlib import Path

FILES = {
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.5\0",
    "proc/sys/kernel/osrelease": "6.12.47+rpt-rpi-v8\n",
    "proc/uptime": "86400.00 300000.00\n",
    "proc/loadavg": "0.31 0.28 0.20 1/180 4711\n",
    "proc/cpuinfo": "".join(f"processor\t: {n}\n\n" for n in range(4)) + "Serial\t\t: 10000000deadbeef\n",
    "proc/meminfo": "MemTotal:        1893524 kB\nMemFree:          900000 kB\nMemAvailable:    1403524 kB\n",
    "proc/mounts": "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\nproc /proc proc rw 0 0\n",
    "etc/fstab": "# made by the image\nPARTUUID=1 / ext4 defaults,noatime 0 1\n",
    "proc/net/wireless": (
        "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
        " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n"
        " wlan0: 0000   62.  -48.  -256        0      0      0      0      0        0\n"
    ),
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/thermal_zone0/temp": "51540\n",
    "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
    "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
    "sys/block/mmcblk0/stat": "9000 100 800000 4000 2000 1000 400000 9000 0 8000 13000\n",
    "sys/fs/ext4/mmcblk0p2/errors_count": "0\n",
    "run/systemd/timesync/synchronized": "",
}


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def healthy_pi(root: Path) -> Path:
    for name, text in FILES.items():
        put(root, name, text)
    return root
