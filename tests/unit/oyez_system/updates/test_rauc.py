"""What a real RAUC says of bundles, good and bad, is understood. Its service, and installing, need a target: QEMU's."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oyez_system.slots import SlotError
from oyez_system.updates.rauc import Rauc
from oyez_system.updates.refusal import Refused
from tests.doubles.bundles import MISSING, make_bundle, make_signer, system_conf

needs_rauc = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Offline(Rauc):
    """Without RAUC's service, which alone knows what the device is; all else is RAUC's own."""

    def __init__(self, conf: Path, compatible: str = "oyez-arm64") -> None:
        super().__init__("1.0.0", lambda: NOW, ("rauc", f"--conf={conf}"))
        self._known = compatible

    def _compatible(self) -> str:
        return self._known


def refused(rauc: Rauc, bundle: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        rauc.version_of(bundle)
    return caught.value


@needs_rauc
def test_a_bundle_by_somebody_trusted_says_its_version(tmp_path: Path) -> None:
    signer = make_signer(tmp_path, "ours")
    bundle = make_bundle(tmp_path, signer, "1.1.0")
    assert Offline(system_conf(tmp_path, signer)).version_of(bundle) == "1.1.0"


@needs_rauc
def test_a_keyring_with_two_certificates_trusts_both(tmp_path: Path) -> None:
    old, new = make_signer(tmp_path, "old"), make_signer(tmp_path, "new")
    rauc = Offline(system_conf(tmp_path, old, new))
    assert rauc.version_of(make_bundle(tmp_path, old, "1.1.0")) == "1.1.0"
    assert rauc.version_of(make_bundle(tmp_path, new, "1.2.0")) == "1.2.0"


@needs_rauc
def test_a_bundle_by_anybody_else_is_refused(tmp_path: Path) -> None:
    ours, theirs = make_signer(tmp_path, "ours"), make_signer(tmp_path, "theirs")
    why = refused(Offline(system_conf(tmp_path, ours)), make_bundle(tmp_path, theirs, "1.1.0"))
    assert why.kind == "wrong_key"
    assert str(why).startswith("oyez-1.1.0.raucb is not signed by anybody whom this device trusts")


@needs_rauc
def test_a_bundle_for_another_device_is_refused(tmp_path: Path) -> None:
    signer = make_signer(tmp_path, "ours")
    why = refused(Offline(system_conf(tmp_path, signer)), make_bundle(tmp_path, signer, "1.1.0", "toaster"))
    assert why.kind == "wrong_compatible"
    assert "made for toaster and this device is oyez-arm64" in str(why)


@needs_rauc
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_bundle_that_was_cut_off_is_no_whole_bundle(tmp_path: Path, share: float) -> None:
    signer = make_signer(tmp_path, "ours")
    bundle = make_bundle(tmp_path, signer, "1.1.0")
    os.truncate(bundle, int(bundle.stat().st_size * share))
    assert refused(Offline(system_conf(tmp_path, signer)), bundle).kind == "no_bundle"


@needs_rauc
def test_a_byte_that_was_changed_in_the_signed_description_is_found(tmp_path: Path) -> None:
    signer = make_signer(tmp_path, "ours")
    bundle = make_bundle(tmp_path, signer, "1.1.0")
    raw = bytearray(bundle.read_bytes())
    raw[raw.index(b"version=1.1.0") + 8] ^= 1
    bundle.write_bytes(raw)
    assert refused(Offline(system_conf(tmp_path, signer)), bundle).kind in ("wrong_key", "no_bundle")


def test_a_machine_without_rauc_says_that_it_is_no_flashed_device() -> None:
    rauc = Rauc("1.0.0", lambda: NOW, ("no-such-command-here",))
    with pytest.raises(SlotError, match="no flashed device"):
        rauc.booted()
    with pytest.raises(SlotError, match="no flashed device"):
        rauc.promote()


def script(tmp_path: Path, text: str) -> Rauc:
    """RAUC as its client prints it on a target, word by word."""
    path = tmp_path / "rauc"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return Rauc("1.0.0", lambda: NOW, (str(path),))


def test_progress_is_told_as_it_is_printed(tmp_path: Path) -> None:
    told: list[float] = []
    script(
        tmp_path,
        "echo installing; echo '  0% Installing'; echo ' 40% Verifying signature done.'\n"
        "echo '100% Installing done.'; echo 'Installing `x` succeeded'",
    ).install(Path("x"), told.append)
    assert told == [0.0, 0.4, 1.0]


def test_why_it_could_not_be_installed_is_told(tmp_path: Path) -> None:
    rauc = script(
        tmp_path,
        "echo ' 60% Copying image to rootfs.1'; echo 'LastError: Installation error: Failed updating slot rootfs.1: "
        "No space left on device'; echo 'Installing `x` failed'; exit 1",
    )
    with pytest.raises(Refused, match="No space left on device") as caught:
        rauc.install(Path("x"), lambda share: None)
    assert caught.value.kind == "slot"


def test_the_orders_to_go_back_leave_the_other_slot_bootable_after_each_of_them(tmp_path: Path) -> None:
    script(tmp_path, f'echo "$*" >> {tmp_path}/asked').go_back()
    assert (tmp_path / "asked").read_text().splitlines() == [
        "status mark-active other",
        "status mark-good other",
        "status mark-bad booted",
    ]


def test_to_stay_takes_the_other_slot_out_of_the_order(tmp_path: Path) -> None:
    script(tmp_path, f'echo "$*" >> {tmp_path}/asked').stay()
    assert (tmp_path / "asked").read_text().splitlines() == [
        "status mark-active booted",
        "status mark-good booted",
        "status mark-bad other",
    ]


def test_an_order_that_is_not_carried_out_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SlotError, match=r"could not mark-good the booted slot \(no such slot\)"):
        script(tmp_path, "echo 'no such slot' >&2; exit 1").promote()
