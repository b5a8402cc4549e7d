"""A folder stands for the machine's /proc and /sys."""

from pathlib import Path

from hypothesis import given, strategies as st

from oyez_hw.machine import HatRead, Pcm, Stream, cards_of, pcms_of, streams_of
from oyez_hw.probe import located, snapshot
from tests.unit.oyez_hw.machines_shown import laid_out


def test_what_a_machine_shows_is_read_whole(tmp_path: Path) -> None:
    laid_out("xvf3800-six-channels", tmp_path)
    card = snapshot(tmp_path).cards[0]
    assert (card.id, card.usb_id, card.number) == ("Array", "2886:001a", 0)
    assert card.long_name.startswith("Seeed Studio reSpeaker XVF3800 4-Mic Array at usb-")
    assert card.pcms == (Pcm(0, "USB Audio", captures=True, plays=True),)
    assert (card.capture, card.playback) == (Stream((6,), (16_000,)), Stream((2,), (16_000,)))


def test_the_eeprom_s_zero_bytes_are_no_part_of_it(tmp_path: Path) -> None:
    laid_out("codec-zero", tmp_path)
    shown = snapshot(tmp_path)
    assert shown.hat == HatRead("Raspberry Pi Ltd.", "Raspberry Pi Codec Zero", "7c582b02-e8d3-4142-976d-24290cc45f3f")
    assert shown.model == "Raspberry Pi Zero W Rev 1.1"


def test_a_machine_without_sound_shows_nothing(tmp_path: Path) -> None:
    shown = snapshot(tmp_path)
    assert (shown.cards, shown.hat, shown.usb) == ((), None, ())


def test_a_card_is_found_by_its_port_under_whatever_name_it_comes_back(tmp_path: Path) -> None:
    laid_out("lite", tmp_path)
    port = tmp_path / "sys/devices/usb1/1-1/1-1.4/1-1.4:1.0"
    port.mkdir(parents=True)
    (tmp_path / "sys/class/sound/card2").mkdir(parents=True)
    (tmp_path / "sys/class/sound/card2/device").symlink_to(port)
    assert located("usb:1-1.4", tmp_path) == "hw:CARD=Lite,DEV=0"
    assert located("usb:1-1.3", tmp_path) == "usb:1-1.3"
    assert located("plughw:1,0", tmp_path) == "plughw:1,0"


def test_a_card_of_the_processor_has_no_port(tmp_path: Path) -> None:
    laid_out("codec-zero", tmp_path)
    device = tmp_path / "sys/devices/platform/soc/soc:sound"
    device.mkdir(parents=True)
    (tmp_path / "sys/class/sound/card0").mkdir(parents=True)
    (tmp_path / "sys/class/sound/card0/device").symlink_to(tmp_path / "sys/devices/platform")
    assert snapshot(tmp_path).cards[0].usb_path == ""


@given(st.text())
def test_no_text_makes_the_readers_fail(text: str) -> None:
    list(cards_of(text))
    pcms_of(text)
    streams_of(text)


@given(st.integers(0, 31), st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,14}", fullmatch=True), st.booleans())
def test_a_card_is_read_as_the_kernel_prints_it(number: int, id: str, long: bool) -> None:
    text = f"{number:2} [{id:<15}]: USB-Audio - Some - Name\n" + (
        " " * 22 + "Maker Some - Name at usb\n" if long else ""
    )
    (card,) = cards_of(text)
    assert (card.number, card.id, card.driver, card.name) == (number, id, "USB-Audio", "Some - Name")
    assert card.long_name == ("Maker Some - Name at usb" if long else "")
