"""RAUC's words are understood, and any others are told as they are."""

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_system.slots import Slot, SlotError
from oyez_system.updates import rauc_words
from oyez_system.updates.refusal import Refused

STATUS = {
    "compatible": "oyez-arm64",
    "variant": "",
    "booted": "B",
    "boot_primary": "rootfs.1",
    "slots": [
        {
            "rootfs.0": {
                "class": "rootfs",
                "device": "/dev/mmcblk0p2",
                "bootname": "A",
                "state": "inactive",
                "boot_status": "good",
                "slot_status": {"bundle": {"compatible": "oyez-arm64", "version": "1.0.0"}, "status": "ok"},
            }
        },
        {
            "rootfs.1": {
                "class": "rootfs",
                "device": "/dev/mmcblk0p3",
                "bootname": "B",
                "state": "booted",
                "boot_status": "bad",
            }
        },
        {"extra.0": {"class": "extra", "bootname": None, "state": "inactive", "boot_status": None}},
    ],
}


def test_the_slots_are_who_runs_and_who_does_not() -> None:
    running, other = rauc_words.slots("rauc-Message: 20:30:49: hello\n" + json.dumps(STATUS), "1.1.0")
    assert (running, other) == (Slot("B", "1.1.0", False), Slot("A", "1.0.0", True))
    assert rauc_words.compatible_of(json.dumps(STATUS)) == "oyez-arm64"


@pytest.mark.parametrize("output", ["", "{}", "[]", "{", json.dumps({"slots": STATUS["slots"][:1]})])
def test_a_card_with_other_slots_is_no_card_of_ours(output: str) -> None:
    with pytest.raises(SlotError, match="RAUC does not see two systems"):
        rauc_words.slots(output, "1.0.0")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("signature verification failed: Verify error: self-signed certificate", "wrong_key"),
        ("signature verification failed: Verify error: certificate is not yet valid", "clock"),
        ("signature verification failed: Verify error: certificate has expired", "clock"),
        ("Invalid bundle format: Signature size (16392381733689389181) exceeds bundle size", "no_bundle"),
        ("Compatible mismatch: Expected 'oyez-arm64' but bundle manifest has 'toaster'", "wrong_compatible"),
        ("Failed updating slot rootfs.1: failed to read: Input/output error", "no_bundle"),
        ("Failed updating slot rootfs.1: No space left on device", "slot"),
        ("something that nobody has seen before", "slot"),
    ],
)
def test_each_way_to_fail_is_sorted_by_who_must_act(said: str, kind: str) -> None:
    output = f"rauc-Message: 20:30:49.335: Reading bundle: /x\n{said}\n"
    assert rauc_words.refused(output, "oyez-1.1.0.raucb", "1970-01-01 00:05").kind == kind


def test_the_last_error_is_the_reason_whatever_follows_it() -> None:
    output = "installing\n 20% Checking\nLastError: it broke.\nInstalling `/x` failed\n"
    assert rauc_words.why(output) == "it broke"
    assert rauc_words.why("") == "it does not say why"
    assert rauc_words.why("(rauc:1066): rauc-WARNING **: 14:16:19.765: it broke") == "it broke"


@pytest.mark.parametrize("version", [None, "", "1 1", "../x", 7, "x" * 65])
def test_a_bundle_with_a_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(Refused, match="does not say which version"):
        rauc_words.inside(json.dumps({"compatible": "oyez-arm64", "version": version}), "x")


@given(st.text(max_size=300))
def test_no_words_are_a_crash(output: str) -> None:
    assert str(rauc_words.refused(output, "x", "now"))
    share = rauc_words.progress(output)
    assert share is None or 0.0 <= share <= 1.0
    with pytest.raises(Refused):
        rauc_words.inside(output, "x")
