"""From settings to drivers of lamps and buttons. Nothing is opened yet."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from oyez_hw.gpio import GpioButtons, GpioLamps, GpioOutputs
from oyez_hw.lamp_frames import APA102_HZ, WS2812_HZ, apa102, ws2812
from oyez_hw.panel_settings import SIMULATED_BUTTONS, ButtonLine, LampSettings, PanelSettings
from oyez_hw.ports import Buttons, Colour, Edge, Lights
from oyez_hw.simulated_panel import SimulatedButtons, SimulatedLamps
from oyez_hw.spi_lamps import SpiLamps, open_bus


class NoLights:
    """A board without lamps."""

    def open(self) -> None: ...

    def show(self, picture: Sequence[Colour]) -> None: ...

    def close(self) -> None: ...


class NoButtons:
    """A board without buttons: nobody waits for them."""

    def open(self) -> Mapping[int, bool]:
        return {}

    def fileno(self) -> int:
        raise RuntimeError("this board has no buttons to wait for")

    def read(self) -> Sequence[Edge]:
        return []

    def close(self) -> None: ...


def open_lights(lamps: LampSettings, *, simulated: bool) -> Lights:
    """simulated: the board is. `auto` is what comes with it."""
    kind = lamps.kind if lamps.kind != "auto" else "simulated" if simulated else "none"
    match kind:
        case "simulated":
            return SimulatedLamps(lamps.count, most_ma=lamps.current_ma)
        case "apa102":
            bus = partial(open_bus, lamps.spi_device, APA102_HZ)
            return SpiLamps(lamps.count, apa102, bus, lamps.current_ma, _power(lamps))
        case "ws2812":
            bus = partial(open_bus, lamps.spi_device, WS2812_HZ)
            return SpiLamps(lamps.count, ws2812, bus, lamps.current_ma, _power(lamps))
        case "gpio":
            outputs = GpioOutputs(lamps.chip, lamps.lines, active_low=lamps.active_low)
            return GpioLamps(outputs, len(lamps.lines))
        case _:
            return NoLights()


def buttons_of(panel: PanelSettings, *, simulated: bool) -> tuple[ButtonLine, ...]:
    """What there is to press, in the order by which edges name it."""
    return panel.buttons or (SIMULATED_BUTTONS if simulated else ())


def open_buttons(panel: PanelSettings, *, simulated: bool) -> Buttons:
    lines = buttons_of(panel, simulated=simulated)
    if simulated:
        return SimulatedButtons(lines)
    return GpioButtons(panel.chip, lines) if lines else NoButtons()


def _power(lamps: LampSettings) -> Callable[[bool], None]:
    if lamps.power_line is None:
        return lambda on: None
    supply = GpioOutputs(lamps.chip, [lamps.power_line])

    def switch(on: bool) -> None:
        if on:
            supply.open()
            supply.set([True])
        else:
            supply.close()

    return switch
