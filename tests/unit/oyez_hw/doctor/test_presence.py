"""Whether the board is there, by the files of machines that people have shown and of machines that lack something."""

from pathlib import Path

import pytest

from oyez_hw.board_settings import settings_for
from oyez_hw.catalogue import known
from oyez_hw.doctor.board_facts import BoardFacts
from oyez_hw.doctor.finding import Finding
from oyez_hw.doctor.presence_reading import Wanted, read_board
from oyez_hw.doctor.presence_rules import judge_board
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot
from tests.doubles.pi import put
from tests.unit.oyez_hw.machines_shown import NAMES, laid_out

TWO_MIC = "respeaker-2mic-v1"
ITS_CARD = " 1 [respeaker2mic  ]: respeaker2mic - respeaker2mic\n                      respeaker2mic\n"
NEEDED = "dtparam=i2c_arm=on\ndtoverlay=wm8960-soundcard,alsaname=respeaker2mic\n"


def found(root: Path, wanted: Wanted) -> list[Finding]:
    return list(judge_board(read_board(root, wanted), ask_owner=False))


def names(root: Path, wanted: Wanted) -> list[str]:
    return [finding.name for finding in found(root, wanted)]


def two_mic(root: Path) -> Wanted:
    """As the configuration has it that says no more than its name."""
    device = settings_for(TWO_MIC, snapshot(root))["capture_device"]
    return Wanted(TWO_MIC, device)


def boot(root: Path, config: str, *overlays: str) -> None:
    put(root, "boot/firmware/config.txt", config)
    for name in overlays:
        put(root, f"boot/firmware/overlays/{name}.dtbo", "")


def hat(root: Path, vendor: str, product: str) -> None:
    put(root, "proc/device-tree/hat/vendor", f"{vendor}\0")
    put(root, "proc/device-tree/hat/product", f"{product}\0")


