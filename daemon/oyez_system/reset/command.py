"""`oyez-system reset`: factory reset. `--at-start` comes first at every start of the device, and is over at once unless
somebody asks for one; without it a request of the daemon's is taken up.
"""

import argparse
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from oyez.home.reset_request import REQUEST, RESETTABLE
from oyez_system.card.card import Card
from oyez_system.card.operations import Write
from oyez_system.card.places import Places
from oyez_system.reset.button import asked_by_hand, panel_of
from oyez_system.reset.erasing import begin, erase

log = logging.getLogger(__name__)

NOBODY_ASKED = "Nobody asked for a factory reset. To erase everything on this device: oyez-system reset --yes"


def restart_machine() -> None:
    subprocess.run(["systemctl", "reboot", "--no-block"], check=False)


def say(name: str, places: Places) -> None:
    """Loaded when there is something to say: this runs at every start of a small board."""
    from oyez_system.spoken import say

    say(name, places)


def asked_by_button(places: Places) -> bool:
    panel = panel_of(places)
    return panel is not None and asked_by_hand(panel, lambda name: say(name, places))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tests put in the place of the machine."""

    places: Places
    card: Card = field(default_factory=Card)
    by_button: Callable[[Places], bool] = asked_by_button
    restart: Callable[[], object] = restart_machine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at-start", action="store_true", help="end what was begun; look for a file and a held button")
    parser.add_argument("--yes", action="store_true", help="erase everything, now")
    parser.add_argument("--boot", type=Path, metavar="DIR", help="where the boot partition is mounted")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def run(arguments: argparse.Namespace) -> int:
    here = Surroundings(Places.below(arguments.root, arguments.boot))
    if arguments.at_start:
        return at_start(here)
    if arguments.yes:
        return ask(here, "by hand")
    if (here.places.run / REQUEST).exists():
        return ask(here, "by MQTT")
    print(NOBODY_ASKED, file=sys.stderr)
    return 2


def ask(here: Surroundings, why: str) -> int:
    """It is done at the next start, which comes at once."""
    here.card.carry_out(begin(here.places, why))
    log.warning("Factory reset, %s: the device starts again and forgets everything.", why)
    here.restart()
    return 0


def at_start(here: Surroundings) -> int:
    places = here.places
    if not places.data.is_dir() or places.volatile.exists():
        return 0  # not our image; or nothing is kept, so there is nothing to forget
    here.card.do(Write(places.run / RESETTABLE, b""))
    why = _why(here)
    if not why:
        return 0
    log.warning("Factory reset, %s: everything that was set up, recorded and learnt here is removed.", why)
    if not places.erasing.exists():
        here.card.carry_out(begin(places, why))
    here.card.carry_out(erase(places, sorted((places.data / "var/lib").glob("oyez*"))))
    here.restart()
    return 0


def _why(here: Surroundings) -> str:
    """Empty: nobody asks for it."""
    places = here.places
    if places.erasing.exists():
        return "begun before this start"
    if any(path.exists() for path in places.reset_files):
        return "by a file on the boot partition"
    return "by the button" if here.by_button(places) else ""
