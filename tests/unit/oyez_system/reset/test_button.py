"""The finger on the button, with the simulated board's contacts, which bounce."""

from pathlib import Path

import pytest

from oyez_hw.panel_settings import SIMULATED_BUTTONS
from oyez_hw.simulated_panel import SimulatedButtons
from oyez_system.card.places import Places
from oyez_system.reset import hold
from oyez_system.reset.button import held, panel_of
from tests.doubles.pi import put


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "HOLD_S", 0.6)
    monkeypatch.setattr(hold, "LET_GO_S", 1.0)


class Finger:
    """Holds the button, and lets it go when it hears a sentence."""

    def __init__(self, lets_go_at: str) -> None:
        self.buttons, self.heard = SimulatedButtons(SIMULATED_BUTTONS), list[str]()
        self._lets_go_at = lets_go_at
        self.buttons.move("action", True).join()

    def hear(self, sentence: str) -> None:
        self.heard.append(sentence)
        if sentence == self._lets_go_at:
            self.buttons.move("action", False).join()


@pytest.mark.parametrize(
    ("lets_go_at", "erased", "last"),
    [
        ("reset_now", True, "reset_now"),
        ("reset_in_ten_seconds", False, "reset_cancelled"),
        ("never", False, "reset_now"),
    ],
)
def test_a_hold_is_said_and_ends_as_it_was_let_go(lets_go_at: str, erased: bool, last: str) -> None:
    finger = Finger(lets_go_at)
    assert held(finger.buttons, 0, finger.hear) is erased
    assert finger.heard == ["reset_in_ten_seconds", last]


def test_a_button_that_nobody_holds_costs_nothing() -> None:
    said: list[str] = []
    assert held(SimulatedButtons(SIMULATED_BUTTONS), 0, said.append) is False
    assert not said


def test_buttons_are_those_of_the_configuration_or_of_the_board_that_shows_itself(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    assert panel_of(places) is None
    places.config.parent.mkdir(parents=True)
    places.config.write_text('[board]\nname = "respeaker-2mic-v1"\n')
    found = panel_of(places)
    assert found is not None
    assert [(button.line, button.use) for button in found[1].buttons] == [(17, "action")]


def test_a_board_whose_card_comes_later_is_known_by_its_eeprom(tmp_path: Path) -> None:
    put(tmp_path, "proc/device-tree/hat/vendor", "Raspberry Pi Ltd.\0")
    put(tmp_path, "proc/device-tree/hat/product", "Raspberry Pi Codec Zero\0")
    found = panel_of(Places.below(tmp_path))
    assert found is not None
    assert [button.use for button in found[1].buttons] == ["action"]
