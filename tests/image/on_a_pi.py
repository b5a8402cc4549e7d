"""The same report of a real board: `python -m tests.image.on_a_pi HOST [--key FILE]`.

The board runs the image, and its oyez.toml named your SSH key. Nothing on it is changed, unless `--reboot` asks for a
measured start. What only eyes and ears can tell stands in docs/image-on-a-pi.md.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.image.checks import CHECKS, Row, judged, table, times
from tests.system.shell import MachineFailed, Shell

READY = (
    "systemctl show oyez -p ActiveEnterTimestampMonotonic --value; "
    "cat /proc/device-tree/model 2>/dev/null | tr -d '\\0'; echo; . /etc/os-release; echo $IMAGE_VERSION"
)
PI = (
    (
        "under-voltage or throttling since the start",
        "cat /sys/devices/platform/soc/soc:firmware/get_throttled 2>/dev/null",
    ),
    ("temperature, thousandths of a degree", "cat /sys/class/thermal/thermal_zone0/temp 2>/dev/null"),
    ("sound cards", "cat /proc/asound/cards"),
    ("board's overlay lines", "cat /boot/firmware/board.txt"),
    ("Wi-Fi", "iw dev 2>/dev/null | grep -E 'ssid|txpower' | tr '\\n' ' '"),
    ("card's wear, where it tells", "cat /sys/block/mmcblk0/device/life_time 2>/dev/null"),
)
"""What is only there on a board: shown, not judged."""


def report(shell: Shell) -> list[Row]:
    rows = [judged(check, shell.run(check.command).out) for check in CHECKS]
    told = (shell.run(READY).out + "\n\n\n").splitlines()
    ready_s = int(told[0]) / 1e6 if told[0].isdigit() else None
    rows = [Row("board", told[1], ""), Row("version", told[2], ""), *rows]
    return rows + times(shell.run("systemd-analyze time").out, ready_s)


def main() -> int:
    parser = argparse.ArgumentParser(prog="on_a_pi", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("host")
    parser.add_argument("--key", type=Path, help="private SSH key; none: what ssh itself finds")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--reboot", action="store_true", help="start it anew first, and measure how long that takes")
    arguments = parser.parse_args()
    key = ["-i", str(arguments.key)] if arguments.key else []
    with tempfile.TemporaryDirectory(prefix="oyez-pi-") as folder:
        shell = Shell([*key, "-p", str(arguments.port), f"root@{arguments.host}"], Path(folder) / "ssh")
        try:
            if not shell.answers():
                raise MachineFailed(shell.run("true").err.strip() or "it does not answer by SSH")
            rows = [*(_rebooted(shell) if arguments.reboot else ()), *report(shell)]
            rows += [Row(what, shell.run(command).out.strip(), "") for what, command in PI]
        except MachineFailed as error:
            print(f"on_a_pi: {error}", file=sys.stderr)
            return 69
        finally:
            shell.forget_connection()
    print(table(rows))
    return 1 if any(row.wrong for row in rows) else 0


def _rebooted(shell: Shell, patience_s: float = 300.0) -> list[Row]:
    """Raises MachineFailed."""
    before = shell.run("cat /proc/sys/kernel/random/boot_id").out
    shell.run("systemctl reboot")
    shell.forget_connection()
    since = time.monotonic()
    while not (now := shell.run("cat /proc/sys/kernel/random/boot_id", timeout_s=30.0).out) or now == before:
        if time.monotonic() - since > patience_s:
            raise MachineFailed(f"the board did not come back within {patience_s:g} s")
        shell.forget_connection()
        time.sleep(1.0)
    answered_s = time.monotonic() - since
    shell.until("systemctl is-active -q oyez && systemctl is-active -q oyez-promote", patience_s)
    ready_s = time.monotonic() - since
    return [
        Row("from `reboot` until SSH answers", f"{answered_s:.1f} s", ""),
        Row("from `reboot` until this start counts as good", f"{ready_s:.1f} s", ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
