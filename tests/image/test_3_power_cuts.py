"""The power is cut at twenty moments of an update that was made: the card of each moment is built from the log of all
that was written, less what was never flushed, and a device is started from it."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.image.card import Card
from tests.image.conftest import GOOD, Settled
from tests.image.device import BOOT_S, Device, Key
from tests.image.logbook import Logbook
from tests.image.writes import Past, moments

ANYWHERE, NEAR_THE_SLOTS = 12, 8
WHOLE_BOOTS = (8, 19)
"""Of these moments the start is waited for to its end; of the others until systemd runs from the slot."""
SEED = int(os.environ.get("OYEZ_SEED", "7"))


@pytest.fixture(scope="module")
def past(settled: Settled) -> Past:
    """The device that made the update has lost its power as well."""
    settled.device.cut_power()
    return Past(settled.card_before, settled.writes)


def test_after_each_of_twenty_power_cuts_in_an_update_a_system_starts(
    past: Past, key: Key, scratch: Path, logbook: Logbook
) -> None:
    random = Random(SEED)
    slots = Card(past.path, scratch / "look.qcow2").partitions()[0]
    chosen = moments(past.log, range(slots.start, slots.start + slots.size), ANYWHERE, NEAR_THE_SLOTS, random)
    logbook.note(f"power cuts after {', '.join(map(str, chosen))} of {len(past.log)} writes and flushes (seed {SEED})")
    for number, count in enumerate(chosen):
        with past.as_after(count, random) as raw:
            card = Card(raw, scratch / "cut.qcow2")
            with logbook.of(f"after a power cut at write {count}", Device(card, scratch, key)) as device:
                device.rebooted()
                device.console.expect("Welcome to", BOOT_S)
                if number in WHOLE_BOOTS:
                    device.reached()
                    device.until(GOOD, 600.0)
