"""A card is found again under another number, id or port, and a stranger in its place is not taken for it."""

from pathlib import Path

import pytest

from oyez_hw.card_finder import CardFinder
from oyez_hw.faults import Fault
from oyez_hw.ports import HardwareError

ARRAY = ("2886:0018", "ReSpeaker 4 Mic Array")
HEADSET = ("046d:0a44", "Headset")


class Machine:
    """A folder that stands for it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def shows(self, *cards: tuple[int, str, tuple[str, str], str]) -> None:
        """(number, id, (USB id, name), port) of each."""
        asound = self.root / "proc/asound"
        asound.mkdir(parents=True, exist_ok=True)
        lines = [f"{number:2} [{id:<15}]: USB-Audio - {kind[1]}\n" for number, id, kind, _ in cards]
        (asound / "cards").write_text("".join(lines))
        for number, _, (usb_id, _), port in cards:
            (asound / f"card{number}").mkdir(exist_ok=True)
            (asound / f"card{number}/usbid").write_text(usb_id)
            place = self.root / f"sys/devices/usb1/{port}/{port}:1.0"
            place.mkdir(parents=True, exist_ok=True)
            link = self.root / f"sys/class/sound/card{number}/device"
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(place)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def opened(machine: Machine, device: str) -> CardFinder:
    finder = CardFinder(device, machine.root)
    finder.remember(finder.name())
    return finder


def test_before_it_was_ever_opened_the_name_is_as_it_was_written(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1"))
    assert CardFinder("plughw:3,0", machine.root).name() == "plughw:3,0"


@pytest.mark.parametrize(
    ("device", "after"),
    [
        ("plughw:1,0", "plughw:Array_1,0"),
        ("hw:CARD=Array,DEV=0", "hw:CARD=Array_1,DEV=0"),
        ("hw:Array", "hw:Array_1"),
    ],
)
def test_under_another_number_and_id_it_is_found_in_its_port(machine: Machine, device: str, after: str) -> None:
    """The id grows a number where the old card was still held open when the new one came."""
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, device)
    machine.shows((0, "Headset", HEADSET, "1-1.2"), (2, "Array_1", ARRAY, "1-1.4"))
    assert finder.name() == after


def test_a_name_by_id_that_still_fits_stays(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "plughw:CARD=Array,DEV=0")
    machine.shows((3, "Array", ARRAY, "1-1.4"))
    assert finder.name() == "plughw:CARD=Array,DEV=0"


def test_in_another_port_it_is_found_where_there_is_only_one_of_its_kind(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "plughw:1,0")
    machine.shows((2, "Array", ARRAY, "1-1.2"))
    assert finder.name() == "plughw:Array,0"
    machine.shows((2, "Array", ARRAY, "1-1.2"), (3, "Array_1", ARRAY, "1-1.3"))
    assert finder.name() == "plughw:1,0", "nobody can tell which of the two it is"


def test_of_two_alike_the_one_in_the_same_port_is_meant(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"), (2, "Array_1", ARRAY, "1-1.3"))
    finder = opened(machine, "plughw:1,0")
    machine.shows((1, "Array", ARRAY, "1-1.3"), (2, "Array_1", ARRAY, "1-1.4"))
    assert finder.name() == "plughw:Array_1,0"


def test_a_stranger_that_was_given_its_number_is_not_listened_to(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "plughw:1,0")
    machine.shows((1, "Headset", HEADSET, "1-1.2"))
    with pytest.raises(HardwareError, match=r"ReSpeaker 4 Mic Array is away.* is now that of Headset") as caught:
        finder.name()
    assert caught.value.fault is Fault.ABSENT


def test_a_name_of_no_card_stays_whatever_the_machine_shows(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "default")
    machine.shows()
    assert finder.name() == "default"


def test_a_port_s_card_is_found_by_the_port(machine: Machine) -> None:
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "usb:1-1.4")
    machine.shows((2, "Array_1", ARRAY, "1-1.4"))
    assert finder.name() == "hw:CARD=Array_1,DEV=0"


def test_a_port_is_meant_and_no_card_of_the_same_kind_elsewhere(machine: Machine) -> None:
    """It was asked for as `usb:Array`, which no card is called."""
    machine.shows((1, "Array", ARRAY, "1-1.4"))
    finder = opened(machine, "usb:1-1.4")
    machine.shows((2, "Array", ARRAY, "1-1.2"))
    assert finder.name() == "usb:1-1.4"


def test_of_two_alike_the_other_one_is_never_taken_for_the_one_that_was_unplugged(machine: Machine) -> None:
    """Two dongles of one make, one for the microphone and one for the loudspeaker: whoever listened to the wrong one
    was deaf for good, without a word."""
    machine.shows((1, "Device", HEADSET, "1-1.4"), (2, "Device_1", HEADSET, "1-1.3"))
    finder = opened(machine, "plughw:CARD=Device,DEV=0")
    machine.shows((2, "Device_1", HEADSET, "1-1.3"))
    assert finder.name() == "plughw:CARD=Device,DEV=0", "opening it will say that it is away"
    machine.shows((1, "Device", HEADSET, "1-1.3"))
    with pytest.raises(HardwareError, match="is away"):
        finder.name()
    machine.shows((1, "Device", HEADSET, "1-1.3"), (2, "Device_1", HEADSET, "1-1.2"))
    assert finder.name() == "plughw:CARD=Device_1,DEV=0", "in a new port"
