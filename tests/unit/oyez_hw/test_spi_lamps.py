"""Lamps behind a bus: whole frames into the file, a clear sentence where there is none. A pipe stands for spidev."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from oyez_hw.lamp_frames import apa102
from oyez_hw.ports import DARK, Colour, HardwareError
from oyez_hw.spi_lamps import SpiLamps, open_bus

RED = Colour(1.0, 0.0, 0.0)


class Bus:
    """The far end of a pipe, as a chain of lamps reads it."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.powered: list[bool] = []

    def connect(self) -> int:
        return os.dup(self.writer)

    def frame(self) -> bytes:
        try:
            return os.read(self.reader, 65536)
        except BlockingIOError:
            return b""


@pytest.fixture
def bus() -> Iterator[Bus]:
    made = Bus()
    yield made
    os.close(made.writer)
    os.close(made.reader)


def lamps(bus: Bus, count: int = 3, most_ma: float = 1000.0) -> SpiLamps:
    return SpiLamps(count, apa102, bus.connect, most_ma, bus.powered.append)


def test_they_begin_and_end_dark_and_their_supply_is_on_only_between(bus: Bus) -> None:
    chain = lamps(bus)
    chain.open()
    assert bus.frame() == apa102([DARK] * 3)
    chain.show([RED, DARK, RED])
    assert bus.frame() == apa102([RED, DARK, RED])
    chain.close()
    assert bus.frame() == apa102([DARK] * 3)
    chain.close()
    assert bus.frame() == b""
    assert bus.powered == [True, False]


def test_more_than_the_board_gives_is_dimmed_before_it_is_sent(bus: Bus) -> None:
    chain = lamps(bus, most_ma=3 + 30)
    chain.open()
    bus.frame()
    chain.show([RED] * 3)
    assert bus.frame() == apa102([Colour(0.5, 0.0, 0.0)] * 3)


def test_a_picture_of_another_size_is_a_mistake_of_ours_and_sends_nothing(bus: Bus) -> None:
    chain = lamps(bus)
    chain.open()
    bus.frame()
    with pytest.raises(ValueError, match="2 lamps"):
        chain.show([RED] * 2)
    assert bus.frame() == b""


def test_closed_lamps_and_a_bus_that_is_gone_are_told(bus: Bus) -> None:
    chain = lamps(bus)
    with pytest.raises(HardwareError, match="not open"):
        chain.show([RED] * 3)
    chain.open()
    os.close(bus.reader)
    with pytest.raises(HardwareError, match="takes nothing any more"):
        chain.show([RED] * 3)
    chain.close()
    bus.reader = os.open(os.devnull, os.O_RDONLY)


def test_where_the_bus_is_not_there_the_supply_is_switched_off_again(bus: Bus, tmp_path: Path) -> None:
    chain = SpiLamps(1, apa102, lambda: open_bus(str(tmp_path / "spidev0.0"), 1), 100.0, bus.powered.append)
    with pytest.raises(HardwareError):
        chain.open()
    assert bus.powered == [True, False]


def test_a_bus_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HardwareError, match="enable SPI"):
        open_bus(str(tmp_path / "spidev0.0"), 4_000_000)


def test_a_file_that_is_no_bus_is_refused() -> None:
    with pytest.raises(HardwareError, match="is no SPI bus"):
        open_bus(os.devnull, 4_000_000)
