"""From settings to drivers: what comes with the board, what the owner named, nothing where there is nothing."""

from pathlib import Path

import pytest

from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.gpio import GpioButtons, GpioLamps
from oyez_hw.lamp_frames import apa102
from oyez_hw.panel import NoButtons, NoLights, open_buttons, open_lights
from oyez_hw.panel_settings import SIMULATED_BUTTONS, ButtonLine, LampKind, LampSettings, PanelSettings
from oyez_hw.ports import Colour, HardwareError
from oyez_hw.simulated_panel import SimulatedButtons, SimulatedLamps
from oyez_hw.spi_lamps import SpiLamps


@pytest.mark.parametrize(
    ("kind", "simulated", "driver"),
    [
        ("auto", True, SimulatedLamps),
        ("auto", False, NoLights),
        ("none", True, NoLights),
        ("simulated", False, SimulatedLamps),
        ("apa102", True, SpiLamps),
        ("ws2812", False, SpiLamps),
        ("gpio", False, GpioLamps),
    ],
)
def test_each_kind_has_its_driver(kind: LampKind, simulated: bool, driver: type) -> None:
    assert type(open_lights(LampSettings(kind=kind, lines=(1,)), simulated=simulated)) is driver


def test_buttons_are_those_that_were_named_and_else_those_of_the_board() -> None:
    named = PanelSettings(buttons=(ButtonLine(line=17),))
    assert isinstance(open_buttons(named, simulated=False), GpioButtons)
    assert isinstance(open_buttons(named, simulated=True), SimulatedButtons)
    assert isinstance(open_buttons(PanelSettings(), simulated=False), NoButtons)
    assert open_board(BoardSettings(name="simulated")).pressable == SIMULATED_BUTTONS
    assert open_board(BoardSettings(name="simulated"), named).pressable == named.buttons


def test_a_board_says_whether_it_has_lamps() -> None:
    assert open_board(BoardSettings(name="simulated")).lit
    assert not open_board(BoardSettings()).lit


def test_no_lamps_and_no_buttons_bear_everything() -> None:
    lights, buttons = NoLights(), NoButtons()
    lights.open()
    lights.show([Colour(1.0, 0.0, 0.0)])
    lights.close()
    assert dict(buttons.open()) == {}
    assert buttons.read() == []
    buttons.close()
    with pytest.raises(RuntimeError, match="no buttons"):
        buttons.fileno()


def test_a_supply_that_cannot_be_switched_is_told_before_the_bus_is_asked(tmp_path: Path) -> None:
    bus = tmp_path / "spidev0.0"
    lamps = LampSettings(kind="apa102", spi_device=str(bus), chip=str(tmp_path / "gpiochip0"), power_line=5)
    with pytest.raises(HardwareError, match="GPIO"):
        open_lights(lamps, simulated=False).open()
    assert apa102([]) == bytes(4) + bytes(4)
