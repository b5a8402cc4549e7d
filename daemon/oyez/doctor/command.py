"""`oyez doctor`: looks at everything, says what is wrong and what to do, and writes it down for an issue."""

import argparse
import json
import logging
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from oyez.doctor.examination import Examination, Surroundings
from oyez.doctor.private import names_in, names_of, secrets_in
from oyez.doctor.settings_reading import store
from oyez.errors import OyezError
from oyez.memory import run_folder, state_folder
from oyez.secret import mask
from oyez_hw.doctor.command import Teller, examine, finish
from oyez_hw.doctor.plots import Plot, latency_plot, sound_plots
from oyez_hw.doctor.redaction import Redaction, wireless_names


def surroundings(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Surroundings:
    root: Path = arguments.root
    return Surroundings(
        config_path=arguments.config,
        root=root,
        state_folder=arguments.state or state_folder(environ) or root / "var/lib/oyez",
        run_folder=run_folder(environ) or root / "run/oyez",
        environ=environ,
        audible=not arguments.silent,
    )


async def doctor(arguments: argparse.Namespace, where: Surroundings) -> int:
    """0: nothing is in trouble; 1: something is. Raises OyezError: the page cannot be written."""
    quiet = logging.NullHandler()  # what the parts would log is told as findings
    logging.getLogger().addHandler(quiet)
    try:
        return await _examined(arguments, where)
    finally:
        logging.getLogger().removeHandler(quiet)  # or a crash of our own would end without a word


async def _examined(arguments: argparse.Namespace, where: Surroundings) -> int:
    teller = Teller(sys.stderr if arguments.json else sys.stdout)
    examination = Examination(where, teller.progress)
    report = await examine(examination.checks(), where.root, teller)
    hide = redaction(where, examination)
    try:
        said = finish(report, plots_of(examination), lambda text: mask(hide(text)), arguments.html, teller)
    except OSError as error:
        raise OyezError(f"{arguments.html} cannot be written ({error.strerror}): name a file elsewhere.") from None
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False))
    return 0 if report.well else 1


def redaction(where: Surroundings, examination: Examination) -> Redaction:
    """Everything of this household that may stand in a report."""
    wireless, passwords = wireless_names(where.root)
    names = {*wireless, socket.gethostname(), *examination.words}
    secrets = {*passwords, *examination.secrets}
    try:
        text = where.config_path.read_text("utf-8", "replace")
    except OSError:
        text = ""
    secrets |= set(secrets_in(text))
    names |= set(names_in(text)) if examination.config is None else set(names_of(examination.config))
    for pattern in ("oyez.*", "oyez.*/*"):
        for credential in store(where.root).glob(pattern):
            secrets |= set(_read(credential))
    folder = where.environ.get("CREDENTIALS_DIRECTORY")
    for credential in Path(folder).glob("*") if folder else ():
        secrets |= set(_read(credential))
    return Redaction(names, secrets)


def plots_of(examination: Examination) -> list[Plot]:
    recording = examination.sound.recording if examination.sound is not None else None
    plots = sound_plots(recording) if recording is not None else []
    latency = latency_plot(examination.times_ms, "the service")
    return [*plots, *([latency] if latency is not None else [])]


def _read(path: Path) -> list[str]:
    try:
        return [path.read_text("utf-8").strip()]
    except (OSError, UnicodeDecodeError):
        return []
