"""`oyez-system first-words`: beside the daemon, until this configuration was ready once; then over at once."""

import argparse
import hashlib
import logging
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from oyez.config import Line
from oyez.config_file import parse
from oyez.errors import OyezError
from oyez_hw.probe import snapshot
from oyez_system.card.card import Card
from oyez_system.card.operations import Write
from oyez_system.card.places import Places
from oyez_system.first_words.lacking import READY, Facts, FirstWords
from oyez_system.first_words.wireless_log import has_route, read as read_log
from oyez_system.proof import Proof, read as read_proof

log = logging.getLogger(__name__)

LOOK_S = 2.0
FRESH_S = 10.0
RECORD = "first-words"
JOURNAL = ("journalctl", "-b", "-u", "wpa_supplicant@wlan0.service", "-o", "cat", "--no-pager", "-n", "300")
Run = Callable[[tuple[str, ...]], str]


def say(name: str, places: Places) -> None:
    """Loaded when there is something to say: this runs at every start of a small board."""
    from oyez_system.spoken import say

    say(name, places)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def run(arguments: argparse.Namespace) -> int:
    return speak(Places.below(arguments.root))


def speak(places: Places, say: Callable[[str, Places], object] = say, journal: Callable[[], str] | None = None) -> int:
    """journal: what wpa_supplicant wrote since the start."""
    config = _text(places.config)
    digest = hashlib.sha256((config + _text(places.wireless)).encode()).hexdigest()
    record = places.state / RECORD
    if _text(record).strip() == digest:
        return 0
    words = FirstWords(time.monotonic())
    while not words.over:
        sentence = words.step(_facts(places, config, journal or _journal), time.monotonic())
        if sentence is not None:
            say(sentence, places)
        if sentence == READY:
            Card().do(Write(record, f"{digest}\n".encode()))
            return 0
        time.sleep(LOOK_S)
    log.info("The device was not ready within the time in which that is said aloud.")
    return 0


def _facts(places: Places, config: str, journal: Callable[[], str]) -> Facts:
    proof = _fresh(places.run / "proof.json")
    route = has_route(_text(places.root / "proc/net/route"), _text(places.root / "proc/net/ipv6_route"))
    return Facts(
        set_up=_is_set_up(places, config),
        card=_card_is_there(places, config) if proof is None else proof.microphone is not False,
        wireless="unknown" if route else read_log(journal().splitlines()),
        route=route,
        troubles=() if proof is None else proof.troubles,
        well=proof is not None
        and proof.microphone is not False
        and proof.scoring is not False
        and proof.loudspeaker
        and proof.conductor
        and proof.token is not False,
    )


def _fresh(path: Path) -> Proof | None:
    """None: the daemon does not run, or hangs."""
    proof = read_proof(path)
    if proof is None or time.clock_gettime(time.CLOCK_BOOTTIME) - proof.since_boot_s > FRESH_S:
        return None
    return proof


def _is_set_up(places: Places, config: str) -> bool:
    """Somebody said where tokens come from, or who answers in the house."""
    try:
        line = parse(config, "").line
    except OyezError:
        return True  # it is wrong, and that is said elsewhere
    has_key = places.credential("device_key").exists()
    return has_key or bool(line.local_url) or line.backend_url != Line().backend_url


def _card_is_there(places: Places, config: str) -> bool:
    try:
        if parse(config, "").board.name == "simulated":
            return True
    except OyezError:
        return True  # something else is wrong, and said elsewhere
    return any(card.captures for card in snapshot(places.root).cards)


def _journal() -> str:
    try:
        done = subprocess.run(JOURNAL, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
