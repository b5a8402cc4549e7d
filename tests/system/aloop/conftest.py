"""The guest with its sound card in place."""

from collections.abc import Iterator

import pytest

from tests.system.guest import Guest

PLUG = "/srv/oyez/tests/system/aloop/plug.sh"


@pytest.fixture
def aloop(guest: Guest) -> Iterator[Guest]:
    """The guest, its loop-back card as it was loaded: no clock turned, nobody at either end."""
    guest.run("modprobe -r snd-aloop 2>/dev/null; modprobe snd-aloop").check()
    yield guest
    guest.run(f"{PLUG} out; {PLUG} in").check()
