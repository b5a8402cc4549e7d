"""What a board has beside its sound card: lamps and buttons, and how they are wired."""

from dataclasses import dataclass
from typing import Literal

LampKind = Literal["auto", "none", "simulated", "apa102", "ws2812", "gpio"]
"""auto: what comes with the board. gpio: single lamps, on or off, a line each."""
Pull = Literal["up", "down", "none"]
ButtonUse = Literal["action", "mute", "mute_switch", "volume_up", "volume_down"]
"""mute: a button that is pressed; mute_switch: one that stays where it is put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSettings:
    kind: LampKind = "auto"
    count: int = 12
    spi_device: str = "/dev/spidev0.0"
    chip: str = ""
    """GPIO chip of the lines below; empty: that of the Raspberry Pi's header."""
    lines: tuple[int, ...] = ()
    """gpio: one a lamp."""
    active_low: bool = False
    """gpio: a lamp shines while its line is low."""
    power_line: int | None = None
    """Switches the supply of the lamps; None: it is always on."""
    current_ma: float = 400.0
    """All lamps together never take more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonLine:
    line: int
    use: ButtonUse = "action"
    active_low: bool = True
    """Pressed, it connects the line to ground."""
    pull: Pull = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    lamps: LampSettings = LampSettings()
    chip: str = ""
    """GPIO chip of the buttons; empty: that of the Raspberry Pi's header."""
    buttons: tuple[ButtonLine, ...] = ()


SIMULATED_BUTTONS = (ButtonLine(line=0, use="action"), ButtonLine(line=1, use="mute_switch"))
"""What the simulated board has where nothing is configured."""
