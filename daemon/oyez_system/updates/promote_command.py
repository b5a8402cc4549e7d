"""`oyez-system promote`: at every start of the device, after the daemon."""

import argparse

from oyez_system.updates.assembling import promoter
from oyez_system.updates.places import Places


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: it knows by itself what this start is."""


def run(arguments: argparse.Namespace) -> int:
    promoter(Places(), lambda name: None).run()
    return 0
