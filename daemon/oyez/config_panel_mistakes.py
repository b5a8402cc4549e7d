"""Contradictions in the tables [lights] and [buttons]: what each value alone does not show. Pure."""

from collections import Counter
from collections.abc import Iterator

from oyez.config import Config
from oyez.config_panel import Buttons, Lights
from oyez.mistake import Mistake


def panel_mistakes(config: Config) -> Iterator[Mistake]:
    lights, buttons = config.lights, config.buttons
    yield from _lamps(lights)
    yield from _contacts(buttons)
    if lights.gpio_chip == buttons.gpio_chip:
        lit = {*lights.lines, *([] if lights.power_line is None else [lights.power_line])}
        for number, button in enumerate(buttons.lines):
            if button.line in lit:
                yield Mistake(f"buttons.lines[{number}].line", f"is {button.line}, which the lights have: one of both.")


def _lamps(lights: Lights) -> Iterator[Mistake]:
    if lights.kind == "gpio" and not lights.lines:
        yield Mistake("lights.lines", "is missing: gpio needs the line of each lamp, e.g. [23, 24].")
    if lights.lines and lights.kind != "gpio":
        yield Mistake("lights.lines", f'has no effect while lights.kind is {lights.kind}: set it to "gpio".')
    if len(set(lights.lines)) < len(lights.lines):
        yield Mistake("lights.lines", "names a line twice: each lamp has its own.")
    if not lights.spi_device.startswith("/dev/"):
        yield Mistake("lights.spi_device", "must look like /dev/spidev0.0.")


def _contacts(buttons: Buttons) -> Iterator[Mistake]:
    taken = Counter(button.line for button in buttons.lines)
    for number, button in enumerate(buttons.lines):
        if taken[button.line] > 1:
            yield Mistake(f"buttons.lines[{number}].line", f"is {button.line}, as another one's: lines must differ.")
