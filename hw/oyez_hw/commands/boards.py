"""`oyez-hw list` and `oyez-hw board`: what this machine shows, and what is known of it."""

import argparse
import difflib
from pathlib import Path
from typing import Any

import msgspec

from oyez_hw.board_pages import sheet
from oyez_hw.catalogue import known
from oyez_hw.detection import Candidate, Finding, detect, devices
from oyez_hw.machine import Card, Snapshot
from oyez_hw.probe import USB_PREFIX, snapshot


def recognised(root: Path = Path("/")) -> tuple[Snapshot, Finding]:
    machine = snapshot(root)
    return machine, detect(machine, known().values())


def list_boards(as_json: bool) -> dict[str, Any]:
    """The part of `oyez-hw list` that opens nothing: boards, and cards by the names that survive renumbering."""
    machine, finding = recognised()
    if not as_json:
        print("boards:", *([_told(one, finding) for one in finding.candidates] or ["(none)"]), sep="\n  ")
        print(f'  with board.name = "auto": {finding.sentence}.')
        print("cards:", *([_line(card) for card in machine.cards] or ["(none)"]), sep="\n  ")
    return {
        "model": machine.model,
        "boards": [_candidate(one) for one in finding.candidates],
        "auto": finding.chosen.name if finding.chosen else None,
        "sentence": finding.sentence,
        "by_id": [_card(card) for card in machine.cards],
    }


def add_board(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="as `oyez-hw list` and docs/boards.md name it")


def board(asked: argparse.Namespace) -> dict[str, Any]:
    """The entry as it stands in the catalogue."""
    entry = known().get(asked.name)
    if entry is None:
        near = difflib.get_close_matches(asked.name, known(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known())}"
        raise ValueError(f"no board is called {asked.name}: {hint}")
    if not asked.json:
        print("\n".join(sheet(entry)))
    return {"board": msgspec.to_builtins(entry)}


def _candidate(one: Candidate) -> dict[str, Any]:
    entry = known()[one.name]
    capture_device, playback_device = devices(entry, one)
    return {
        "name": one.name,
        "title": entry.title,
        "reasons": list(one.reasons),
        "missing": list(one.missing),
        "proven": entry.proven,
        "supported": entry.drivers != "out of tree",
        "capture_device": capture_device,
        "playback_device": playback_device,
    }


def _told(one: Candidate, finding: Finding) -> str:
    entry = known()[one.name]
    marks = [
        *(["taken by auto"] if one is finding.chosen else []),
        *(["its driver is outside the kernel"] if entry.drivers == "out of tree" else []),
        *([] if entry.proven else ["unproven"]),
        *one.missing,
    ]
    return f"{one.name:<22}{entry.title} ({', '.join(one.reasons)}){''.join(f'; {mark}' for mark in marks)}"


def _card(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.long_name or card.name,
        "usb_id": card.usb_id,
        "usb_path": card.usb_path,
        "capture": [f"hw:CARD={card.id},DEV={pcm.device}" for pcm in card.pcms if pcm.captures],
        "playback": [f"hw:CARD={card.id},DEV={pcm.device}" for pcm in card.pcms if pcm.plays],
    }


def _line(card: Card) -> str:
    ways = [*(["in"] if card.captures else []), *(["out"] if card.plays else [])]
    port = f", {USB_PREFIX}{card.usb_path} ({card.usb_id})" if card.usb_path else ""
    return f"hw:CARD={card.id:<16}{'/'.join(ways) or 'no PCM':<8}{card.long_name or card.name}{port}"
