"""`oyez-hw doctor`: the board's part alone. Prints what it does on the way, and what it found."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

from oyez_hw.alsa_errors import hush
from oyez_hw.commands.cards import add_both, known
from oyez_hw.doctor.board_checks import SoundLook, board_checks, cards_of, sound_checks
from oyez_hw.doctor.board_reading import read_kernel, read_model
from oyez_hw.doctor.finding import Result
from oyez_hw.doctor.page import page, verdict
from oyez_hw.doctor.plots import Plot, sound_plots
from oyez_hw.doctor.presence_reading import Wanted
from oyez_hw.doctor.redaction import Redaction, wireless_names
from oyez_hw.doctor.report import Report, in_words, without
from oyez_hw.doctor.rounds import Check, make
from oyez_hw.doctor.sound_measuring import Plan


def add_arguments(command: argparse.ArgumentParser) -> None:
    add_both(command)
    add_common_arguments(command)


def add_common_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--html", type=Path, metavar="FILE", help="a report with plots, to attach to an issue")
    command.add_argument("--silent", action="store_true", help="play nothing: the loudspeaker is not looked at")
    command.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where sys, proc and etc lie")


def doctor(asked: argparse.Namespace) -> dict[str, Any]:
    """The report as one JSON object; `ok` is false where there is trouble.

    Raises OSError: the page cannot be written. Raises ValueError: no card is as was asked.
    """
    card = known(asked)
    settings = card.settings
    teller = Teller(sys.stderr if asked.json else sys.stdout)
    places = tuple((channel, x_mm, y_mm) for channel, (x_mm, y_mm, _) in card.places.items())
    plan = Plan(settings.name, settings.capture_format, places, card.references, audible=not asked.silent)
    is_alsa = settings.name != "simulated"
    device = settings.capture_device if is_alsa else ""
    sound = SoundLook(plan, cards_of(settings), asked.root, teller.progress, device=device)
    wanted = Wanted(settings.name, settings.capture_device, opened=True)
    checks = [*board_checks(asked.root, ask_owner=True, wanted=wanted), *sound_checks(sound, settings, is_alsa)]
    report = asyncio.run(examine(checks, asked.root, teller))
    names, secrets = wireless_names(asked.root)
    hide = Redaction(names, secrets)
    plots = sound_plots(sound.recording) if sound.recording is not None else []
    said = finish(report, plots, hide, asked.html, teller)
    if sound.hung:
        if asked.json:
            print(json.dumps(said))
        sys.stdout.flush()
        os._exit(1)  # the card holds its thread for ever
    return said


async def examine(checks: Sequence[Check[Any]], root: Path, teller: "Teller") -> Report:
    hush()  # what it would print between our sentences is told as findings
    results = await make(checks, teller.begin, teller.end)
    about = {"version": _version(), "board": read_model(root), "kernel": read_kernel(root)}
    made = datetime.now().astimezone().isoformat(timespec="seconds")
    return Report(made=made, about=about, results=tuple(results))


def finish(
    report: Report, plots: list[Plot], hide: Callable[[str], str], html: Path | None, teller: "Teller"
) -> dict[str, Any]:
    """Says the verdict, writes the page, and gives the JSON: both with what is private taken out."""
    shown = without(report, hide)
    teller.say(f"\n{verdict(report)}")
    if html is not None:
        html.write_text(page(shown, plots), "utf-8")
        teller.say(f"The report is {html}; names, addresses, keys and passwords were taken out of it.")
    return shown.as_json()


class Teller:
    """What a person at a terminal sees."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def begin(self, title: str) -> None:
        self.say(f"{title} ...")

    def progress(self, share: float) -> None:
        if self._live:
            print(f"\r  listening {share:4.0%}", end="" if share < 1 else "\n", file=self._stream, flush=True)

    def end(self, result: Result) -> None:
        for line in in_words(result, to_root=os.geteuid() == 0):
            self.say(line)


def _version() -> str:
    try:
        return version("oyez")
    except PackageNotFoundError:
        return "unknown"
