"""The lamps' and buttons' physics: persistence, a supply that gives in, contacts that bounce."""

import select
import time

import pytest

from oyez_hw.panel_settings import SIMULATED_BUTTONS
from oyez_hw.ports import DARK, Colour, Edge, HardwareError
from oyez_hw.presses import Button, Contact, Timing
from oyez_hw.simulated_panel import PERSISTENCE_S, SimulatedButtons, SimulatedLamps

RED, WHITE = Colour(1.0, 0.0, 0.0), Colour(1.0, 1.0, 1.0)


class Clock:
    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def test_an_eye_follows_a_lamp_and_sees_a_short_flash_dimly() -> None:
    clock = Clock()
    lamps = SimulatedLamps(1, clock=clock)
    lamps.open()
    clock.now = 11.0
    lamps.show([RED])
    assert lamps.seen(11.0)[0].red == pytest.approx(0.0)
    assert lamps.seen(11.0 + PERSISTENCE_S)[0].red == pytest.approx(1 - 1 / 2.718281828, abs=1e-6)
    clock.now = 11.005
    lamps.show([DARK])
    assert 0.1 < lamps.seen()[0].red < 0.3
    clock.now = 12.0
    assert lamps.seen()[0].red == pytest.approx(0.0, abs=1e-9)


def test_a_supply_that_is_asked_for_too_much_dims_them_all_and_it_is_counted() -> None:
    lamps = SimulatedLamps(2, supply_ma=62.0, most_ma=1000.0)
    lamps.open()
    lamps.show([WHITE, WHITE])
    assert lamps.overloads == 1
    assert lamps.now[0].red == pytest.approx(0.5)
    careful = SimulatedLamps(2, supply_ma=62.0, most_ma=60.0)
    careful.open()
    careful.show([WHITE, WHITE])
    assert careful.overloads == 0


def test_unplugged_lamps_are_told_and_come_back_dark() -> None:
    lamps = SimulatedLamps(1)
    lamps.open()
    lamps.show([RED])
    lamps.unplug()
    with pytest.raises(HardwareError, match="gone"):
        lamps.show([RED])
    lamps.close()
    lamps.replug()
    lamps.open()
    assert lamps.now == (DARK,)


def edges_of(buttons: SimulatedButtons, seconds: float) -> list[Edge]:
    """All that comes within this time, read as the loop does: when the file says so."""
    found, ends_s = list[Edge](), time.monotonic() + seconds
    while (left_s := ends_s - time.monotonic()) > 0:
        if select.select([buttons.fileno()], [], [], left_s)[0]:
            found += buttons.read()
    return found


def test_a_press_bounces_and_is_one_press_once_debounced() -> None:
    buttons = SimulatedButtons(SIMULATED_BUTTONS, seed=3)
    assert buttons.open() == {0: False, 1: False}
    button, told, bounces = Button(Timing()), [], 0
    for _ in range(4):
        buttons.move("action", True).join()
        down = edges_of(buttons, 0.05)
        buttons.move("action", False).join()
        edges = [*down, *edges_of(buttons, 0.05)]
        bounces += len(edges) - 2
        for edge in edges:
            assert edge.button == 0
            told += button.edge(edge.closed, edge.time_s, doubles=False)
    told += button.at(time.monotonic() + 1.0, doubles=False)
    buttons.close()
    assert bounces > 0
    assert [one.gesture for one in told] == ["short"] * 4


def test_a_switch_stays_where_it_is_put_also_while_nobody_looks() -> None:
    buttons = SimulatedButtons(SIMULATED_BUTTONS)
    buttons.move("mute_switch", True).join()
    assert buttons.open() == {0: False, 1: True}
    switch = Contact(0.02, True)
    buttons.move("mute_switch", False).join()
    for edge in edges_of(buttons, 0.05):
        switch.at(edge.time_s)
        switch.edge(edge.closed, edge.time_s)
    assert switch.at(time.monotonic() + 1.0) is not None
    assert not switch.level
    buttons.close()


def test_unplugged_buttons_are_told() -> None:
    buttons = SimulatedButtons(SIMULATED_BUTTONS)
    buttons.open()
    buttons.present = False
    with pytest.raises(HardwareError, match="gone"):
        buttons.read()
    buttons.close()
