"""Every entry of the catalogue is complete, names its sources, and asks for nothing that the kernel does not ship."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez_hw.board_pages import sheet
from oyez_hw.catalogue import CatalogueError, board_names, known
from oyez_hw.catalogue.contradictions import used_lines
from oyez_hw.catalogue.entry import Lights
from oyez_hw.catalogue.overlays import mistakes, names
from oyez_hw.catalogue.reading import parse
from oyez_hw.catalogue.shelf import FOLDER, shipped_overlays

ROOT = Path(__file__).parents[3]
WANTED = {
    "ReSpeaker 2-Mic HAT": ["respeaker-2mic-v1", "respeaker-2mic-v2"],
    "4-Mic Array HAT": ["respeaker-4mic"],
    "6-Mic circular": ["respeaker-6mic"],
    "USB Mic Array v2.0": ["respeaker-usb-v2", "respeaker-usb-v2-mono"],
    "XVF3800": ["respeaker-xvf3800", "respeaker-xvf3800-6ch"],
    "ReSpeaker Lite": ["respeaker-lite"],
    "Adafruit Voice Bonnet": ["adafruit-voice-bonnet"],
    "Google AIY Voice Bonnet": ["aiy-voice-bonnet"],
    "Codec Zero": ["codec-zero"],
    "DAC+ / HiFiBerry DAC+": ["dac-plus", "hifiberry-dac-plus"],
    "INMP441/ICS-43434 with MAX98357A": ["i2s-max98357a"],
    "any USB sound card": ["usb"],
    "simulated": ["simulated"],
    "virtual": ["virtual"],
}
SPARE = """name = "spare"
title = "A board"
drivers = "kernel"
[recognised]
card_ids = ["Spare"]
[boot]
works = "All of it."
[capture]
rate_hz = 48_000
channels = 2
[playback]
rate_hz = 48_000
channels = 2
[[facts]]
about = ["recognised", "boot", "capture", "playback"]
by = "vendor page"
source = "https://example.org/spare"
"""


def told(text: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        parse(text, "spare", shipped_overlays())
    return "\n".join(caught.value.mistakes)


@pytest.mark.parametrize("name", board_names())
def test_an_entry_is_in_order(name: str) -> None:
    """The lint: parse() names what is missing, unknown or contradictory, and overlays that the kernel has not."""
    entry = parse((FOLDER / f"{name}.toml").read_text("utf-8"), name, shipped_overlays())
    assert entry == known()[name]
    assert all(fact.source or fact.note for fact in entry.facts)


def test_every_board_of_the_list_is_there() -> None:
    assert {name for entries in WANTED.values() for name in entries} <= set(known())


def test_nothing_that_nobody_ran_is_called_proven() -> None:
    assert [entry.name for entry in known().values() if entry.proven] == ["simulated", "virtual"]


def test_no_gpio_line_of_a_board_is_one_that_its_sound_needs() -> None:
    """I2C 2 and 3, I2S 18 to 21, the HAT's EEPROM 0 and 1."""
    taken = {0, 1, 2, 3, 18, 19, 20, 21}
    for entry in known().values():
        assert not taken & set(used_lines(entry)), entry.name


