"""From a release server over TLS into the other slot, by a real RAUC: a night on the device, without the restart."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from oyez_system.proof import Proof
from oyez_system.update_settings import Updates
from oyez_system.updates.device import Device
from oyez_system.updates.fetching import Clocks, Fetcher
from oyez_system.updates.installing import Updater
from oyez_system.updates.places import Places
from oyez_system.updates.rauc import Rauc
from oyez_system.updates.refusal import Refused
from tests.doubles.bundles import Signer, image_of, make_signer
from tests.doubles.rauc_service import RaucService, missing, plain_bundle, rauc_service
from tests.doubles.release_server import ReleaseServer, release_server

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"RAUC's service: {missing()}")
NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class Healthy:
    """A device on which all works; it only notes that it was to be restarted."""

    def __init__(self) -> None:
        self.restarted = False

    def since_boot_s(self) -> float:
        return 1000.0

    def proof(self) -> Proof:
        return Proof("1.0.0", 1000.0, True, True, True, True, True, True)

    def knows_wake_word(self) -> bool:
        return True

    def restart(self) -> None:
        self.restarted = True


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return make_signer(tmp_path, "ours")


@pytest.fixture
def service(tmp_path: Path, signer: Signer) -> Iterator[RaucService]:
    with rauc_service(tmp_path / "device", signer) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, signer: Signer) -> Iterator[ReleaseServer]:
    bundle = plain_bundle(tmp_path, signer, "1.1.0")
    with release_server(bundle.read_bytes(), tmp_path) as serving:
        yield serving


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "run").mkdir()
    (tmp_path / "boot_id").write_text("boot-1\n")
    return Places(tmp_path / "run", tmp_path / "own", tmp_path / "state", tmp_path / "boot_id", tmp_path / "volatile")


def updater(tmp_path: Path, service: RaucService, server: ReleaseServer, places: Places, device: Healthy) -> Updater:
    clocks = Clocks(lambda: 0.0, lambda seconds: None, lambda: NIGHT)
    rauc = Rauc("1.0.0", clocks.now, service.command)

    def fetcher() -> Fetcher:
        return Fetcher(clocks, random.Random(1), ca_file=str(tmp_path / "certificate.pem"), allow_http=False)

    return Updater(Updates(source=server.release_url), places, rauc, fetcher, cast(Device, device), clocks, "1.0.0")


def test_a_night_s_update_over_a_line_that_breaks_ends_in_the_other_slot(
    tmp_path: Path, service: RaucService, server: ReleaseServer, places: Places
) -> None:
    server.cuts, device = [50_000, 100_000], Healthy()
    updater(tmp_path, service, server, places, device).by_itself()
    assert device.restarted
    assert service.slot("B").startswith(image_of("1.1.0"))
    assert service.orders == ["set-state B bad", "set-primary B"]
    pending, told = places.history().pending, places.told()
    assert pending is not None
    assert (pending.slot, pending.installed, pending.version) == ("B", True, "1.1.0")
    assert told is not None
    assert (told.latest, told.stage, told.release_url) == ("1.1.0", "restart_pending", "https://example.org/1.1.0")
    assert list(places.download.iterdir()) == []


def test_a_server_that_was_taken_over_gets_nothing_installed(
    tmp_path: Path, service: RaucService, server: ReleaseServer, places: Places
) -> None:
    """It can describe its own bundle as it likes; it cannot sign it."""
    (tmp_path / "evil").mkdir()
    bundle = plain_bundle(tmp_path / "evil", make_signer(tmp_path, "evil"), "1.1.0").read_bytes()
    forged = ReleaseServer(bundle).description
    server.bundle, server.description = bundle, forged
    device = Healthy()
    with pytest.raises(Refused) as caught:
        updater(tmp_path, service, server, places, device).by_itself()
    assert caught.value.kind == "wrong_key"
    assert (service.orders, set(service.slot("B")), device.restarted) == ([], {0}, False)
    assert places.history().pending is None
