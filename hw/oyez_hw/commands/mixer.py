"""`oyez-hw mixer`: what the catalogue says of a board's mixer, without which some are silent and deaf.

Once only: a card whose state was stored (`alsactl store`, as the system does when it goes down) keeps it.
"""

import argparse
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oyez_hw.catalogue import Entry, known
from oyez_hw.detection import detect
from oyez_hw.machine import Card
from oyez_hw.probe import snapshot

STORED = Path("var/lib/alsa/asound.state")
LONGEST_S = 10.0


def add_mixer(command: argparse.ArgumentParser) -> None:
    command.add_argument("--again", action="store_true", help="also where the mixer's state was stored before")
    command.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="a folder that stands for /")


def mixer(asked: argparse.Namespace) -> dict[str, Any]:
    stored = "" if asked.again else _text(asked.root / STORED)
    set_up: list[str] = []
    failed: list[str] = []
    for card, entry in _boards(asked.root):
        if f"state.{card.id} {{" in stored:
            continue
        refused = [sentence for words in orders(card, entry) if (sentence := _refused(words))]
        failed += refused
        if not refused:
            set_up.append(card.id)
    if not asked.json:
        print("\n".join([*(f"{card}: as the catalogue says" for card in set_up), *failed]) or "nothing to set")
    return {"set": set_up, "failed": failed, "ok": not failed}


def orders(card: Card, entry: Entry) -> Iterator[list[str]]:
    for one in entry.settings:
        yield ["amixer", "-q", "-c", str(card.number), "sset", one.control, *one.value.split()]


def _boards(root: Path) -> Iterator[tuple[Card, Entry]]:
    """Those that are there and have something to set."""
    machine = snapshot(root)
    for candidate in detect(machine, known().values()).candidates:
        entry = known()[candidate.name]
        if candidate.card is not None and entry.settings:
            yield candidate.card, entry


def _refused(words: list[str]) -> str:
    """Empty: it is set."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"amixer cannot be run ({error}): install alsa-utils"
    said = done.stderr.strip().partition("\n")[0]
    return f"{words[5]} is not set ({said}): is this the board that it looks like?" if done.returncode else ""


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
