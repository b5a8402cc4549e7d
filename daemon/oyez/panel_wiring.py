"""From the tables [lights] and [buttons] to what the board's drivers are told. Pure."""

from oyez.config import Config
from oyez_hw.panel_settings import ButtonLine, LampSettings, PanelSettings


def panel_settings(config: Config) -> PanelSettings:
    lights, buttons = config.lights, config.buttons
    return PanelSettings(
        lamps=LampSettings(
            kind=lights.kind,
            count=lights.count,
            spi_device=lights.spi_device,
            chip=lights.gpio_chip,
            lines=tuple(lights.lines),
            active_low=lights.active_low,
            power_line=lights.power_line,
            current_ma=lights.current_ma,
        ),
        chip=buttons.gpio_chip,
        buttons=tuple(
            ButtonLine(line=one.line, use=one.use, active_low=one.active_low, pull=one.pull) for one in buttons.lines
        ),
    )
