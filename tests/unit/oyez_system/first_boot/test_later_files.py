"""What a later file changes of what was taken in before, on a card in a folder."""

from pathlib import Path

import pytest

from oyez.config_file import load
from oyez_system.first_boot.wireless import networks_in
from oyez_system.update_settings import Updates, load as load_updates
from tests.unit.oyez_system.first_boot.device import GOOD, SECRETS, Device


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_a_file_with_wifi_alone_changes_wifi_alone(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    before = device.kept()
    device.lay("[wifi]\nssid = 'Office'\npassword = 'another one'\n")
    assert device.start() == 0
    changed = {name for name, value in device.kept().items() if before[name] != value}
    assert changed == {"etc/wpa_supplicant/wpa_supplicant-wlan0.conf"}


def test_what_still_counts_of_an_earlier_file_stands_in_the_done_file(device: Device) -> None:
    """So that whoever changes it loses no table of the daemon's."""
    device.lay(GOOD)
    device.start()
    before = load(device.places.config)
    device.lay('[wifi]\nssid = "Cellar"\npassword = "battery staple"\n')
    device.start()
    done = device.places.done.read_text()
    assert not any(secret in done for secret in SECRETS)
    device.lay(done)
    device.start()
    assert load(device.places.config) == before
    assert networks_in(device.places.wireless.read_text()).keys() == {b"Cellar"}


def test_a_file_with_updates_alone_changes_updates_alone_and_as_a_whole(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    before = device.kept()
    device.lay("[updates]\nquiet_from = '01:00'\n")
    assert device.start() == 0
    assert {name for name, value in device.kept().items() if before[name] != value} == {"etc/oyez-system/system.toml"}
    assert load_updates(device.places.update_settings) == Updates(quiet_from="01:00")


def test_a_later_file_without_ssh_keys_switches_ssh_off(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    device.lay("[system]\nhostname = 'kitchen'\n")
    device.start()
    assert not device.places.ssh_keys.exists()
