"""Factory reset, on a card in a folder."""

import argparse
from pathlib import Path

import pytest

from oyez_system.card.card import Card
from oyez_system.card.places import Places
from oyez_system.reset import command
from oyez_system.reset.command import Surroundings, ask, at_start
from tests.unit.oyez_system.first_boot.device import GOOD, SECRETS, Device, DoomedCard, PowerCut

SHIPPED = (Path(__file__).parents[4] / "image/boot/board.txt").read_bytes()


def lived_in(root: Path) -> Device:
    """Set up, used, and with both systems' own things beside it."""
    device = Device(root)
    device.lay(GOOD)
    device.start()
    for name in ("oyez/remembered.json", "oyez/locker/clip.wav", "oyez-backend/devices.json", "rauc/status"):
        path = device.places.data / "var/lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
    return device


def start(device: Device, card: Card | None = None, *, button: bool = False) -> None:
    """As the unit does: the reset first, then what is newly laid."""
    restarts: list[bool] = []
    here = Surroundings(device.places, card or Card(), lambda places: button, lambda: restarts.append(True))
    assert at_start(here) == 0
    if not restarts:
        device.start(card)


def as_flashed(device: Device) -> bool:
    kept = {name for name in device.kept() if not name.startswith("var/lib/rauc")}
    return not kept and device.on_boot() == device.flashed | {"board.txt": SHIPPED}


@pytest.mark.parametrize("name", ["oyez-reset", "oyez-reset.txt"])
def test_a_file_on_the_boot_partition_erases_everything_once(tmp_path: Path, name: str) -> None:
    device = lived_in(tmp_path)
    (device.places.boot / name).touch()
    start(device)
    assert as_flashed(device)
    assert device.kept() == {"var/lib/rauc/status": b"kept"}
    device.lay(GOOD)
    start(device)
    start(device)
    assert device.places.config.exists()


def test_a_file_newly_laid_beside_the_request_counts(tmp_path: Path) -> None:
    device = lived_in(tmp_path)
    device.lay(GOOD.replace("kitchen", "attic"))
    (device.places.boot / "oyez-reset").touch()
    start(device)
    start(device)
    assert device.places.hostname.read_text() == "attic\n"


def test_the_button_erases_and_without_it_nothing_is_touched(tmp_path: Path) -> None:
    device = lived_in(tmp_path)
    before = device.kept()
    start(device)
    assert device.kept() == before
    start(device, button=True)
    assert as_flashed(device)


def test_a_request_by_mqtt_is_taken_up_and_done_at_the_next_start(tmp_path: Path) -> None:
    device = lived_in(tmp_path)
    start(device)
    assert (device.places.run / "resettable").exists()
    (device.places.run / "factory-reset").touch()
    restarts: list[bool] = []
    assert ask(Surroundings(device.places, restart=lambda: restarts.append(True)), "by MQTT") == 0
    assert restarts
    assert not (device.places.run / "factory-reset").exists()
    start(device)
    assert as_flashed(device)


def test_without_a_request_the_command_erases_nothing(tmp_path: Path) -> None:
    device = lived_in(tmp_path)
    before = device.kept()
    assert command.run(argparse.Namespace(root=tmp_path, boot=None, at_start=False, yes=False)) == 2
    assert device.kept() == before


def test_a_machine_without_our_card_is_never_reset(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    places.boot.mkdir(parents=True)
    (places.boot / "oyez-reset").touch()
    assert at_start(Surroundings(places)) == 0
    assert (places.boot / "oyez-reset").exists()


def test_a_power_cut_at_any_moment_ends_in_a_device_as_flashed(tmp_path: Path) -> None:
    counted = lived_in(tmp_path / "counted")
    (counted.places.boot / "oyez-reset").touch()
    card = DoomedCard()
    start(counted, card)
    assert card.steps > 20
    for cut_at in range(card.steps):
        device = lived_in(tmp_path / str(cut_at))
        (device.places.boot / "oyez-reset").touch()
        with pytest.raises(PowerCut):
            start(device, DoomedCard(cut_at))
        start(device)
        assert as_flashed(device), f"cut at {cut_at}"
        assert not any(secret.encode() in device.all_bytes() for secret in SECRETS)
