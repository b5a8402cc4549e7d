"""One conversation with each client, which all tests judge that ask for `evening`."""

import asyncio

import pytest

from tests.peers.evening import DRIVERS, Evening, hold
from tests.peers.install import PEERS


@pytest.fixture(scope="session", params=list(DRIVERS))
def evening(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Skips, with the reason, where that peer could not be installed."""
    reason = PEERS[request.param].why_absent()
    if reason is not None:
        pytest.skip(reason)
    return asyncio.run(hold(request.param, tmp_path_factory.mktemp(request.param)))
