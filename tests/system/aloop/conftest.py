"""The guest with its sound card in place, and Oyez under its unit on that card."""

from collections.abc import Iterator

import pytest

from tests.system.aloop.device import Device
from tests.system.guest import Guest

PLUG = "/srv/oyez/tests/system/aloop/plug.sh"
ANEW = "modprobe -r snd-aloop 2>/dev/null; modprobe snd-aloop"
"""No clock is turned, nobody is at either end."""


@pytest.fixture
def aloop(guest: Guest) -> Iterator[Guest]:
    """The guest, its loop-back card as it was loaded."""
    guest.run(ANEW).check()
    yield guest
    guest.run(f"{PLUG} out; {PLUG} in").check()


@pytest.fixture(scope="module")
def one_device(guest: Guest) -> Iterator[Device]:
    """Started; all that stand on it skip, with its figures, where the guest has not the time to listen."""
    made = Device(guest)
    begin(made)
    why = made.too_slow()
    if not why:
        yield made
    made.stop()
    if why:
        pytest.skip(why)


@pytest.fixture
def device(one_device: Device) -> Device:
    """Oyez listens, with nothing wrong with its card: one life for all tests of a file, unless one of them failed."""
    if not one_device.well():
        begin(one_device)
    return one_device


def begin(device: Device) -> None:
    device.stop()
    device.guest.run(ANEW).check()
    device.start()