def test_the_spare_board_of_these_tests_is_in_order() -> None:
    assert parse(SPARE, "spare", shipped_overlays()).title == "A board"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('title = "A board"\n', "", "title is missing"),
        (
            "rate_hz = 48_000\nchannels = 2\n[playback]",
            'rate_hz = "fast"\nchannels = 2\n[playback]',
            "capture.rate_hz: ",
        ),
        (
            "rate_hz = 48_000\nchannels = 2\n[playback]",
            "rate_khz = 48\nchannels = 2\n[playback]",
            "Did you mean rate_hz?",
        ),
        ('by = "vendor page"', 'by = "hearsay"', "facts[0].by: "),
        ('name = "spare"', 'name = "other"', "name is other, and the file is called spare"),
        ('source = "https://example.org/spare"', "", "facts[0]: names no source"),
        ('by = "vendor page"', 'by = "unverified"', "does not say why"),
        (', "playback"]', "]", "what stands under playback comes from"),
        (', "playback"]', ', "playback", "lights"]', "something is said about lights"),
        ('card_ids = ["Spare"]', "", "recognised says nothing"),
        ("[boot]", '[boot]\nconfig_txt = ["dtoverlay=seeed-2mic-voicecard"]', "does not ship"),
        ("[boot]", '[boot]\nconfig_txt = ["overlay=x"]', "is no line for config.txt"),
        ("channels = 2\n[playback]", "channels = 2\nreference_channels = [2]\n[playback]", "delivers only 2"),
        ("channels = 2\n[playback]", "channels = 2\nclean_channel = 0\n[playback]", "cancels echo"),
        ('drivers = "kernel"', 'drivers = "kernel"\nproven = true', "proven is true exactly where"),
        ('drivers = "kernel"', 'drivers = "vendor overlay"', "boot.vendor_overlay"),
        (
            'drivers = "kernel"\n[recognised]\ncard_ids = ["Spare"]\n[boot]',
            'drivers = "out of tree"\n[recognised]\ncard_ids = ["Spare"]\n[boot]\nconfig_txt = ["dtoverlay=max98357a"]',
            "loads an overlay for drivers that are not there",
        ),
        (
            "[[facts]]",
            '[lights]\nkind = "apa102"\ncount = 3\nlayout = "row"\nbus = "spi"\nspi_device = "x"\n[[facts]]',
            "boot.config_txt has no dtparam=spi=on",
        ),
        ("[[facts]]", '[mute_switch]\nkind = "line"\n[[facts]]', "mute_switch.line belongs to"),
        (
            "[[facts]]",
            '[lights]\nkind = "apa102"\ncount = 3\nlayout = "row"\nbus = "spi"\n[[facts]]',
            "lights.spi_device",
        ),
        (
            "[[facts]]",
            '[[buttons]]\nuse = "action"\nline = 17\n[[buttons]]\nuse = "mute"\nline = 17\n[[facts]]',
            "GPIO 17 would be used for two things",
        ),
        ("[[facts]]", '[volume]\ncontrol = "x"\nlowest_db = 0.0\nhighest_db = -1.0\n[[facts]]', "no range between"),
        ('title = "A board"', "title =", "this is no TOML"),
    ],
)
def test_a_mistake_is_told_with_its_path(before: str, after: str, sentence: str) -> None:
    assert before in SPARE
    assert sentence in told(SPARE.replace(before, after, 1))


def test_remarks_in_the_list_of_overlays_are_no_overlays() -> None:
    assert names("# a list\nmax98357a  # an amplifier\n\n") == {"max98357a"}
    assert {"wm8960-soundcard", "googlevoicehat-soundcard", "rpi-codeczero"} <= shipped_overlays()
    assert not list(mistakes(["dtparam=spi=on", "dtoverlay=max98357a,no-sdmode"], shipped_overlays()))


@given(st.integers(1, 24), st.floats(-180, 180), st.booleans())
def test_the_lights_of_a_ring_stand_evenly_round_it(count: int, first_deg: float, clockwise: bool) -> None:
    lights = Lights(
        kind="apa102", count=count, layout="ring", first_deg=first_deg, clockwise=clockwise, bus="spi", spi_device="x"
    )
    directions = lights.directions_deg
    step = 360 / count * (1 if clockwise else -1)
    assert len(directions) == count
    assert all(-180 <= direction < 180 for direction in directions)
    for here, there in zip(directions, [*directions[1:], directions[0]], strict=True):
        assert (there - here - step + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", board_names())
def test_the_sheet_of_a_board_shows_its_lines_and_its_sources(name: str) -> None:
    entry = known()[name]
    text = "\n".join(sheet(entry))
    assert all(line in text for line in entry.boot.config_txt)
    assert all(fact.source in text for fact in entry.facts)
    assert all(caution in text for caution in entry.cautions)


def test_the_page_of_boards_is_made_from_the_catalogue() -> None:
    """`python docs/make_board_table.py` writes it."""
    spec = importlib.util.spec_from_file_location("make_board_table", ROOT / "docs" / "make_board_table.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text("utf-8")
    assert script.filled(page) == page, "run python docs/make_board_table.py"
