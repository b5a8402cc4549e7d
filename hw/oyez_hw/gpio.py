"""Lines of GPIO chips: single lamps, a lamp supply, buttons. By libgpiod 2 through the kernel's character device.

`gpiod` (LGPL, extra `board`) is imported when a line is first asked for.
"""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oyez_hw.panel_settings import ButtonLine
from oyez_hw.ports import DARK, Colour, Edge, HardwareError

HEADER = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Labels of the chip behind a Raspberry Pi's 40 pins (5; 4; all before). Its number differs: on a Pi 5 it was 4 and
became 0 (raspberrypi/linux#6144)."""
SHINES = 0.5
"""Light from which on a lamp that can only be on or off is on."""
EDGES = 256
"""So many the kernel keeps for us; a contact that bounces makes a few dozen."""


def library() -> Any:
    """Raises HardwareError where the package is not installed."""
    try:
        return importlib.import_module("gpiod")
    except ImportError as error:
        raise HardwareError(f"GPIO needs the package gpiod ({error}): install oyez[board]") from error


def chip_path(named: str, folder: Path = Path("/dev")) -> str:
    """named: a path; empty: the header's chip. Raises HardwareError."""
    if named:
        return named
    gpiod, seen = library(), []
    for path in sorted(folder.glob("gpiochip*")):
        try:
            with gpiod.Chip(str(path)) as chip:
                label = str(chip.get_info().label)
        except OSError as error:
            seen.append(f"{path.name} ({error.strerror})")
            continue
        if label in HEADER:
            return str(path)
        seen.append(f"{path.name} ({label})")
    found = ", ".join(seen) or "there is no GPIO chip at all"
    raise HardwareError(f"no GPIO chip of a Raspberry Pi's header was found ({found}): name one, or mend its rights")


def request(chip: str, settings: Mapping[int, Any], edges: int | None = None) -> Any:
    """The lines for ourselves alone. Raises HardwareError."""
    path = chip_path(chip)
    try:
        return library().request_lines(path, dict(settings), "oyez", edges)
    except (OSError, ValueError) as error:
        lines = ", ".join(map(str, settings))
        raise HardwareError(
            f"the GPIO lines {lines} of {path} cannot be used ({error}): free or correct them"
        ) from error


class GpioOutputs:
    """Lines that are switched. Loop only."""

    def __init__(self, chip: str, lines: Sequence[int], *, active_low: bool = False) -> None:
        self._chip, self._lines, self._active_low = chip, tuple(lines), active_low
        self._held: Any = None

    def open(self) -> None:
        if self._held is None:
            gpiod = library()
            line = gpiod.line
            wanted = gpiod.LineSettings(
                direction=line.Direction.OUTPUT, active_low=self._active_low, output_value=line.Value.INACTIVE
            )
            self._held = request(self._chip, dict.fromkeys(self._lines, wanted))

    def set(self, on: Sequence[bool]) -> None:
        """One a line. Raises HardwareError."""
        if self._held is None:
            raise HardwareError("the GPIO lines are not open: call open() before set()")
        value = library().line.Value
        try:
            self._held.set_values(
                {line: value.ACTIVE if lit else value.INACTIVE for line, lit in zip(self._lines, on, strict=True)}
            )
        except OSError as error:
            raise HardwareError(f"the GPIO lines do not answer ({error.strerror}): look at the board") from error

    def close(self) -> None:
        if self._held is None:
            return
        try:
            self.set([False] * len(self._lines))
        except HardwareError:
            pass  # they are gone
        finally:
            self._held.release()
            self._held = None


class GpioLamps:
    """Lamps that are on or off, a line each."""

    def __init__(self, outputs: GpioOutputs, count: int) -> None:
        self._outputs, self._count = outputs, count

    def open(self) -> None:
        self._outputs.open()
        self.show([DARK] * self._count)

    def show(self, picture: Sequence[Colour]) -> None:
        self._outputs.set([max(colour) >= SHINES for colour in picture])

    def close(self) -> None:
        self._outputs.close()


class GpioButtons:
    """Edges as the kernel stamped them, CLOCK_MONOTONIC."""

    def __init__(self, chip: str, buttons: Sequence[ButtonLine]) -> None:
        self._chip, self._buttons = chip, tuple(buttons)
        self._place = {button.line: place for place, button in enumerate(buttons)}
        self._held: Any = None

    def open(self) -> Mapping[int, bool]:
        if self._held is None:
            self._held = request(self._chip, {button.line: self._settings(button) for button in self._buttons}, EDGES)
        value = library().line.Value
        try:
            now = self._held.get_values([button.line for button in self._buttons])
        except OSError as error:
            raise HardwareError(f"the buttons do not answer ({error.strerror}): look at the board") from error
        return {place: level is value.ACTIVE for place, level in enumerate(now)}

    def fileno(self) -> int:
        return int(self._held.fd)

    def read(self) -> Sequence[Edge]:
        try:
            if not self._held.wait_edge_events(0):
                return []
            events = self._held.read_edge_events()
        except OSError as error:
            raise HardwareError(f"the buttons do not answer any more ({error.strerror}): look at the board") from error
        rising = library().EdgeEvent.Type.RISING_EDGE
        return [Edge(self._place[one.line_offset], one.event_type is rising, one.timestamp_ns / 1e9) for one in events]

    def close(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None

    def _settings(self, button: ButtonLine) -> Any:
        line = library().line
        bias = {"up": line.Bias.PULL_UP, "down": line.Bias.PULL_DOWN, "none": line.Bias.DISABLED}[button.pull]
        return library().LineSettings(
            direction=line.Direction.INPUT, edge_detection=line.Edge.BOTH, bias=bias, active_low=button.active_low
        )
