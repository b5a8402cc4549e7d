"""Waits for a finger on the device's button at the start. Returns at once where none is there."""

import logging
import select
import time
from collections.abc import Callable
from pathlib import Path

from oyez.config import Config
from oyez.config_file import load, parse
from oyez.errors import OyezError
from oyez.panel_wiring import panel_settings
from oyez_hw.board_settings import AUTO
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.catalogue import known
from oyez_hw.detection import detect
from oyez_hw.machine import Snapshot
from oyez_hw.panel_settings import PanelSettings
from oyez_hw.ports import Buttons, HardwareError
from oyez_hw.probe import snapshot
from oyez_system.card.places import Places
from oyez_system.reset.hold import Hold

log = logging.getLogger(__name__)

NO_CONFIG = '[board]\nname = "auto"\n'
"""A device that nobody has set up has the buttons of the board that it shows."""
LOOK_S = 0.1


def panel_of(places: Places) -> tuple[BoardSettings, PanelSettings] | None:
    """The buttons, as the daemon would have them; None: nobody knows of any."""
    config = _config(places.config, places.root)
    if config is None or not (config.buttons.lines or config.board.name == "simulated"):
        return None
    return BoardSettings(name="simulated" if config.board.name == "simulated" else "alsa"), panel_settings(config)


def asked_by_hand(panel: tuple[BoardSettings, PanelSettings], say: Callable[[str], object]) -> bool:
    """Whether somebody held the action button for as long as it takes. say: a sentence by its name."""
    try:
        board = open_board(*panel)
    except HardwareError as error:
        log.info("No button can be looked at: %s.", error)
        return False
    places = [place for place, button in enumerate(board.pressable) if button.use == "action"]
    return any(held(board.buttons, place, say) for place in places[:1])


def held(buttons: Buttons, place: int, say: Callable[[str], object]) -> bool:
    """place: of the button, in their list."""
    try:
        if not buttons.open().get(place, False):
            return False
        log.warning("The button is held: in ten seconds everything is erased, unless it is let go.")
        say("reset_in_ten_seconds")
        return _watch(buttons, place, say)
    except HardwareError as error:
        log.info("No button can be looked at: %s.", error)
        return False
    finally:
        buttons.close()


def _watch(buttons: Buttons, place: int, say: Callable[[str], object]) -> bool:
    hold, told = Hold(time.monotonic()), False
    while True:
        ready, _, _ = select.select([buttons.fileno()], [], [], LOOK_S)
        for edge in buttons.read() if ready else ():
            if edge.button == place:
                hold.edge(edge.closed, edge.time_s)
        verdict = hold.at(time.monotonic())
        if verdict == "let go" and not told:
            told = True
            say("reset_now")
        elif verdict == "stuck":
            log.warning("The button was never let go: it is stuck, or [buttons] is wrong. Nothing was erased.")
            return False
        elif verdict == "cancelled":
            log.warning("The button was let go: nothing was erased.")
            say("reset_cancelled")
            return False
        elif verdict == "erase":
            return True


def _config(path: Path, root: Path) -> Config | None:
    """None: it is wrong, or nobody knows the board."""
    machine = snapshot(root)
    try:
        config = load(path, machine) if path.exists() else parse(NO_CONFIG, "the default", machine)
    except (OyezError, HardwareError):
        return _by_eeprom(machine)
    return config if config.buttons.lines or config.board.name != AUTO else _by_eeprom(machine)


def _by_eeprom(machine: Snapshot) -> Config | None:
    """So early in a start the board may have no sound card yet."""
    names = {one.name for one in detect(machine, known().values()).candidates if not one.generic}
    return parse(f'[board]\nname = "{names.pop()}"\n', "") if len(names) == 1 else None
