"""`oyez-system update [check | install [FILE] | status | describe FILE VERSION]`."""

import argparse
import logging
from pathlib import Path

import msgspec

from oyez_system.updates import refusal
from oyez_system.updates.assembling import alone, updater
from oyez_system.updates.describing import describe
from oyez_system.updates.installing import Updater
from oyez_system.updates.places import Places
from oyez_system.updates.refusal import Refused

log = logging.getLogger(__name__)

LOOKING_S = 60.0
"""The timer's run may be looking just now; one that installs takes longer, and installs anyway."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(what="by_itself")
    verbs = parser.add_subparsers(metavar="WHAT", help="nothing: what the timer does")
    check = verbs.add_parser("check", help="only show what there is")
    check.set_defaults(what="check")
    install = verbs.add_parser("install", help="the newest version, or the one in FILE")
    install.set_defaults(what="install")
    install.add_argument("file", type=Path, nargs="?", metavar="FILE", help="oyez-VERSION.raucb")
    install.add_argument("--unattended", action="store_true", help="FILE lies there: not again what was gone back from")
    status = verbs.add_parser("status", help="what became of the last update, as JSON")
    status.set_defaults(what="status")
    describe = verbs.add_parser("describe", help="print the release.json of a bundle, for whoever publishes it")
    describe.set_defaults(what="describe")
    describe.add_argument("file", type=Path, metavar="FILE", help="oyez-VERSION.raucb")
    describe.add_argument("version", metavar="VERSION", help="as the bundle was made with")
    describe.add_argument("--notes-url", default="", metavar="URL", help="what is new, for people")
    describe.add_argument("--min-version", default="", metavar="VERSION", help="the oldest that can install it")
    describe.add_argument("--security", action="store_true", help="it mends a danger")


def run(arguments: argparse.Namespace) -> int:
    places = Places()
    if arguments.what == "status":
        print(msgspec.json.encode(places.history()).decode())
        return 0
    if arguments.what == "describe":
        print(_described(arguments), end="")
        return 0
    if arguments.what == "install":
        # Before anything else: a request that stays would start us again and again.
        places.take_request()
        with alone(places, LOOKING_S):
            return _install(updater(places), arguments)
    with alone(places):
        return _look(updater(places), by_itself=arguments.what == "by_itself")


def _described(arguments: argparse.Namespace) -> str:
    return describe(
        arguments.file,
        arguments.version,
        notes_url=arguments.notes_url,
        min_version=arguments.min_version,
        security=arguments.security,
    ).decode()


def _look(made: Updater, *, by_itself: bool) -> int:
    """The timer's: what waiting mends is no failure of it."""
    try:
        if by_itself:
            made.by_itself()
        else:
            release = made.check()
            print(f"The newest version is {release.version}: {release.title}. {release.notes_url}".rstrip())
    except Refused as error:
        if not by_itself or error.kind not in refusal.NO_FAILURE:
            raise
        log.info("%s", error)
    return 0


def _install(made: Updater, arguments: argparse.Namespace) -> int:
    if arguments.file is None:
        made.newest()
        return 0
    try:
        made.file(arguments.file, unattended=arguments.unattended)
    except Refused as error:
        if not arguments.unattended or error.kind not in ("same_version", "tried_before", "downgrade"):
            raise
        log.info("%s", error)
    return 0
