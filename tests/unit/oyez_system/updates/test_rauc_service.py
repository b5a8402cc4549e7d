"""A real RAUC service installs, is asked and is ordered about, as on a device."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oyez_system.slots import Slot
from oyez_system.updates.rauc import Rauc
from oyez_system.updates.refusal import Refused
from tests.doubles.bundles import Signer, image_of, make_bundle, make_signer
from tests.doubles.rauc_service import RaucService, missing, plain_bundle, rauc_service

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"RAUC's service: {missing()}")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return make_signer(tmp_path, "ours")


@pytest.fixture
def service(tmp_path: Path, signer: Signer) -> Iterator[RaucService]:
    with rauc_service(tmp_path / "device", signer) as running:
        yield running


@pytest.fixture
def rauc(service: RaucService) -> Rauc:
    return Rauc("1.0.0", lambda: NOW, service.command)


def test_a_bundle_is_written_into_the_other_slot_which_boots_next(
    rauc: Rauc, service: RaucService, signer: Signer, tmp_path: Path
) -> None:
    bundle = plain_bundle(tmp_path, signer, "1.1.0")
    assert (rauc.booted(), rauc.other()) == (Slot("A", "1.0.0", True), Slot("B", "", False))
    assert rauc.version_of(bundle) == "1.1.0"
    told: list[float] = []
    rauc.install(bundle, told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert service.slot("B").startswith(image_of("1.1.0"))
    assert rauc.other().version == "1.1.0"
    assert service.orders == ["set-state B bad", "set-primary B"]


def test_going_back_makes_the_other_slot_the_one_that_boots_before_anything_else(
    rauc: Rauc, service: RaucService
) -> None:
    rauc.go_back()
    assert service.orders == ["set-primary B", "set-state B good", "set-state A bad"]
    assert (rauc.booted().good, rauc.other().good) == (False, True)


def test_staying_is_an_order_of_the_boot_loader_too(rauc: Rauc, service: RaucService) -> None:
    rauc.stay()
    assert service.orders == ["set-primary A", "set-state A good", "set-state B bad"]


def test_giving_way_leaves_both_slots_to_be_tried(rauc: Rauc, service: RaucService) -> None:
    rauc.give_way()
    assert service.orders == ["set-primary B", "set-state B good"]
    assert (rauc.booted().good, rauc.other().good) == (True, True)


def test_a_slot_that_proved_itself_is_good(rauc: Rauc, service: RaucService) -> None:
    rauc.promote()
    assert service.orders == ["set-state A good"]


def test_a_bundle_by_anybody_else_is_not_even_begun(rauc: Rauc, service: RaucService, tmp_path: Path) -> None:
    bundle = plain_bundle(tmp_path, make_signer(tmp_path, "theirs"), "1.1.0")
    with pytest.raises(Refused) as caught:
        rauc.install(bundle, lambda share: None)
    assert caught.value.kind == "wrong_key"
    assert (service.orders, set(service.slot("B"))) == ([], {0})


def test_a_bundle_for_another_device_is_refused_by_what_this_one_is(rauc: Rauc, signer: Signer, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        rauc.version_of(make_bundle(tmp_path, signer, "1.1.0", "toaster"))
    assert caught.value.kind == "wrong_compatible"


def test_where_rauc_itself_refuses_another_device_it_is_understood(
    rauc: Rauc, service: RaucService, signer: Signer, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as caught:
        rauc.install(plain_bundle(tmp_path, signer, "1.1.0", "toaster"), lambda share: None)
    assert caught.value.kind == "wrong_compatible"
    assert "made for toaster and this device is oyez-arm64" in str(caught.value)
    assert service.orders == []
