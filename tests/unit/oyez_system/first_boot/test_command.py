"""First boot, on a card in a folder."""

import os
import stat
from pathlib import Path

import pytest

from oyez.config_file import load
from oyez_system.first_boot.wireless import networks_in
from oyez_system.update_settings import Updates, load as load_updates
from tests.doubles.pi import put
from tests.unit.oyez_system.first_boot.device import GOOD, SECRETS, Device, DoomedCard, FullCard, PowerCut

RECORD = "var/lib/oyez-system/first-boot.json"
"""Whether it started again for the board's lines: one whose power was cut need not."""

IMAGERS = (
    'config_version = "1.1"\n[system]\nhostname = "attic"\n[user]\nname = "alice"\npassword = "changeme"\n'
    "[ssh]\nenabled = true\n"
    'authorized_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexampleexampleexampleexample"]\n'
    '[wlan]\nssid = "Nest"\npassword = "mywifipassphrase"\ncountry = "GB"\nkey_mgmt = "wpa-psk"\n'
    '[locale]\nkeymap = "gb"\ntimezone = "Europe/Berlin"\n'
)
WRONG = "[wifi]\nssid = 'Nest'\npassword = 'short'\n"


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_good_file_is_taken_apart_and_put_where_it_belongs(device: Device) -> None:
    device.lay(GOOD)
    assert device.start() == 0
    places = device.places
    config = load(places.config)
    assert (config.device.id, config.home.host, config.mcp[0].label) == ("kitchen", "broker.local", "shop")
    assert (places.credentials / "oyez.device_key").read_text() == "oyez_kitchen_0123456789abcdef"
    assert (places.credentials / "oyez.mqtt_password").read_text() == "rabbit"
    assert (places.credentials / "oyez.mcp/shop").read_text() == "shop-token"
    assert places.hostname.read_text() == "kitchen\n"
    assert str(places.time_zone.readlink()) == "/usr/share/zoneinfo/Europe/Berlin"
    assert places.ssh_keys.read_text().startswith("ssh-ed25519 ")
    assert [one.name for one in networks_in(places.wireless.read_text()).values()] == [b"Nest", b"Grandma's"]
    assert "country=DE" in places.wireless.read_text()
    updates = Updates(source="https://updates.local/release.json", automatic="security")
    assert load_updates(places.update_settings) == updates
    assert places.update_settings == device.root / "data/etc/oyez-system/system.toml"
    assert "[updates]" not in places.config.read_text()