def usb(root: Path, id: str, product: str) -> None:
    vendor, _, number = id.partition(":")
    for name, text in (("idVendor", vendor), ("idProduct", number), ("product", product)):
        put(root, f"sys/bus/usb/devices/1-1.4/{name}", f"{text}\n")
    put(root, "sys/bus/usb/devices/1-1.4:1.0/bInterfaceClass", "01\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_on_which_a_board_is_taken_lacks_nothing(tmp_path: Path, name: str) -> None:
    """Whatever else is plugged in there; and one on which none is taken is never called well."""
    shown = laid_out(name, tmp_path)
    try:
        device, away = settings_for("auto", snapshot(tmp_path))["capture_device"], ""
    except HardwareError as error:
        device, away = "", str(error)
    said = [one for one in names(tmp_path, Wanted("auto", device, away)) if one != "driver_outside"]
    assert bool(said) == (shown.auto == "")


def test_a_board_without_its_lines_is_found_by_its_eeprom(tmp_path: Path) -> None:
    entry = next(one for one in known().values() if one.recognised.hats and one.boot.config_txt)
    hat(tmp_path, entry.recognised.hats[0].vendor, entry.recognised.hats[0].product)
    (finding,) = found(tmp_path, Wanted("auto", away="it is away: plug it in"))
    assert finding.name == "board_incomplete"
    assert entry.boot.config_txt[0] in finding.remedy
    boot(tmp_path, entry.boot.config_txt[0])
    assert names(tmp_path, Wanted("auto", away="it is away: plug it in")) == ["overlay_missing"]


def test_of_a_named_board_the_first_thing_that_is_lacking_is_told(tmp_path: Path) -> None:
    """Overlay, lines, card; and with the card nothing is."""
    boot(tmp_path, "# nothing\n", "vc4-kms-v3d")
    (finding,) = found(tmp_path, two_mic(tmp_path))
    assert finding.name == "overlay_missing"
    assert "wm8960-soundcard" in finding.what
    boot(tmp_path, "#dtoverlay=wm8960-soundcard\n", "wm8960-soundcard")
    (finding,) = found(tmp_path, two_mic(tmp_path))
    assert finding.name == "board_incomplete"
    assert "`dtoverlay=wm8960-soundcard,alsaname=respeaker2mic`" in finding.remedy
    put(tmp_path, "boot/firmware/board.txt", NEEDED)
    assert names(tmp_path, two_mic(tmp_path)) == ["board_absent"]
    put(tmp_path, "proc/asound/cards", ITS_CARD)
    assert names(tmp_path, two_mic(tmp_path)) == []


def test_a_board_whose_card_is_there_needs_no_overlay_of_ours(tmp_path: Path) -> None:
    """Somebody's own, under a name of its own, which the configuration says."""
    boot(tmp_path, "# nothing\n")
    put(tmp_path, "proc/asound/cards", ITS_CARD.replace("respeaker2mic", "mine"))
    assert names(tmp_path, Wanted(TWO_MIC, "plughw:CARD=mine,DEV=0")) == []
    assert names(tmp_path, two_mic(tmp_path)) == ["overlay_missing"]


def test_off_a_raspberry_pi_nobody_asks_for_overlays(tmp_path: Path) -> None:
    assert names(tmp_path, two_mic(tmp_path)) == ["board_absent"]


def test_a_usb_device_that_no_driver_has_taken_is_the_cause_and_told_alone(tmp_path: Path) -> None:
    usb(tmp_path, "2886:0019", "ReSpeaker Lite")
    away = Wanted("auto", away="no sound card is there: plug one in")
    (finding,) = found(tmp_path, away)
    assert finding.name == "usb_without_driver"
    assert "ReSpeaker Lite (2886:0019, port 1-1.4)" in finding.what
    (tmp_path / "sys/bus/usb/devices/1-1.4:1.0/driver").mkdir()
    assert names(tmp_path, away) == ["board_incomplete"]


def test_a_device_without_a_driver_does_not_matter_where_a_board_works(tmp_path: Path) -> None:
    usb(tmp_path, "046d:0825", "Webcam")
    put(tmp_path, "proc/asound/cards", ITS_CARD)
    assert names(tmp_path, two_mic(tmp_path)) == []
    assert names(tmp_path, Wanted("simulated")) == []


def test_a_board_on_the_pins_that_nobody_knows_is_told_of_only_without_a_sound_card(tmp_path: Path) -> None:
    hat(tmp_path, "Somebody", "PoE HAT")
    assert names(tmp_path, Wanted("auto", away="none: plug one in")) == ["board_away", "hat_unknown"]
    put(tmp_path, "proc/asound/cards", ITS_CARD)
    assert names(tmp_path, two_mic(tmp_path)) == []


@pytest.mark.parametrize(
    ("device", "told"), [("hw:CARD=Gone,DEV=0", ["card_not_there"]), ("hw:1", []), ("default", []), ("pulse", [])]
)
def test_a_card_that_is_named_must_be_there_and_other_names_may_be_anything(
    tmp_path: Path, device: str, told: list[str]
) -> None:
    put(tmp_path, "proc/asound/cards", ITS_CARD)
    assert names(tmp_path, Wanted("alsa", device)) == told


def test_without_a_board_and_without_a_name_for_one_there_are_no_facts(tmp_path: Path) -> None:
    assert read_board(tmp_path) == BoardFacts()


def test_the_owner_of_an_unproven_board_is_asked_for_the_bench() -> None:
    facts = BoardFacts(name="respeaker", title="ReSpeaker", proven=False, in_kernel=True, works=True)
    assert [finding.name for finding in judge_board(facts, ask_owner=True)] == ["unproven"]
    assert list(judge_board(facts, ask_owner=False)) == []
    outside = BoardFacts(name="x", title="X", proven=True, in_kernel=False, works=True)
    assert [finding.name for finding in judge_board(outside, ask_owner=True)] == ["driver_outside"]
