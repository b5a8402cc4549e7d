"""What `oyez locker` takes on its command line."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from oyez.memory import state_folder

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

DEFAULT_STATE = Path("/var/lib/oyez")
LABELS = ("true", "false", "unsure")
"""As the locker knows them."""
HELP = "clips of wakes and near misses: list, play, label, fit, export, clear"


def add(verbs: "Verbs", default_config: Path) -> None:
    """Enters the command and its own verbs."""
    parser = verbs.add_parser("locker", help=HELP, description=HELP)
    inner = parser.add_subparsers(required=True, metavar="VERB")

    show = _verb(inner, "list", "what is kept, the oldest first")
    show.add_argument("--word", default="", help="of this wake word alone")
    show.add_argument("--label", default="", choices=["", "none", *LABELS], help="with this label; none: unlabelled")
    show.add_argument("--json", action="store_true", help="one JSON object as the last line")

    play = _verb(inner, "play", "let it be heard on the loudspeaker, or write it into a file")
    play.add_argument("clip", metavar="ID")
    play.add_argument("--to", type=Path, metavar="FILE.wav", help="write it there, and make no sound")
    play.add_argument(
        "--config", type=Path, default=default_config, metavar="FILE", help="whose card it is (%(default)s)"
    )

    label = _verb(inner, "label", "true: the word was said; false: it was not; unsure; none takes a label back")
    label.add_argument("clip", metavar="ID", nargs="+")
    label.add_argument("label", choices=[*LABELS, "none"])

    learn = _verb(inner, "fit", "what the labels say about each word's threshold")
    learn.add_argument("--word", default="", help="this one alone")
    learn.add_argument("--png", type=Path, metavar="FILE", help="draw the curve (needs --word where there are several)")
    learn.add_argument("--apply", action="store_true", help="use what is proposed from the next start of the daemon on")
    learn.add_argument("--forget", action="store_true", help="go back to the configured threshold")
    learn.add_argument("--json", action="store_true", help="one JSON object as the last line")

    export = _verb(inner, "export", "copy the clips and a table of them, to do with as you like")
    export.add_argument("to", type=Path, metavar="DIR")

    _verb(inner, "clear", "delete every clip").add_argument("--yes", action="store_true", help="do not ask")


def _verb(verbs: "Verbs", name: str, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text)
    verb.set_defaults(command=_run, verb=name)
    state = state_folder(os.environ) or DEFAULT_STATE
    verb.add_argument(
        "--state", type=Path, default=state, metavar="DIR", help="the device's state folder (%(default)s)"
    )
    return verb


def _run(asked: argparse.Namespace) -> int:
    from oyez.locker_command import run  # here, since `oyez status` and its kin should load no numpy

    return run(asked)
