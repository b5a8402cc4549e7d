"""`oyez-system rescue`: started by systemd when it has given oyez.service up. Decides by ladder.py, acts, ends."""

import argparse
import logging
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from oyez.last_words import LastWords
from oyez.lives import BOOT_ID, RESCUE
from oyez.pen import write_whole
from oyez_system.card.places import Places
from oyez_system.on_trial import on_trial
from oyez_system.rescue.diagnosis import ASKED, failure, given_up, sentence, told, why
from oyez_system.rescue.ladder import Decision, Failure, History, Moment, Step, next_step
from oyez_system.rescue.telling import tell
from oyez_system.spoken import say

log = logging.getLogger(__name__)

DAEMON = "oyez.service"
DEPENDENCIES = (
    "systemd-networkd.service",
    "wpa_supplicant@wlan0.service",
    "mosquitto.service",
    "oyez-local.service",
    "oyez-backend.service",
)
"""Those of them that run are started anew."""
SYSTEMCTL_S = 120.0
LOOK_S, MOST_LOOKS = 5.0, 30
"""Of a unit that is on its way somewhere; a slow start takes 90 s."""
DONE = {
    Step.AGAIN: "It is started again.",
    Step.DEPENDENCIES: "What it stands on is started anew, then it is.",
    Step.REBOOT: "The device starts anew as a whole.",
    Step.HELP: "The device needs help. Oyez is tried again every ten minutes.",
    Step.MISTAKE: "Mend the file, then start Oyez again or switch the device off and on.",
}
SPOKEN = {Step.HELP: "needs_help", Step.MISTAKE: "mistake_in_file"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tests put in the place of the machine."""

    systemctl: Callable[..., str]
    tell: Callable[[Path, str], object] = tell
    say: Callable[[str, Places], object] = say
    wait: Callable[[float], object] = time.sleep
    uptime_s: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    places: Places = Places()  # noqa: RUF009  (frozen)

    @property
    def config(self) -> Path:
        return self.places.root / "etc/oyez/oyez.toml"

    @property
    def history(self) -> Path:
        return self.places.root / RESCUE


def systemctl(*words: str) -> str:
    """What it prints; its failures are in the journal anyway."""
    try:
        done = subprocess.run(
            ["systemctl", *words], capture_output=True, text=True, check=False, timeout=SYSTEMCTL_S,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("systemctl %s: %s", " ".join(words), error)
        return ""
    if done.returncode and words[0] != "show":
        log.info("systemctl %s: %s", " ".join(words), done.stderr.strip() or done.returncode)
    return done.stdout


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def run(arguments: argparse.Namespace) -> int:
    return rescue(Surroundings(systemctl, places=Places.below(arguments.root)))


def rescue(here: Surroundings) -> int:
    unit = _settled(here)
    if not given_up(unit):
        log.info("%s was not given up: nothing is done.", DAEMON)
        return 0
    cause = why(unit, LastWords(here.places.run).look())
    now = Moment(_boot_id(here), here.uptime_s())
    before = _recall(here.history)
    lasting = not here.places.volatile.exists() and _keep(here.history, before)
    kind = Failure.ON_TRIAL if on_trial(here.places) else failure(unit)
    history, decision = next_step(before, kind, cause, now, lasting=lasting)
    _keep(here.history, history)
    news = sentence(cause, DONE[decision.step])
    log.error("%s", news)
    here.tell(here.config, news)
    if decision.aloud and decision.step in SPOKEN:
        here.say(SPOKEN[decision.step], here.places)
    _carry_out(here, decision)
    return 0


def _carry_out(here: Surroundings, decision: Decision) -> None:
    if decision.step is Step.MISTAKE:
        return
    if decision.step is Step.REBOOT:
        here.systemctl("reboot", "--no-block")
        return
    if decision.step is Step.DEPENDENCIES:
        for unit in DEPENDENCIES:
            here.systemctl("try-restart", unit)
    here.wait(decision.wait_s)
    # Somebody may have started it meanwhile, or stopped it for good.
    if given_up(_unit(here)):
        here.systemctl("reset-failed", DAEMON)
        here.systemctl("start", "--no-block", DAEMON)


def _settled(here: Surroundings) -> dict[str, str]:
    """Once it is neither starting nor between two starts."""
    for _ in range(MOST_LOOKS):
        unit = _unit(here)
        if unit.get("ActiveState") not in ("activating", "deactivating"):
            break
        here.wait(LOOK_S)
    return unit


def _unit(here: Surroundings) -> dict[str, str]:
    return told(here.systemctl("show", DAEMON, "--property", ",".join(ASKED)))


def _boot_id(here: Surroundings) -> str:
    try:
        return (here.places.root / BOOT_ID).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _recall(path: Path) -> History:
    try:
        return msgspec.json.decode(path.read_bytes(), type=History)
    except FileNotFoundError:
        return History()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s): what was tried before is not known.", path, error)
        return History()


def _keep(path: Path, history: History) -> bool:
    """Whether it will be known the next time."""
    try:
        write_whole(path, msgspec.json.encode(history))
    except OSError as error:
        log.warning("%s cannot be written (%s): the board is not rebooted, since nobody could count it.", path, error)
        return False
    return True
