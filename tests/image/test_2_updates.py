"""New versions: refused where they are bad, tried, kept, gone back from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.image.conftest import GOOD
from tests.image.device import BOOT_S, Device
from tests.image.house import House
from tests.image.images import NEWER, Images, small_bundle
from tests.image.logbook import Logbook

SYSTEM_TOML = """[updates]
source = "{url}"
ca_file = "/etc/oyez-system/ca.pem"
rate_limit_kb_s = 0
trial_s = {trial_s}
"""
TRIAL_S = 240
"""An emulated device takes a minute to be ready, and its wake test half of one."""
SHORT_TRIAL_S = 60
"""For versions that cannot pass it."""
INSTALL_S = 900.0
FILL = "fallocate -l $(($(stat -f -c '%f * %S' /data) - 1048576)) /data/filler; cat /dev/zero > /data/rest; sync"
"""The data partition, to the last block: most of it is only claimed, and not written."""
SLOTS = "rauc status --output-format=json"


@dataclass
class Updating:
    device: Device
    house: House

    def configure(self, trial_s: int) -> None:
        text = SYSTEM_TOML.format(url=self.house.releases.url, trial_s=trial_s)
        self.device.write("/etc/oyez-system/system.toml", text)

    def refused(self) -> str:
        """The sentence with which the newest version was refused."""
        done = self.device.run("/opt/oyez/bin/oyez-system update install", INSTALL_S)
        assert done.code != 0, done.out
        return done.err

    def asked_for(self, version: str, bundle: Path) -> int:
        """Somebody presses the button in the house. Returns the place in what the broker heard."""
        self.house.releases.offer(version, bundle)
        self.device.run("/opt/oyez/bin/oyez-system update check").check()
        self.house.told("state", lambda told: told["update"]["latest_version"] == version)
        after = self.house.now
        self.device.console.skip()
        self.house.order("do/install_update", "PRESS")
        return after

    def told(self, what: str, after: int) -> dict[str, Any]:
        """event/update, once it says this."""
        return self.house.told("event/update", lambda told: told["what"] == what, after=after, timeout_s=INSTALL_S)

    def unharmed(self) -> None:
        """The version that ran runs, hears, and boots next."""
        device = self.device
        device.until(GOOD, 300.0)
        status = json.loads(device.run(SLOTS).check().out)
        running = [slot for entry in status["slots"] for slot in entry.values() if slot["state"] == "booted"]
        assert running[0]["boot_status"] == "good"
        assert status["boot_primary"] == next(name for entry in status["slots"] for name in entry
                                              if entry[name]["state"] == "booted")  # fmt: skip
        device.until("grep -q '\"microphone\":true' /run/oyez/proof.json", 60.0)

    def version(self) -> str:
        return self.device.run(". /etc/os-release; echo $IMAGE_VERSION").check().out.strip()


@pytest.fixture
def updating(device: Device, house: House) -> Updating:
    made = Updating(device, house)
    made.configure(TRIAL_S)
    device.write("/etc/oyez-system/ca.pem", house.releases.certificate.read_text())
    return made


def test_a_bundle_that_is_not_what_its_description_says_is_refused(updating: Updating, tmp_path: Path) -> None:
    updating.house.releases.offer("9.1.0", small_bundle(tmp_path, "9.1.0"), sha256="0" * 64)
    assert "SHA-256" in updating.refused()
    updating.unharmed()


def test_a_bundle_with_a_strangers_signature_is_refused(updating: Updating, tmp_path: Path) -> None:
    updating.house.releases.offer("9.1.1", small_bundle(tmp_path, "9.1.1", own_key=False))
    assert "sign" in updating.refused()
    updating.unharmed()


def test_a_bundle_that_was_changed_after_it_was_signed_is_refused(updating: Updating, tmp_path: Path) -> None:
    """Its description fits, its signature too: the kernel finds the byte while the slot is written."""
    bundle = small_bundle(tmp_path, "9.1.2")
    content = bytearray(bundle.read_bytes())
    content[5000] ^= 1
    bundle.write_bytes(content)
    updating.house.releases.offer("9.1.2", bundle)
    assert updating.refused().strip()
    updating.unharmed()


def test_a_bundle_for_another_device_is_refused(updating: Updating, tmp_path: Path) -> None:
    updating.house.releases.offer("9.1.3", small_bundle(tmp_path, "9.1.3", compatible="toaster"))
    assert "toaster" in updating.refused()
    updating.unharmed()


def test_a_download_that_ends_too_soon_is_refused_after_some_tries(updating: Updating, tmp_path: Path) -> None:
    updating.house.releases.offer("9.1.4", small_bundle(tmp_path, "9.1.4"))
    updating.house.releases.cut_after = 0
    assert updating.refused().strip()
    updating.unharmed()


def test_an_older_version_is_refused(updating: Updating, tmp_path: Path) -> None:
    updating.house.releases.offer("0.0.1", small_bundle(tmp_path, "0.0.1"))
    assert "older" in updating.refused()
    updating.unharmed()


def test_without_room_for_it_a_version_is_refused_and_a_full_card_makes_nobody_deaf(
    updating: Updating, images: Images
) -> None:
    device = updating.device
    device.run(FILL)
    try:
        updating.house.releases.offer(NEWER, images.bundle(NEWER))
        assert "MB are free" in updating.refused()
        device.run("systemctl restart oyez", 300.0).check()
        updating.unharmed()
    finally:
        device.run("rm -f /data/filler /data/rest; sync").check()


def test_a_newer_version_is_fetched_tried_and_kept(updating: Updating, images: Images, logbook: Logbook) -> None:
    """Asked for over MQTT, with progress there; afterwards the other slot runs, and this start of it counts as good."""
    device, house = updating.device, updating.house
    after = updating.asked_for(NEWER, images.bundle(NEWER))
    assert device.rebooted(INSTALL_S) == "B"
    device.reached()
    assert "oyez.trial" in device.run("cat /proc/cmdline").out.split(), "nobody guards a trial that comes to no end"
    device.until(GOOD, INSTALL_S)
    assert updating.told("promoted", after)["version"] == NEWER
    assert updating.version() == NEWER
    steps = [
        told["update"]["update_percentage"] for told in house.all_told("state", after) if told["update"]["in_progress"]
    ]
    shown = [step for step in steps if step is not None]
    logbook.note(f"progress of the update on MQTT, percent: {', '.join(str(step) for step in dict.fromkeys(shown))}")
    assert len(set(shown)) >= 5
    assert shown == sorted(shown)
    updating.unharmed()


@pytest.mark.parametrize(
    ("version", "why"),
    [("9.0.2", "did not start"), ("9.0.3", "hears sound"), ("9.0.4", "broker")],
    ids=["does_not_boot", "is_deaf", "has_no_network"],
)
def test_a_broken_version_is_gone_back_from_and_the_reason_told(
    updating: Updating, images: Images, version: str, why: str
) -> None:
    """By itself: nobody touches the device between the order and the answer."""
    updating.configure(SHORT_TRIAL_S)
    before = updating.version()
    after = updating.asked_for(version, images.bundle(version))
    tried = updating.device.rebooted(INSTALL_S)
    back = updating.device.rebooted(SHORT_TRIAL_S + BOOT_S)
    assert {tried, back} == {"A", "B"}
    updating.device.reached()
    told = updating.told("gone_back", after)
    assert told["version"] == version
    assert why in told["why"]
    assert updating.version() == before
    updating.unharmed()
