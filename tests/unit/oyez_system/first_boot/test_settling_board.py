"""First boot lays the lines of the board that it finds, on a card in a folder."""

from pathlib import Path

import pytest

from tests.doubles.pi import put
from tests.unit.oyez_system.first_boot.device import GOOD, Device


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_the_lines_of_a_named_board_are_laid_and_the_device_starts_again_once(device: Device) -> None:
    device.lay(GOOD)
    device.start()
    assert device.restarts == 1
    assert "dtoverlay=wm8960-soundcard,alsaname=respeaker2mic" in device.places.board.read_text()
    for _ in range(5):
        device.start()
    assert device.restarts == 1


def test_a_board_that_this_image_cannot_drive_is_told_beside_the_file_until_it_can(device: Device) -> None:
    overlay = device.places.boot / "overlays/wm8960-soundcard.dtbo"
    description = overlay.read_bytes()
    overlay.unlink()
    device.lay('[board]\nname = "respeaker-2mic-v1"\n')
    for _ in range(2):
        assert device.start() == 0
    told = device.places.problems.read_text()
    assert told.count("respeaker-2mic-v1 will not be heard") == 1
    assert "overlays/wm8960-soundcard.dtbo, its description for the kernel, is missing" in told
    assert device.restarts == 0, "for nothing"
    overlay.write_bytes(description)
    device.start()
    assert (device.restarts, "dtoverlay=wm8960-soundcard" in device.places.board.read_text()) == (1, True)


def test_what_the_kernel_lacks_for_a_board_is_told_with_it(device: Device) -> None:
    (device.places.boot / "overlays/rpi-codeczero.dtbo").unlink(missing_ok=True)
    device.lay('[board]\nname = "codec-zero"\n')
    assert device.start() == 0
    assert "without the codec's driver (snd-soc-da7213)" in device.places.problems.read_text()


@pytest.mark.parametrize(
    ("board", "why"),
    [
        ("respeaker-2mic-v2", "without the codec's driver (snd-soc-tlv320aic3x-i2c)"),
        ("respeaker-4mic", "Its driver is in no kernel"),
        ("respeaker-6mic", "Its driver is in no kernel"),
        ("aiy-voice-bonnet", "Its driver is in no kernel"),
    ],
)
def test_a_board_without_a_driver_is_told_though_its_lamps_have_their_lines(
    device: Device, board: str, why: str
) -> None:
    device.lay(f'[board]\nname = "{board}"\n')
    for _ in range(3):
        assert device.start() == 0
    told = device.places.problems.read_text()
    assert told.count(f"{board} will not be heard") == 1
    assert why in told


def test_a_board_that_shows_itself_and_has_no_overlay_is_told_too(device: Device) -> None:
    (device.places.boot / "overlays/rpi-codeczero.dtbo").unlink()
    put(device.root, "proc/device-tree/hat/vendor", "Raspberry Pi Ltd.\0")
    put(device.root, "proc/device-tree/hat/product", "Raspberry Pi Codec Zero\0")
    device.lay("[device]\nid = 'x'\n")
    device.start()
    assert "The sound board that is there will not be heard" in device.places.problems.read_text()


def test_a_version_on_trial_changes_no_lines_and_restarts_nothing(device: Device) -> None:
    device.lay('[board]\nname = "respeaker-2mic-v1"\n')
    put(device.root, "proc/cmdline", "ro oyez.slot=B oyez.trial\n")
    assert device.start() == 0
    assert (device.restarts, device.places.board.exists()) == (0, False)
    put(device.root, "run/oyez-system/settled", "")
    assert device.start() == 0
    assert (device.restarts, device.places.board.exists()) == (1, True)


def test_a_hat_that_says_what_it_is_gets_its_lines(device: Device) -> None:
    put(device.root, "proc/device-tree/hat/vendor", "Raspberry Pi Ltd.\0")
    put(device.root, "proc/device-tree/hat/product", "Raspberry Pi Codec Zero\0")
    device.lay("[device]\nid = 'x'\n")
    device.start()
    assert device.restarts == 1
    assert "dtoverlay=rpi-codeczero" in device.places.board.read_text()
