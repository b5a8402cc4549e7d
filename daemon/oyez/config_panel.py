"""The tables [lights] and [buttons]: what is on the board beside its sound card, and what it is for."""

from typing import Annotated, Literal

from msgspec import Meta

from oyez.config_section import Fraction, Section

Line = Annotated[int, Meta(ge=0, le=511)]
"""Of a GPIO chip, from 0: on a Raspberry Pi's header the number behind `GPIO`."""
Deed = Literal["listen_or_stop", "mute", "volume_up", "volume_down", "whats_wrong", "none"]


class Lights(Section, frozen=True, kw_only=True):
    kind: Literal["auto", "none", "simulated", "apa102", "ws2812", "gpio"] = "auto"
    """Which lamps: APA102 or SK9822, WS2812 or SK6812 (RGB), each behind a SPI bus; single ones, on or off, a GPIO line
    each; auto: those that come with the board."""
    count: Annotated[int, Meta(ge=1, le=64)] = 12
    """Lamps behind the bus."""
    ring: bool = True
    """They stand in a circle, and point at whoever speaks."""
    first_deg: Annotated[float, Meta(ge=-360.0, le=360.0)] = 0.0
    """Where on the board the first lamp of the ring stands: 0 is the front, 90 the right."""
    clockwise: bool = True
    """Seen from above the second one follows to the right of the first."""
    brightness: Fraction = 0.4
    """At start, as eyes see it; later changes come over MQTT. 0: dark."""
    night_brightness: Fraction = 0.0
    """Never brighter in the quiet hours (home.quiet_from); 0: dark."""
    current_ma: Annotated[float, Meta(gt=0.0, le=5000.0)] = 400.0
    """All lamps together take no more: a Raspberry Pi's 5 V feed the card as well."""
    spi_device: str = "/dev/spidev0.0"
    gpio_chip: str = ""
    """Chip of the lines below; empty: the Raspberry Pi's header."""
    lines: list[Line] = []
    """gpio: one a lamp."""
    active_low: bool = False
    """gpio: a lamp shines while its line is low."""
    power_line: Line | None = None
    """Switches the lamps' supply on."""


class Button(Section, frozen=True, kw_only=True):
    """`[[buttons.lines]]`: one a contact."""

    line: Line
    use: Literal["action", "mute", "mute_switch", "volume_up", "volume_down"] = "action"
    """mute: a button to be pressed; mute_switch: one that stays where it is put, and wins over all other settings."""
    active_low: bool = True
    """Closed, it connects its line to ground. For a mute switch: so it stands when the microphone is to be off."""
    pull: Literal["up", "down", "none"] = "up"


class Buttons(Section, frozen=True, kw_only=True):
    gpio_chip: str = ""
    """Empty: the Raspberry Pi's header."""
    lines: list[Button] = []
    """Empty: those that come with the board."""
    short: Deed = "listen_or_stop"
    """A press of the action button: listen as after the wake word; while it does anything, be quiet."""
    double: Deed = "whats_wrong"
    """Two presses, while it sleeps; `none` spares the short press the wait for a second one."""
    talk: bool = True
    """Held, the action button is the talk button: what is said until it is let go is one request."""
    hold_s: Annotated[float, Meta(ge=0.15, le=5.0)] = 0.4
    """So long is a hold; nothing said meanwhile is lost."""
    double_s: Annotated[float, Meta(ge=0.1, le=2.0)] = 0.3
    """Within it the second press of two begins."""
    debounce_ms: Annotated[int, Meta(ge=1, le=200)] = 20
    volume_step: Annotated[float, Meta(ge=0.01, le=0.5)] = 0.1
