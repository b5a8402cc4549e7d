"""The bench's own wires: a button is pressed and let go, and a lamp is seen. The kernel alone is ours."""

from typing import Any

import pytest

from tests.hardware.rig.alive import photodiode, pressed
from tests.hardware.rig.rig_file import Wires
from tests.unit.oyez_hw.test_gpio import Held, Kernel


class Watched(Held):
    """Remembers each level that was asked for."""

    def __init__(self, gpiod: Any, settings: dict[int, Any], levels: list[Any]) -> None:
        super().__init__(gpiod, settings)
        self._levels = levels

    def set_values(self, values: dict[int, Any]) -> None:
        super().set_values(values)
        self._levels.append(values)


class Bench(Kernel):
    def __init__(self, gpiod: Any) -> None:
        super().__init__(gpiod)
        self.levels: list[Any] = []
        self.light = False

    def request_lines(self, path: str, config: dict[int, Any], consumer: str, edges: int | None) -> Held:
        self.asked = (path, consumer, edges)
        self.held = Watched(self.gpiod, config, self.levels)
        if self.light:
            self.held.values = dict.fromkeys(config, self.gpiod.line.Value.ACTIVE)
        return self.held


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Bench:
    gpiod = pytest.importorskip("gpiod", reason="the package gpiod is not installed (extra `board`)")
    made = Bench(gpiod)
    monkeypatch.setattr(gpiod, "request_lines", made.request_lines)
    return made


async def test_a_button_ispressed_let_go_and_given_back(kernel: Bench) -> None:
    presses = pressed(Wires(chip="/dev/gpiochip3", mute=27, press_active_low=True))
    assert set(presses) == {"mute"}
    await presses["mute"]()
    active, inactive = kernel.gpiod.line.Value.ACTIVE, kernel.gpiod.line.Value.INACTIVE
    assert kernel.levels == [{27: active}, {27: inactive}]
    assert kernel.held is not None
    assert kernel.held.released
    assert kernel.held.settings[27].active_low


@pytest.mark.parametrize("light", [True, False])
def test_a_lamp_is_seen_as_it_is_at_the_moment(kernel: Bench, light: bool) -> None:
    kernel.light = light
    assert photodiode(Wires(chip="/dev/gpiochip3", light=22)) is light
    assert kernel.held is not None
    assert kernel.held.released
    assert kernel.held.settings[22].direction == kernel.gpiod.line.Direction.INPUT


def test_a_bench_without_wires_presses_nothing() -> None:
    assert pressed(None) == {}
