"""The first words of a device below a folder."""

import time
from pathlib import Path

import pytest

from oyez.proof import Proof, write
from oyez_system.first_words import command, lacking
from oyez_system.first_words.command import speak
from tests.doubles.pi import put
from tests.unit.oyez_system.first_boot.device import GOOD, Device

OUT = "Iface\nwlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LOOK_S", 0.02)
    monkeypatch.setattr(lacking, "GIVE_UP_S", 0.5)
    rules = tuple((name, min(patience_s, 0.1), holds) for name, patience_s, holds in lacking.RULES)
    monkeypatch.setattr(lacking, "RULES", rules)


def prove(device: Device, **changes: object) -> None:
    device.places.run.mkdir(parents=True, exist_ok=True)
    facts = {"microphone": True, "scoring": True, "loudspeaker": True, "conductor": True, "token": True, **changes}
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    write(device.places.run / "proof.json", Proof(version="1", since_boot_s=now_s, **facts))  # type: ignore[arg-type]


def said(device: Device, journal: str = "") -> list[str]:
    words: list[str] = []
    assert speak(device.places, lambda name, places: words.append(name), lambda: journal) == 0
    return words


def test_a_device_that_works_says_so_once_for_each_configuration(tmp_path: Path) -> None:
    device = Device(tmp_path)
    put(tmp_path, "proc/net/route", OUT)
    device.lay(GOOD)
    device.start()
    prove(device)
    assert said(device) == ["ready"]
    assert said(device) == []
    device.lay(GOOD.replace("Nest", "Loft"))
    device.start()
    assert said(device) == ["ready"]


def test_what_is_lacking_is_said_and_looked_for_again_at_the_next_start(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.lay(GOOD)
    device.start()
    prove(device, token=False)
    assert said(device, "wlan0: reason=WRONG_KEY") == ["no_wifi_password"]
    assert said(device) == ["no_network"]
    put(tmp_path, "proc/net/route", OUT)
    prove(device, token=False, troubles=("token_refused",))
    assert said(device) == ["no_key"]


def test_without_the_daemon_the_cards_are_looked_at(tmp_path: Path) -> None:
    device = Device(tmp_path)
    put(tmp_path, "proc/net/route", OUT)
    device.lay(GOOD)
    device.start()
    assert said(device) == ["no_sound_card"]


def test_a_device_that_nobody_set_up_asks_for_it(tmp_path: Path) -> None:
    assert said(Device(tmp_path)) == ["not_set_up"]
