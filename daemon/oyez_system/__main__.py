"""`oyez-system VERB`: what runs as root beside the daemon. Exits 0 well, 1 failed, 2 usage, 70 bug, 78 config.

A verb is a module with `add_arguments(parser)` and `run(arguments) -> exit code`. Only the verb that was asked for is
imported, since some of them run on every boot of a small board.
"""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

from oyez.errors import Bug, OyezError
from oyez.logs import set_up

VERBS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "first-boot": ("first_boot.command", "take oyez.toml in from the boot partition"),
        "first-words": ("first_words.command", "say aloud what a newly set-up device lacks"),
        "update": ("updates.command", "look for a newer version, or install one"),
        "promote": ("updates.promote_command", "after the start of a slot on trial: keep it or go back"),
        "rescue": ("rescue.command", "the daemon does not start: what is done next"),
        "reset": ("reset.command", "factory reset"),
        "support": ("support.command", "everything that helps to find a fault, without secrets"),
    }
)
"""Verb -> module under `oyez_system`, what it does."""


class Command(Protocol):
    """The module of a verb."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int:
        """The exit code. Raises OyezError for what a person must mend."""


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in VERBS:
        _overview().parse_args(words[:1])
        return 2
    set_up(logging.INFO, sys.stderr, os.environ)
    return _carry_out(words[0], words[1:])


def _overview() -> argparse.ArgumentParser:
    """Knows the verbs and not their arguments."""
    parser = argparse.ArgumentParser(prog="oyez-system", description="What runs as root beside the daemon.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, (_, text) in VERBS.items():
        verbs.add_parser(name, help=text)
    return parser


def _carry_out(verb: str, words: Sequence[str]) -> int:
    module, text = VERBS[verb]
    command = cast(Command, import_module(f"oyez_system.{module}"))
    parser = argparse.ArgumentParser(prog=f"oyez-system {verb}", description=text)
    command.add_arguments(parser)
    arguments = parser.parse_args(words)
    try:
        return command.run(arguments)
    except OyezError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except Exception:
        logging.getLogger("oyez_system").exception("This is a bug of ours: please report it with the lines below.")
        return Bug.exit_code


if __name__ == "__main__":
    sys.exit(main())
