"""The support bundle: everything that helps, and nothing of those who live there."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oyez.errors import OyezError
from oyez_system.support.command import Looking, bundle, save, words_of
from oyez_system.support.contents import FILES, PROGRAMS, Said
from tests.doubles.pi import healthy_pi, put
from tests.unit.oyez_system.first_boot.device import SECRETS, Device

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LAID = """
[device]
id = "annas-room"
name = "Anna's room"
[board]
name = "simulated"
[line]
backend_url = "http://127.0.0.1:9"
[home]
host = ""
[wifi]
ssid = "Grüne Nest"
password = "correct horse"
[[wifi.networks]]
ssid = "Loft"
password = "battery staple"
security = "wpa3"
[system]
hostname = "annas-speaker"
[secrets]
device_key = "oyez_kitchen_0123456789abcdef"
mqtt_password = "rabbit"
local_key = "shop-token"
"""
HOUSEHOLD = (
    *(secret for secret in SECRETS if secret != "correct horse"),  # of that one the device keeps a key alone
    "annas-room",
    "Anna's room",
    "Grüne Nest",
    r"Gr\xc3\xbcne Nest",
    "Loft",
    "sk-abcdefghijklmnop",
    "192.168.7.23",
    "b8:27:eb:12:34:56",
    "anna@example.org",
)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    """Set up; a folder stands for the links of /etc."""
    device = Device(tmp_path)
    healthy_pi(tmp_path)
    device.lay(LAID)
    assert device.start() == 0
    (tmp_path / "etc/credstore").symlink_to(device.places.credentials)
    (tmp_path / "etc/wpa_supplicant").symlink_to(device.places.wireless.parent)
    (tmp_path / "etc/oyez").symlink_to(device.places.config.parent)
    return device


def unpacked(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name.removeprefix("oyez-support/"): file.read().decode() for name, file in members.items() if file}


def test_what_is_planted_everywhere_is_found_nowhere(device: Device) -> None:
    """In every program's words and in every file that is taken along."""
    planted = "error: " + " | ".join(HOUSEHOLD) + " at mqtts://broker.example.org:8883\n"
    derived = [line.split("=")[1] for line in device.places.wireless.read_text().splitlines() if "psk=" in line]
    for place in FILES.values():
        if not place.startswith(("proc/device-tree", "proc/asound")):
            put(device.root, place, planted + "\n".join(derived))
    data, _ = bundle(Looking(device.root, words=lambda program: Said(planted)), NOW)
    texts = unpacked(data)
    assert {*PROGRAMS, "report.txt", "report.json", "settings.txt", "life.json", "problems.txt"} <= set(texts)
    for name, text in texts.items():
        for word in (*HOUSEHOLD, *derived, "broker.example.org"):
            assert word not in text, f"{word} in {name}"
    assert "error: ***" in texts["journal.txt"]


def test_it_has_the_doctors_report_settings_by_name_and_of_the_kernel_what_concerns_us(device: Device) -> None:
    kernel = "[1.0] Booting Linux\n[2.0] snd_soc: card registered\n[3.0] random: crng init done\n"
    data, _ = bundle(Looking(device.root, words=lambda program: Said(kernel)), NOW)
    texts = unpacked(data)
    assert texts["kernel.txt"] == "[2.0] snd_soc: card registered\n"
    assert "line.backend_url\n" in texts["settings.txt"]
    assert "127.0.0.1:9" not in texts["settings.txt"]
    assert "Wake words" in texts["report.txt"]
    assert json.loads(texts["report.json"])["ok"] is False


def test_a_link_that_the_daemon_laid_leads_to_nobodys_secrets(device: Device) -> None:
    put(device.root, "root/key", "of somebody else\n")
    life = device.root / FILES["life.json"]
    life.parent.mkdir(parents=True, exist_ok=True)
    life.symlink_to(device.root / "root/key")
    data, lacks = bundle(Looking(device.root, words=lambda program: Said("well\n")), NOW)
    texts = unpacked(data)
    assert texts["life.json"] == ""
    assert any(lack.startswith("life.json could not be read") for lack in lacks)
    assert not any("of somebody else" in text for text in texts.values())


def test_it_is_laid_where_it_can_be_and_only_for_who_made_it(tmp_path: Path) -> None:
    places = [Path("/proc/bundle.tar.gz"), tmp_path / "bundle.tar.gz"]
    assert save(b"bundle", places) == places[1]
    assert (places[1].read_bytes(), places[1].stat().st_mode & 0o777) == (b"bundle", 0o600)
    with pytest.raises(OyezError, match=r"/proc/bundle\.tar\.gz cannot be written"):
        save(b"bundle", places[:1])


def test_of_a_program_it_is_known_why_it_told_nothing() -> None:
    assert words_of(("/no/such/program",)) == Said("", "/no/such/program: FileNotFoundError")
    assert words_of(("echo", "heard")) == Said("heard\n")
    assert words_of(("false",)) == Said("", "false: exit code 1")


def test_a_part_that_should_have_something_and_has_nothing_is_told_in_the_readme(device: Device) -> None:
    """And of a whole one nothing is said; nor of what some devices simply have not."""
    put(device.root, FILES["system.txt"], "ID=debian\n")

    def words(program: tuple[str, ...]) -> Said:
        if program == PROGRAMS["journal.txt"]:
            return Said("-- No entries --\n")
        if program == PROGRAMS["slots.txt"]:
            return Said("Failed to connect\n", "rauc: exit code 1")
        if program in (PROGRAMS["journal-before.txt"], PROGRAMS["cards.txt"]):
            return Said("no soundcards found...\n", "exit code 1")
        return Said("told\n")

    data, lacks = bundle(Looking(device.root, words=words), NOW)
    assert lacks == ["journal.txt is empty, and it should not be.", "slots.txt could not be read (rauc: exit code 1)."]
    readme = unpacked(data)["README.txt"]
    assert "ATTENTION" in readme
    assert all(lack in readme for lack in lacks)
    data, lacks = bundle(Looking(device.root, words=lambda program: Said("told\n")), NOW)
    assert lacks == []
    assert "ATTENTION" not in unpacked(data)["README.txt"]
