"""The faults that tests/stories/test_doctor.py plants, one by one, and docs/doctor.md lists."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.doubles.patient import Patient
from tests.doubles.pi import put

BOARD = frozenset(
    ("power", "heat", "load", "storage", "wifi", "board", "state", "settings", "words", "money", "version")
)
SERVICES = frozenset(("names", "broker", "daemon", "backend", "clock", "latency", "line", "local"))
SOUND = frozenset(("sound", "mixer"))
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
ALARM = "sys/class/hwmon/hwmon1/in0_lcrit_alarm"
WIRELESS = "proc/net/wireless"


@dataclass(frozen=True)
class Fault:
    plant: Callable[[Patient], object]
    found: set[str]
    """Names of the findings: these and no others."""
    looks: frozenset[str] = frozenset()
    """The checks that could be moved by it, for the sake of the suite's time; empty: all."""


def root(name: str, text: str) -> Callable[[Patient], None]:
    return lambda device: put(device.root, name, text)


def clock(hours: float) -> Callable[[Patient], None]:
    def wrong(device: Patient) -> None:
        device.clock_is_wrong_by = timedelta(hours=hours)

    return wrong


def ear(number: int, **what: object) -> Callable[[Patient], None]:
    return lambda device: device.change_ear(number, **what)


def room(**what: object) -> Callable[[Patient], None]:
    def changed(device: Patient) -> None:
        device.room = replace(device.room, **what)  # type: ignore[arg-type]

    return changed


def configured(**lines: str) -> Callable[[Patient], None]:
    return lambda device: device.lines.update(lines)


def full(device: Patient) -> None:
    device.where = lambda where: replace(where, space=lambda folder: _statvfs(free=3000))


def _statvfs(free: int) -> os.statvfs_result:
    return os.statvfs_result((4096, 4096, 4_000_000, free, free, 9, 9, 9, 0, 255))


def unwritable(device: Patient) -> None:
    device.where = lambda where: replace(where, state_folder=Path("/proc/self"))


def spent(amount: str) -> Callable[[Patient], None]:
    today = datetime.now().astimezone().date().isoformat()
    books = {"on": today, "day": amount, "month": amount, "warned": []}
    return lambda device: put(device.state, "spending.json", json.dumps(books))


def busy(device: Patient) -> None:
    device.insert_card().microphone.open()


def unplugged(device: Patient) -> None:
    device.insert_card().unplug()


def unsynchronised(device: Patient) -> None:
    (device.root / "run/systemd/timesync/synchronized").unlink()


def refused(status: int) -> Callable[[Patient], None]:
    def refuses(device: Patient) -> None:
        device.backend.status = status

    return refuses


def named(board: str, *overlays: str, config: str = "# nothing\n") -> Callable[[Patient], None]:
    """In the configuration; with these overlays on the boot partition."""

    def plant(device: Patient) -> None:
        device.lines["board"] = board
        put(device.root, "boot/firmware/config.txt", config)
        for name in overlays:
            put(device.root, f"boot/firmware/overlays/{name}.dtbo", "")

    return plant


def without_driver(device: Patient) -> None:
    device.lines["board"] = "auto"
    put(device.root, "sys/bus/usb/devices/1-1.4/idVendor", "0b0e\n")
    put(device.root, "sys/bus/usb/devices/1-1.4/idProduct", "0412\n")
    put(device.root, "sys/bus/usb/devices/1-1.4/product", "Jabra SPEAK 410\n")
    put(device.root, "sys/bus/usb/devices/1-1.4:1.0/bInterfaceClass", "01\n")


def hat_without_card(device: Patient) -> None:
    device.lines["board"] = "codec-zero"
    put(device.root, "proc/device-tree/hat/vendor", "Raspberry Pi Ltd.\0")
    put(device.root, "proc/device-tree/hat/product", "Raspberry Pi Codec Zero\0")


