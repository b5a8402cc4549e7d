"""`oyez-system first-boot`: at every start, before the network and the daemon. Without a new file it is soon over.

Exits 0; 1: the card could not be written; 78: the file is wrong, and nothing of it was taken in.
"""

import argparse
import hashlib
import logging
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from oyez.config_file import parse
from oyez.errors import ConfigError, OyezError
from oyez_hw.board_settings import AUTO
from oyez_hw.probe import snapshot
from oyez_system.card.card import Card
from oyez_system.card.operations import Operation, Write
from oyez_system.card.places import Places
from oyez_system.first_boot import problems
from oyez_system.first_boot.board_lines import Record, decide, is_there, lacking, mute, wanted
from oyez_system.first_boot.plan import refusing, taking, unwritten, wiping
from oyez_system.first_boot.reading import InForce, Laid, read
from oyez_system.first_boot.wireless import networks_in
from oyez_system.on_trial import on_trial

log = logging.getLogger(__name__)

LARGEST_BYTES = 256 * 1024
RECORD = "first-boot.json"
THE_ONE_THERE = "that is there"


SSH = "ssh.service"


def order(*words: str) -> None:
    subprocess.run(["systemctl", "--no-block", *words], check=False)


def say(name: str, places: Places) -> None:
    """Loaded when there is something to say: this runs at every start of a small board."""
    from oyez_system.spoken import say

    say(name, places)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tests put in the place of the machine."""

    places: Places
    card: Card = field(default_factory=Card)
    say: Callable[[str, Places], object] = say
    order: Callable[..., object] = order
    """Words to systemctl; what they order is not waited for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--boot", type=Path, metavar="DIR", help="where the boot partition is mounted")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def run(arguments: argparse.Namespace) -> int:
    return first_boot(Surroundings(Places.below(arguments.root, arguments.boot)))


def first_boot(here: Surroundings) -> int:
    if not here.places.data.is_dir():
        log.info("There is no %s, so this is no device of ours: nothing is taken in.", here.places.data)
        return 0
    volatile = here.places.volatile.exists()
    code, spoilt = 0, volatile
    try:
        _take_in(here, volatile)
    except ConfigError as error:
        for mistake in error.mistakes:
            log.error("%s", mistake)
        _write_down(here, refusing(error.mistakes, here.places))
        here.say("mistake_in_file", here.places)
        code = ConfigError.exit_code
    except OSError as error:
        log.error("What lies on the boot partition could not be taken in: %s.", error)
        _write_down(here, unwritten(f"{error}.", here.places))
        code, spoilt = OyezError.exit_code, True
    if spoilt:
        here.say("storage_failed", here.places)
    elif _settle_board(here):
        log.info("The lines for the sound board have changed: the device starts again.")
        here.order("reboot")
    _put_to_use(here)
    return code


def _put_to_use(here: Surroundings) -> None:
    """What systemd read before us, and what starts only where somebody may log in."""
    name = _text(here.places.hostname)
    kernels = here.places.root / "proc/sys/kernel/hostname"
    if name and name != _text(kernels):
        try:
            kernels.write_text(name)
        except OSError as error:
            log.warning("The name of the device counts from the next start on (%s).", error.strerror)
    if here.places.ssh_keys.exists():
        here.order("start", SSH)


def _take_in(here: Surroundings, volatile: bool) -> None:
    """Raises ConfigError with every mistake, OSError."""
    places = here.places
    if not volatile:
        here.card.carry_out(wiping(places))
    laid, paths = _laid(places)
    if not paths:
        return
    networks = networks_in(_text(places.wireless) or "")
    before = InForce(_text(places.config), networks)
    taken = read(laid, before, lambda zone: (places.zones / zone).is_file())
    here.card.carry_out(taking(taken, paths, places, networks, volatile))
    for remark in taken.remarks:
        log.warning("%s", remark)
    log.info("%s: taken in.", ", ".join(path.name for path in paths))


def _laid(places: Places) -> tuple[Laid, list[Path]]:
    """Raises ConfigError: it cannot be read, or there are two."""
    own = [path for path in places.files if path.exists()]
    if len(own) > 1:
        raise ConfigError([f"There are {' and '.join(path.name for path in own)}: delete the one that does not count."])
    paths = own + [path for path in (places.preseed,) if path.exists()]
    texts = {path: _read(path) for path in paths}
    name = own[0].name if own else "oyez.toml"
    return Laid(texts[own[0]] if own else None, name, texts.get(places.preseed)), paths


def _read(path: Path) -> str:
    """Raises ConfigError."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ConfigError([f"{path.name} could not be read ({error.strerror}): write it anew."]) from None
    if len(raw) > LARGEST_BYTES:
        raise ConfigError([f"{path.name} is larger than {LARGEST_BYTES // 1024} KiB and is surely no configuration."])
    try:
        # utf-8-sig: Windows editors put a mark at the front of the file.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{path.name}, line {line}: this is not UTF-8 text: save the file as UTF-8."]) from None


def _write_down(here: Surroundings, operations: list[Operation]) -> None:
    try:
        here.card.carry_out(operations)
    except OSError as error:
        log.error("%s cannot be written (%s).", here.places.problems, error.strerror)


def _settle_board(here: Surroundings) -> bool:
    """Whether the device must start again."""
    try:
        return _board_settled(here)
    except OSError as error:
        log.error("The lines for the sound board cannot be written (%s).", error)
        return False


def _board_settled(here: Surroundings) -> bool:
    places = here.places
    config = _text(places.config)
    # Lines that another version would write wait until that one is kept: a restart would be the end of its trial.
    if config is None or on_trial(places):
        return False
    try:
        name = parse(config, str(places.config)).board.name
    except ConfigError:
        return False  # the daemon tells of it
    machine = snapshot(places.root)
    path = places.state / RECORD
    record = _record(path)
    digest = hashlib.sha256(config.encode()).hexdigest()
    lines = _drivable(here, name, wanted(name, machine), mute(name, machine))
    decision = decide(digest, lines, _text(places.board) or "", is_there(name, machine), record)
    # The lines first: should the power be cut in between they are simply there at the next start.
    if decision.write is not None:
        here.card.do(Write(places.board, decision.write.encode(), None))
    if decision.record != record:
        here.card.do(Write(path, msgspec.json.encode(decision.record)))
    return decision.restart


def _drivable(here: Surroundings, board: str, lines: str | None, why: str) -> str | None:
    """The lines; None also where the card has no overlay that they name: the device would start once more, hear nothing
    all the same, and nobody would know why. That is told instead, until the overlay is there. why: `mute` said it."""
    there = {path.stem for path in (here.places.boot / "overlays").glob("*.dtbo")}
    missing = lacking(lines or "", there)
    if missing or why:
        page, before = (
            problems.not_driven(THE_ONE_THERE if board == AUTO else board, missing, why),
            _text(here.places.problems) or "",
        )
        log.error("%s", " ".join(page.split()))
        if page not in before:
            here.card.do(Write(here.places.problems, problems.beside(before, page).encode(), None))
    return None if missing else lines


def _record(path: Path) -> Record:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Record()


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()  # as it is: Windows' ends of lines, too
    except (OSError, UnicodeDecodeError):
        return None