def test_secrets_are_roots_alone_and_nowhere_else(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    places = device.places
    assert mode(places.credentials) == 0o700
    secret = [path for path in places.credentials.rglob("*") if path.is_file()]
    assert {mode(path) for path in (*secret, places.wireless, places.ssh_keys)} == {0o600}
    assert mode(places.credentials / "oyez.mcp") == 0o700
    assert {mode(path) for path in (places.config, places.update_settings)} == {0o644}
    for secret in SECRETS:
        assert secret.encode() not in device.all_bytes()
        assert secret not in places.config.read_text()
        assert secret not in places.update_settings.read_text()
        assert secret not in places.wireless.read_text()


def test_remarks_and_everything_that_is_not_secret_stay_in_the_done_file(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    done = device.places.done.read_text()
    assert not any(path.exists() for path in (*device.places.files, *device.places.taken))
    assert "# The kitchen's." in done
    assert 'id = "kitchen"   # in every topic' in done
    assert 'ssid = "Nest"' in done
    assert "# device_key: taken in, and kept on the device." in done
    assert "# The broker" in device.places.config.read_text()


def test_the_done_file_laid_again_changes_nothing(device: Device) -> None:
    """So that a person may change one line of it and call it oyez.toml again, without any password."""
    device.lay(GOOD)
    device.start()
    before = device.kept()
    device.lay(device.places.done.read_text())
    assert device.start() == 0
    same = {name for name, value in device.kept().items() if before[name] == value}
    assert before.keys() - same == {"etc/oyez/oyez.toml", RECORD}
    assert load(device.places.config).device.id == "kitchen"


def test_a_mistake_takes_nothing_in_and_is_said_and_written_next_to_it(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    before = device.kept()
    wrong = GOOD.replace('time_zone = "Europe/Berlin"', 'time_zone = "Berlin"').replace("host =", "hots =")
    device.lay(wrong)
    assert device.start() == 78
    assert device.kept() == before
    assert device.said == ["mistake_in_file"]
    assert (device.places.boot / "oyez.toml").read_text() == wrong
    problems = device.places.problems.read_text()
    line = wrong.splitlines().index('time_zone = "Berlin"') + 1
    assert f"oyez.toml, line {line}: system.time_zone" in problems
    assert "home.hots is unknown. Did you mean host?" in problems
    assert not any(secret in problems for secret in SECRETS)


def test_the_mended_file_takes_the_problems_away(device: Device) -> None:
    device.lay("[wifi]\nssid = 'Nest'\npassword = 'short'\n")
    assert device.start() == 78
    assert "has 5 characters" in device.places.problems.read_text()
    device.lay("[wifi]\nssid = 'Nest'\npassword = 'long enough'\n")
    assert device.start() == 0
    assert not device.places.problems.exists()


def test_a_mistake_about_updates_is_told_beside_all_others_and_changes_nothing(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    before = device.kept()
    device.lay(f"{WRONG}[updates]\nsource = 'http://nas/release.json'\n[home]\nhots = 'a'\n")
    assert device.start() == 78
    assert device.kept() == before
    problems = device.places.problems.read_text()
    assert "line 3: wifi.password has 5 characters" in problems
    assert "line 5: updates.source begins with http://" in problems
    assert "line 7: home.hots is unknown" in problems


def test_with_keys_ssh_is_started_and_the_name_counts_at_once(device: Device) -> None:
    put(device.root, "proc/sys/kernel/hostname", "oyez\n")
    device.start()
    assert device.orders == []
    device.lay(GOOD)
    device.start()
    assert "start ssh.service" in device.orders
    assert (device.root / "proc/sys/kernel/hostname").read_text() == "kitchen\n"


def test_a_units_narrow_mask_takes_no_rights_from_the_daemons_user(device: Device) -> None:
    before = os.umask(0o077)
    try:
        device.lay(GOOD)
        device.start()
    finally:
        os.umask(before)
    config = device.places.config
    assert mode(config) == 0o644
    assert {mode(folder) for folder in (config.parent, config.parent.parent)} == {0o755}


def test_an_empty_secret_is_taken_away_from_the_device(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    device.lay("[secrets]\nmqtt_password = ''\n")
    device.start()
    assert not (device.places.credentials / "oyez.mqtt_password").exists()
    assert (device.places.credentials / "oyez.device_key").exists()


def test_a_password_that_is_no_text_is_shown_nowhere(device: Device) -> None:
    device.lay("[wifi]\nssid = 'Nest'\npassword = 12345678\n[secrets]\ndevice_key = 87654321\n")
    assert device.start() == 78
    problems = device.places.problems.read_text()
    assert "line 3: wifi.password must be a text between quotes." in problems
    assert "12345678" not in problems
    assert "87654321" not in problems


def test_a_name_that_windows_made_longer_is_found(device: Device) -> None:
    device.lay("\ufeff" + GOOD.replace("\n", "\r\n"), "oyez.toml.txt")
    assert device.start() == 0
    assert load(device.places.config).device.id == "kitchen"


def test_two_files_are_one_too_many(device: Device) -> None:
    device.lay(GOOD)
    device.lay(GOOD, "oyez.toml.txt")
    assert device.start() == 78
    assert "delete the one that does not count" in device.places.problems.read_text()


def test_without_a_board_the_one_that_is_there_is_used(device: Device) -> None:
    device.lay("[device]\nid = 'x'\n")
    device.start()
    assert load(device.places.config).board.name == "auto"


def test_where_the_data_partition_cannot_be_used_the_file_stays(device: Device) -> None:
    device.lay(GOOD)
    device.places.volatile.parent.mkdir(parents=True)
    device.places.volatile.touch()
    assert device.start() == 0
    assert device.said == ["storage_failed"]
    assert (device.places.boot / "oyez.toml").read_text() == GOOD
    assert device.places.config.exists()


@pytest.mark.parametrize("room", range(0, 60, 7))
def test_a_full_card_is_told_and_stops_nothing_else(device: Device, room: int) -> None:
    """And what could not be taken in is taken in as soon as there is room."""
    device.lay(GOOD)
    assert device.start(FullCard(room)) == 1
    assert device.said == ["storage_failed"]
    assert "No space left on device" in device.places.problems.read_text()
    assert device.start() == 0
    assert not device.places.problems.exists()
    assert (device.places.done.exists(), device.places.files[0].exists()) == (True, False)


def test_a_machine_that_is_not_ours_keeps_its_file(device: Device) -> None:
    device.places.data.rmdir()
    device.lay(GOOD)
    assert device.start() == 0
    assert (device.places.boot / "oyez.toml").read_text() == GOOD
    assert not device.places.data.exists()


def test_imagers_customisation_is_understood(device: Device) -> None:
    device.lay(IMAGERS, "rpi-preseed.toml")
    assert device.start() == 0
    assert device.places.hostname.read_text() == "attic\n"
    assert b"Nest" in networks_in(device.places.wireless.read_text())
    assert "no login with a name and a password" in device.places.problems.read_text()
    assert not device.places.preseed.exists()
    assert b"changeme" not in device.all_bytes()
    assert load(device.places.config).home.host == ""


def test_a_mistake_in_imagers_file_is_named_as_imager_calls_it(device: Device) -> None:
    device.lay('[wlan]\nssid = "Nest"\npassword = "short"\nkey_mgmt = "wpa-psk"\n', "rpi-preseed.toml")
    assert device.start() == 78
    assert "rpi-preseed.toml, line 3: wlan.password has 5 characters" in device.places.problems.read_text()


@pytest.mark.parametrize(
    ("text", "name", "code"), [(GOOD, "oyez.toml", 0), (IMAGERS, "rpi-preseed.toml", 0), (WRONG, "oyez.toml", 78)]
)
def test_a_power_cut_before_any_change_of_the_disk_loses_nothing(
    tmp_path: Path, text: str, name: str, code: int
) -> None:
    """After each: the next start ends where an undisturbed one does, and no secret stays on the boot partition."""
    undisturbed, counted = Device(tmp_path / "whole"), DoomedCard()
    undisturbed.lay(text, name)
    undisturbed.start(counted)
    assert counted.steps >= 5
    for cut_at in range(counted.steps):
        device = Device(tmp_path / str(cut_at))
        device.lay(text, name)
        with pytest.raises(PowerCut):
            device.start(DoomedCard(cut_at))
        device.said.clear()
        assert device.start() == code, f"cut at {cut_at}"
        assert {**device.kept(), RECORD: ""} == {**undisturbed.kept(), RECORD: ""}, f"cut at {cut_at}"
        assert device.on_boot() == undisturbed.on_boot(), f"cut at {cut_at}"
        assert device.said == undisturbed.said
