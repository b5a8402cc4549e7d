"""Builds the updater and the promoter of this device. A shell."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import TextIO

from oyez.errors import ConfigError
from oyez.release import installed_version
from oyez.update_file import Told
from oyez_system import update_settings as settings
from oyez_system.updates import refusal
from oyez_system.updates.device import Device
from oyez_system.updates.fetching import Clocks, Fetcher
from oyez_system.updates.installing import Updater
from oyez_system.updates.places import Places
from oyez_system.updates.promoting import Promoter, Say
from oyez_system.updates.rauc import Rauc
from oyez_system.updates.telling import Telling

LOCK = "update.lock"
LOOK_S = 0.2


def clocks() -> Clocks:
    return Clocks(time.monotonic, time.sleep, now)


def now() -> datetime:
    return datetime.now().astimezone()


def updater(places: Places) -> Updater:
    """Raises ConfigError, which is told by then."""
    version = installed_version()
    try:
        chosen = settings.load()
    except ConfigError as error:
        Telling(places.told() or Told(version), places.tell).ended(str(error))
        raise

    def fetcher() -> Fetcher:
        return Fetcher(clocks(), Random(), ca_file=chosen.ca_file, allow_http=chosen.allow_http)

    return Updater(chosen, places, Rauc(version, now), fetcher, Device(), clocks(), version)


def promoter(places: Places, say: Say) -> Promoter:
    try:
        trial_s = settings.load().trial_s
    except ConfigError:
        # A mistake in that file must not condemn a version, or keep one that is deaf.
        trial_s = settings.Updates().trial_s
    return Promoter(places, Rauc(installed_version(), now), Device(), clocks(), trial_s, say)


@contextmanager
def alone(places: Places, patience_s: float = 0.0) -> Iterator[None]:
    """Raises Refused while another update is being made, and is not over within `patience_s`."""
    places.own_run.mkdir(mode=0o700, exist_ok=True)
    until_s = time.monotonic() + patience_s
    with (places.own_run / LOCK).open("w") as file:
        while not _locked(file):
            if time.monotonic() >= until_s:
                raise refusal.busy()
            time.sleep(LOOK_S)
        yield


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
