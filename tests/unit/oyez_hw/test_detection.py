"""Boards are recognised by what they say of themselves, whatever else is plugged in and however it is numbered."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez_hw.catalogue import known
from oyez_hw.detection import WEIGHTS, detect, devices
from oyez_hw.machine import Card, HatRead, Pcm, Snapshot, Stream, UsbDevice
from oyez_hw.probe import snapshot
from tests.unit.oyez_hw.machines_shown import NAMES, laid_out

ENTRIES = list(known().values())


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_as_its_owner_printed_it_gets_the_right_board_or_the_right_sentence(
    name: str, tmp_path: Path
) -> None:
    shown = laid_out(name, tmp_path)
    finding = detect(snapshot(tmp_path), ENTRIES)
    assert (finding.chosen.name if finding.chosen else "") == shown.auto, finding.sentence
    for word in shown.words:
        assert word in finding.sentence
    assert finding.may_come == shown.may_come
    if finding.chosen:
        capture_device, playback_device = devices(known()[shown.auto], finding.chosen)
        assert capture_device == shown.capture_device
        assert playback_device == (shown.playback_device or _own_playback(shown.auto, shown.capture_device))


def _own_playback(name: str, capture_device: str) -> str:
    return capture_device if "{card}" in known()[name].playback.device else known()[name].playback.device


IDS = [id for entry in ENTRIES for id in entry.recognised.card_ids]
PCM_NAMES = [pcm for entry in ENTRIES for pcm in entry.recognised.pcms]
USB = [usb for entry in ENTRIES for usb in entry.recognised.usb]
HATS = [hat for entry in ENTRIES for hat in entry.recognised.hats]
pcms = st.builds(Pcm, st.integers(0, 3), st.sampled_from([*PCM_NAMES, "USB Audio", ""]), st.booleans(), st.booleans())
cards = st.builds(
    Card,
    number=st.integers(0, 31),
    id=st.sampled_from([*IDS, "Device", "Device_1", "vc4hdmi0", "Headphones", ""]),
    name=st.sampled_from(["RPi DAC+", "snd_rpi_hifiberry_dacplus", "something"]),
    pcms=st.lists(pcms, max_size=2).map(tuple),
    usb_id=st.sampled_from([*USB, "0d8c:013c", "", ""]),
    usb_path=st.sampled_from(["1-1", "1-1.4", "3-2", ""]),
    capture=st.builds(Stream, st.sampled_from([(), (1,), (2,), (6,), (1, 6)])),
)
snapshots = st.builds(
    Snapshot,
    st.lists(cards, max_size=4, unique_by=(lambda card: card.number, lambda card: card.id)).map(tuple),
    st.none() | st.sampled_from([HatRead(hat.vendor, hat.product) for hat in HATS]) | st.just(HatRead("x", "y")),
    st.lists(st.builds(UsbDevice, st.sampled_from([*USB, "0d8c:013c"]), st.just("1-1.4")), max_size=2).map(tuple),
)


@given(snapshots)
def test_whatever_is_shown_something_true_is_said(machine: Snapshot) -> None:
    finding = detect(machine, ENTRIES)
    assert finding.sentence
    for one in finding.candidates:
        assert one.reasons
        entry = known()[one.name]
        if entry.recognised.usb:
            shown = {card.usb_id for card in machine.cards} | {device.id for device in machine.usb}
            assert shown & set(entry.recognised.usb)
    if finding.chosen:
        assert finding.chosen.capture is not None
        assert not finding.chosen.missing
        assert not finding.may_come


@given(snapshots, st.randoms(use_true_random=False))
def test_numbering_the_cards_anew_changes_neither_the_board_nor_the_names_of_its_devices(
    machine: Snapshot, chance: random.Random
) -> None:
    numbers = [card.number for card in machine.cards]
    chance.shuffle(numbers)
    cards_anew = [replace(card, number=number) for card, number in zip(machine.cards, numbers, strict=True)]
    chance.shuffle(cards_anew)
    before, after = detect(machine, ENTRIES), detect(replace(machine, cards=tuple(cards_anew)), ENTRIES)
    assert (before.chosen is None) == (after.chosen is None)
    if before.chosen and after.chosen:
        assert before.chosen.name == after.chosen.name
        assert devices(known()[before.chosen.name], before.chosen) == devices(known()[after.chosen.name], after.chosen)


@given(st.sampled_from(USB), st.sampled_from(["Headphones", "vc4hdmi0", "b1", "Loopback"]))
def test_the_pi_s_own_cards_change_nothing(usb: str, own: str) -> None:
    board = Card(1, "Somehow", usb_id=usb, pcms=(Pcm(0, "USB Audio", True, True),), capture=Stream((2, 6, 1)))
    alone = detect(Snapshot((board,)), ENTRIES)
    beside = detect(Snapshot((Card(0, own, pcms=(Pcm(0, "x", False, True),)), board)), ENTRIES)
    assert alone.sentence == beside.sentence


def test_an_eeprom_outweighs_everything_that_a_card_without_usb_can_say() -> None:
    assert WEIGHTS["hat"] > WEIGHTS["card id"] + WEIGHTS["card name"] + WEIGHTS["pcm"]


def test_two_boards_at_once_are_the_operator_s_to_choose_from() -> None:
    array = Card(0, "Array", usb_id="2886:001a", pcms=(Pcm(0, "USB Audio", True, True),), capture=Stream((2,)))
    zero = Card(1, "Zero", pcms=(Pcm(0, "x da7213-hifi-0", True, True),))
    finding = detect(Snapshot((array, zero)), ENTRIES)
    assert finding.chosen is None
    assert (
        "respeaker-xvf3800 or codec-zero" in finding.sentence or "codec-zero or respeaker-xvf3800" in finding.sentence
    )
    assert "set board.name" in finding.sentence


def test_the_second_card_of_a_kind_is_known_by_its_number_at_the_end() -> None:
    second = Card(3, "Zero_1", pcms=(Pcm(0, "x da7213-hifi-0", True, True),))
    finding = detect(Snapshot((second,)), [known()["codec-zero"]])
    assert finding.chosen is not None
    assert devices(known()["codec-zero"], finding.chosen) == ("hw:CARD=Zero_1,DEV=0", "hw:CARD=Zero_1,DEV=0")
    assert detect(Snapshot((replace(second, id="Zero_x"),)), [known()["codec-zero"]]).chosen is None


MICROPHONE = Card(5, "Device", usb_id="0d8c:013c", usb_path="1-1.3", pcms=(Pcm(0, "USB Audio", True, False),))
WEBCAM = Card(6, "Webcam", usb_id="046d:0826", usb_path="1-1.1", pcms=(Pcm(0, "USB Audio", True, False),))


def hifiberry(name: str) -> Card:
    return Card(1, "sndrpihifiberry", name=name, long_name=name, pcms=(Pcm(0, "x pcm512x-hifi-0", False, True),))


def test_a_sister_with_the_same_id_and_the_same_codec_is_another_board() -> None:
    for name, chosen in (("snd_rpi_hifiberry_dacplus", True), ("snd_rpi_hifiberry_dacplusadcpro", False)):
        finding = detect(Snapshot((hifiberry(name), MICROPHONE)), [known()["hifiberry-dac-plus"]])
        assert (finding.chosen is not None) == chosen


def test_which_of_two_usb_microphones_belongs_to_a_loudspeaker_s_board_is_not_guessed() -> None:
    finding = detect(
        Snapshot((hifiberry("snd_rpi_hifiberry_dacplus"), MICROPHONE, WEBCAM)), [known()["hifiberry-dac-plus"]]
    )
    assert finding.chosen is None
    assert not finding.may_come
    assert (
        "several USB microphones are plugged in (Webcam, Device): set board.name to hifiberry-dac-plus"
        in finding.sentence
    )


def test_a_usb_card_that_is_called_like_a_hat_is_none() -> None:
    card = Card(0, "Zero", usb_id="1234:5678", pcms=(Pcm(0, "da7213", True, True),))
    assert not detect(Snapshot((card,)), [known()["codec-zero"]]).candidates


def test_the_loudspeaker_of_a_bare_microphone_is_the_same_in_whatever_order_the_cards_come() -> None:
    first, second = (Card(number, id, pcms=(Pcm(0, "x", False, True),)) for number, id in ((1, "Amp"), (2, "Bass")))
    for cards_there in ((first, second, MICROPHONE), (replace(second, number=1), MICROPHONE, replace(first, number=2))):
        chosen = detect(Snapshot(cards_there), [known()["usb"]]).chosen
        assert chosen is not None
        assert devices(known()["usb"], chosen) == ("hw:CARD=Device,DEV=0", "hw:CARD=Amp,DEV=0")


def test_a_hat_that_waits_for_its_overlay_is_told_of_beside_the_card_that_is_taken() -> None:
    hat = HatRead("Raspberry Pi Ltd.", "Raspberry Pi Codec Zero")
    both = replace(MICROPHONE, pcms=(Pcm(0, "USB Audio", True, True),))
    finding = detect(Snapshot((both,), hat), ENTRIES)
    assert finding.chosen is not None
    assert finding.chosen.name == "usb"
    assert "codec-zero is there as well, but it has no sound card: put `dtoverlay=rpi-codeczero`" in finding.sentence
