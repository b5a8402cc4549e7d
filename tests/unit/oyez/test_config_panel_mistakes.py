"""Every mistake in the tables of lights and buttons is named with its line and its path."""

import pytest

from oyez.config import Config
from oyez.config_file import parse
from oyez.errors import ConfigError
from oyez.panel_wiring import panel_settings
from oyez_hw.panel_settings import ButtonLine, LampSettings, PanelSettings

BUTTON = "[[buttons.lines]]\nline = {}\n"


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, "oyez.toml")
    return caught.value.mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[lights]\nkind = "gpio"\n', "lights.lines is missing"),
        ('[lights]\nkind = "apa102"\nlines = [3]\n', "lights.lines has no effect while lights.kind is apa102"),
        ('[lights]\nkind = "gpio"\nlines = [3, 3]\n', "lights.lines names a line twice"),
        ('[lights]\nkind = "apa103"\n', "Did you mean apa102?"),
        ("[lights]\ncount = 65\n", "lights.count is 65"),
        ('[lights]\nspi_device = "spidev0.0"\n', "lights.spi_device must look like /dev/spidev0.0"),
        ('[buttons]\nshort = "talk"\n', "buttons.short is 'talk': it must be one of listen_or_stop"),
        ("[[buttons.lines]]\n", "buttons.lines[0].line is missing"),
        (BUTTON.format(17) + 'use = "mute-switch"\n', "Did you mean mute_switch?"),
        (BUTTON.format(17) * 2, "buttons.lines[1].line is 17, as another one's"),
        ('[lights]\nkind = "gpio"\nlines = [17]\n' + BUTTON.format(17), "line is 17, which the lights have"),
        ('[lights]\nkind = "ws2812"\npower_line = 5\n' + BUTTON.format(5), "line is 5, which the lights have"),
    ],
)
def test_it_is_named(text: str, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes(text)), mistakes(text)


def test_lines_of_two_chips_may_have_the_same_number() -> None:
    text = '[lights]\nkind = "gpio"\nlines = [17]\ngpio_chip = "/dev/gpiochip1"\n' + BUTTON.format(17)
    assert parse(text, "oyez.toml").lights.lines == [17]


def test_what_is_configured_is_what_the_drivers_are_told() -> None:
    text = """
        [lights]
        kind = "ws2812"
        count = 8
        spi_device = "/dev/spidev1.0"
        power_line = 5
        current_ma = 250
        [[buttons.lines]]
        line = 17
        [[buttons.lines]]
        line = 27
        use = "mute_switch"
        active_low = false
        pull = "down"
    """
    told = panel_settings(parse(text, "oyez.toml"))
    assert told == PanelSettings(
        lamps=LampSettings(kind="ws2812", count=8, spi_device="/dev/spidev1.0", power_line=5, current_ma=250.0),
        buttons=(ButtonLine(line=17), ButtonLine(line=27, use="mute_switch", active_low=False, pull="down")),
    )


def test_where_nothing_is_configured_the_drivers_have_their_own_defaults() -> None:
    assert panel_settings(Config()) == PanelSettings()