FAULTS = {
    "under-voltage now": Fault(root(ALARM, "1\n"), {"under_voltage"}, BOARD),
    "under-voltage since the boot": Fault(root(THROTTLED, "50000\n"), {"was_under_voltage"}, BOARD),
    "slowed down by heat": Fault(root(THROTTLED, "60006\n"), {"throttled"}, BOARD),
    "too hot": Fault(root("sys/class/thermal/thermal_zone0/temp", "83500\n"), {"throttled"}, BOARD),
    "overloaded": Fault(root("proc/loadavg", "9.0 8.5 8.0 9/300 1\n"), {"busy"}, BOARD),
    "no memory": Fault(root("proc/meminfo", "MemTotal: 400000 kB\nMemAvailable: 9000 kB\n"), {"little_memory"}, BOARD),
    "worn flash": Fault(root("sys/block/mmcblk0/device/life_time", "0x02 0x0a\n"), {"flash_worn"}, BOARD),
    "errors of the card": Fault(root("sys/fs/ext4/mmcblk0p2/errors_count", "7\n"), {"file_system_errors"}, BOARD),
    "card gone read-only": Fault(root("proc/mounts", "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n"), {"read_only"}, BOARD),
    "a program that writes all day": Fault(
        root("sys/block/mmcblk0/stat", "0 0 0 0 0 0 90000000 0\n"), {"much_written"}, BOARD
    ),
    "weak Wi-Fi": Fault(root(WIRELESS, "a\nb\n wlan0: 0000   20.  -83.  -256  0 0 0 0 0 9\n"), {"weak_wifi"}, BOARD),
    "a board whose overlay is not on the boot partition": Fault(
        named("respeaker-2mic-v1", "vc4-kms-v3d"), {"overlay_missing"}, BOARD
    ),
    "a board whose overlay nothing asks for": Fault(
        named("respeaker-2mic-v1", "wm8960-soundcard"), {"board_incomplete"}, BOARD
    ),
    "a board that is named and is not there": Fault(
        named("i2s-max98357a", "googlevoicehat-soundcard", config="dtoverlay=googlevoicehat-soundcard\n"),
        {"board_absent"},
        BOARD,
    ),
    "a board with an EEPROM and without a sound card": Fault(hat_without_card, {"board_incomplete"}, BOARD),
    "a USB sound device without a driver": Fault(without_driver, {"usb_without_driver"}, BOARD),
    "no board": Fault(configured(board="auto"), {"board_away"}, BOARD),
    "clock three hours ahead": Fault(clock(3), {"clock_wrong"}),
    "clock set by nobody": Fault(unsynchronised, {"clock_unsynchronised"}),
    "disk nearly full": Fault(full, {"disk_full"}, BOARD),
    "state folder not writable": Fault(unwritable, {"state_not_writable"}, BOARD),
    "a mistake in the configuration": Fault(configured(line='vioce = "marin"'), {"config"}),
    "a model that is not there": Fault(
        configured(hearing='wake_words = ["alexa"]\nwords = [{name = "alexa", model = "/nowhere/alexa.json"}]'),
        {"wake_model"},
        BOARD,
    ),
    "an old version": Fault(
        lambda device: put(device.run, "update.json", '{"latest": "99.0.0"}'), {"old_version"}, BOARD
    ),
    "an update that was gone back from": Fault(
        root(
            "var/lib/oyez-system/update.json",
            '{"last": {"number": 1, "result": "gone_back", "version": "9", "from_version": "1", "why": "It hung."}}',
        ),
        {"update_gone_back"},
        BOARD,
    ),
    "the budget used up": Fault(spent("2.5"), {"budget_spent"}, BOARD),
    "the budget nearly used up": Fault(spent("1.9"), {"budget_nearly_spent"}, BOARD),
    "a name that nobody knows": Fault(configured(backend="http://nowhere.invalid"), {"dns", "backend_away"}),
    "no key": Fault(lambda device: (device.folder / "device.key").unlink(), {"backend_no_key"}),
    "a key that was revoked": Fault(refused(401), {"backend_refused"}),
    "a backend that fails": Fault(refused(503), {"backend_away"}),
    "a dead microphone": Fault(ear(2, dead=True), {"microphone_dead"}, SOUND),
    "a covered microphone": Fault(ear(1, gain_db=-12.0), {"unequal"}, SOUND),
    "a microphone that clips": Fault(ear(0, gain_db=38.0), {"clipping", "loud_echo"}, SOUND),
    "direct voltage": Fault(ear(3, offset=0.08), {"dc"}, SOUND),
    "an inverted microphone": Fault(ear(1, inverted=True), {"inverted"}, SOUND),
    "noise": Fault(room(noise_dbfs=-36.0), {"noisy"}, SOUND),
    "a clock of the card that is five percent wrong": Fault(room(capture_drift_ppm=50_000.0), {"rate_mismatch"}, SOUND),
    "a silent loudspeaker": Fault(room(echo_gain_db=None), {"loudspeaker_not_heard"}, SOUND),
    "an echo that comes half a second late": Fault(room(echo_delay_s=0.55), {"long_echo"}, SOUND),
    "a microphone in use": Fault(busy, {"card_busy"}, SOUND),
    "a card that is gone": Fault(unplugged, {"card_failed"}, SOUND),
}
