"""Lines of a GPIO chip, by the real package and a kernel of our own: what is asked of it, and what its edges become."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oyez_hw.gpio import HEADER, GpioButtons, GpioLamps, GpioOutputs, chip_path
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.ports import DARK, Colour, Edge, HardwareError

BUTTONS = (ButtonLine(line=17), ButtonLine(line=27, use="mute_switch", active_low=False, pull="down"))


class Held:
    """What a chip hands out for lines that were requested."""

    def __init__(self, gpiod: Any, settings: dict[int, Any]) -> None:
        self.gpiod, self.settings = gpiod, settings
        self.values = dict.fromkeys(settings, gpiod.line.Value.INACTIVE)
        self.events: list[Any] = []
        self.fd, self.bell = os.pipe()
        self.released = False
        self.gone = False

    def get_values(self, lines: list[int]) -> list[Any]:
        return [self.values[line] for line in lines]

    def set_values(self, values: dict[int, Any]) -> None:
        if self.gone:
            raise OSError(19, "No such device")
        self.values.update(values)

    def wait_edge_events(self, timeout: float) -> bool:
        assert timeout == 0, "the loop must not wait"
        if self.gone:
            raise OSError(19, "No such device")
        return bool(self.events)

    def read_edge_events(self) -> list[Any]:
        events, self.events = self.events, []
        return events

    def edge(self, line: int, rising: bool, time_s: float) -> None:
        kind = self.gpiod.EdgeEvent.Type.RISING_EDGE if rising else self.gpiod.EdgeEvent.Type.FALLING_EDGE
        self.events.append(self.gpiod.EdgeEvent(kind.value, round(time_s * 1e9), line, 0, 0))

    def release(self) -> None:
        self.released = True
        os.close(self.fd)
        os.close(self.bell)


@dataclass
class Kernel:
    gpiod: Any
    held: Held | None = None
    asked: tuple[Any, ...] = ()
    busy: bool = False

    def request_lines(self, path: str, config: dict[int, Any], consumer: str, edges: int | None) -> Held:
        if self.busy:
            raise OSError(16, "Device or resource busy")
        self.asked = (path, consumer, edges)
        self.held = Held(self.gpiod, config)
        return self.held


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """The package's own settings, enumerations and events; the kernel alone is ours."""
    gpiod = pytest.importorskip("gpiod", reason="the package gpiod is not installed (extra `board`)")
    made = Kernel(gpiod)
    monkeypatch.setattr(gpiod, "request_lines", made.request_lines)
    return made


def test_a_button_is_asked_for_as_it_is_wired_and_for_every_edge(kernel: Kernel) -> None:
    buttons = GpioButtons("/dev/gpiochip7", BUTTONS)
    assert buttons.open() == {0: False, 1: False}
    assert kernel.held is not None
    assert kernel.asked == ("/dev/gpiochip7", "oyez", 256)
    line = kernel.gpiod.line
    first, second = kernel.held.settings[17], kernel.held.settings[27]
    assert (first.direction, first.edge_detection, first.bias, first.active_low) == (
        line.Direction.INPUT, line.Edge.BOTH, line.Bias.PULL_UP, True,
    )  # fmt: skip
    assert (second.bias, second.active_low) == (line.Bias.PULL_DOWN, False)
    assert first.event_clock is line.Clock.MONOTONIC
    buttons.close()
    assert kernel.held.released


def test_what_stands_at_the_start_is_told_and_edges_come_with_their_own_times(kernel: Kernel) -> None:
    buttons = GpioButtons("/dev/gpiochip0", BUTTONS)
    buttons.open()
    assert kernel.held is not None
    kernel.held.values[27] = kernel.gpiod.line.Value.ACTIVE
    assert buttons.open() == {0: False, 1: True}
    assert buttons.fileno() == kernel.held.fd
    assert buttons.read() == []
    kernel.held.edge(17, True, 12.5)
    kernel.held.edge(27, False, 12.75)
    assert buttons.read() == [Edge(0, True, 12.5), Edge(1, False, 12.75)]
    kernel.held.gone = True
    with pytest.raises(HardwareError, match="do not answer any more"):
        buttons.read()
    buttons.close()


def test_single_lamps_shine_from_half_of_their_light_on_and_end_dark(kernel: Kernel) -> None:
    lamps = GpioLamps(GpioOutputs("/dev/gpiochip0", [23, 24], active_low=True), 2)
    lamps.open()
    assert kernel.held is not None
    on, off = kernel.gpiod.line.Value.ACTIVE, kernel.gpiod.line.Value.INACTIVE
    assert [one.active_low for one in kernel.held.settings.values()] == [True, True]
    lamps.show([Colour(1.0, 0.0, 0.0), Colour(0.0, 0.4, 0.4)])
    assert kernel.held.values == {23: on, 24: off}
    held = kernel.held
    lamps.close()
    assert held.values == {23: off, 24: off}
    assert held.released
    with pytest.raises(HardwareError, match="not open"):
        lamps.show([DARK, DARK])


def test_lines_that_are_gone_or_busy_are_told_in_a_sentence(kernel: Kernel) -> None:
    lamps = GpioLamps(GpioOutputs("/dev/gpiochip0", [23]), 1)
    lamps.open()
    assert kernel.held is not None
    kernel.held.gone = True
    with pytest.raises(HardwareError, match="do not answer"):
        lamps.show([DARK])
    lamps.close()
    kernel.busy = True
    with pytest.raises(HardwareError, match=r"lines 17, 27 of /dev/gpiochip0 cannot be used .*busy"):
        GpioButtons("/dev/gpiochip0", BUTTONS).open()


def test_the_chip_of_the_header_is_found_by_its_label_whatever_its_number(
    kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """raspberrypi/linux#6144: on a Pi 5 it was gpiochip4 and became gpiochip0."""
    labels = {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip4": HEADER[0]}

    class Chip:
        def __init__(self, path: str) -> None:
            self._name = Path(path).name

        def __enter__(self) -> "Chip":
            return self

        def __exit__(self, *_: object) -> None: ...

        def get_info(self) -> Any:
            return kernel.gpiod.ChipInfo(self._name, labels[self._name], 54)

    monkeypatch.setattr(kernel.gpiod, "Chip", Chip)
    for name in labels:
        (tmp_path / name).touch()
    assert chip_path("", tmp_path) == str(tmp_path / "gpiochip4")
    assert chip_path("/dev/gpiochip9", tmp_path) == "/dev/gpiochip9"
    labels["gpiochip4"] = "virtual"
    with pytest.raises(HardwareError, match=r"gpiochip0 \(gpio-brcmstb@107d508500\), gpiochip4 \(virtual\)"):
        chip_path("", tmp_path)
    with pytest.raises(HardwareError, match="no GPIO chip at all"):
        chip_path("", tmp_path / "nothing")


def test_without_the_package_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(HardwareError, match=r"install oyez\[board\]"):
        GpioButtons("", BUTTONS).open()
