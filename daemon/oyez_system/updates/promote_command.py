"""`oyez-system promote`: at every start of the device, after the daemon."""

import argparse

from oyez_system.updates.assembling import promoter
from oyez_system.updates.places import Places


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: it knows by itself what this start is."""


def run(arguments: argparse.Namespace) -> int:
    promoter(Places(), _say).run()
    return 0


def _say(name: str) -> None:
    """It loads what plays sound, which most starts of the device do not need."""
    from oyez_system import spoken
    from oyez_system.card.places import Places as Card

    spoken.say(name, Card())
