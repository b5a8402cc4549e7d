"""What RAUC says, and what it means. Pure. RAUC 1.8 to 1.15: its sentences are no interface, so each is looked for by
its few lasting words, and what is not known is told as it is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from oyez.update_file import Version
from oyez_system.slots import Slot, SlotError
from oyez_system.updates import refusal
from oyez_system.updates.refusal import Refused

_PERCENT = re.compile(r"^\s*(\d{1,3})%")
_NOISE = re.compile(r"^(?:(?:\(rauc:\d+\): )?rauc-[A-Za-z]+(?: \*\*)?: [0-9:.]+: |LastError: )")
LONGEST_WHY = 200

_CLOCK = ("certificate is not yet valid", "certificate has expired")
_KEY = (
    "signature verification failed", "verify error", "certificate verify", "self signed", "self-signed",
    "unable to get local issuer", "digest failure", "no valid cms", "cms", "signer",
)  # fmt: skip
_TORN = (
    "signature size", "not a regular file", "is too small", "squashfs magic", "identifier", "failed to read",
    "not a multiple of 4kib", "bundle format", "manifest", "seek", "input/output error", "corrupted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inside:
    """What the signed manifest of a bundle says."""

    compatible: str
    version: str


def progress(line: str) -> float | None:
    """0 to 1, of a line of `rauc install`; None: it tells of none."""
    found = _PERCENT.match(line)
    return min(1.0, int(found[1]) / 100) if found else None


def inside(output: str, name: str) -> Inside:
    """Of `rauc info --output-format=json`. Raises Refused."""
    told = _object(output)
    version, compatible = told.get("version"), told.get("compatible")
    try:
        return Inside(msgspec.convert(compatible, str), msgspec.convert(version, Version))
    except msgspec.ValidationError:
        raise refusal.no_bundle(name, "it does not say which version it is") from None


def slots(output: str, running_version: str) -> tuple[Slot, Slot]:
    """The one that runs, the other. output: of `rauc status --detailed --output-format=json`. running_version: the
    running system knows better than RAUC, which only knows what it installed. Raises SlotError."""
    told = _object(output)
    bootable: list[Mapping[str, Any]] = [
        slot for entry in told.get("slots", []) for slot in entry.values() if slot.get("bootname")
    ]
    running = [slot for slot in bootable if slot.get("state") == "booted"]
    others = [slot for slot in bootable if slot.get("state") != "booted"]
    if len(running) != 1 or len(others) != 1:
        raise SlotError(
            "RAUC does not see two systems of which one runs, so no update can be made: this is no flashed device, or "
            "/etc/rauc/system.conf does not fit its card."
        )
    return _slot(running[0], running_version), _slot(others[0], None)


def compatible_of(output: str) -> str:
    """What the device is, by the same output."""
    return str(_object(output).get("compatible") or "")


def why(output: str) -> str:
    """The last line that says anything, without its trimmings."""
    lines = [_NOISE.sub("", line.strip()) for line in output.splitlines()]
    telling = [line for line in lines if line and not line.startswith("Installing `") and progress(line) is None]
    errors = [line for line in output.splitlines() if line.strip().startswith("LastError:")]
    last = _NOISE.sub("", errors[-1].strip()) if errors else (telling[-1] if telling else "it does not say why")
    return last.rstrip(".")[:LONGEST_WHY]


def refused(output: str, name: str, clock: str) -> Refused:
    """Of a bundle that RAUC did not take. clock: what this device believes the time is."""
    sentence = why(output)
    low = sentence.lower()
    if any(word in low for word in _CLOCK):
        return refusal.clock_wrong(f"the bundle {name}", clock)
    if "compatible mismatch" in low:
        wanted, has = [*re.findall(r"'([^']*)'", sentence), "", ""][:2]
        return refusal.wrong_compatible(name, has, wanted)
    if "no space left" in low:
        return refusal.slot_failed(sentence)
    if any(word in low for word in _TORN):
        return refusal.no_bundle(name, sentence)
    if any(word in low for word in _KEY):
        return refusal.wrong_key(name, sentence)
    return refusal.slot_failed(sentence)


def _object(output: str) -> dict[str, Any]:
    """The one JSON object; RAUC may say other things around it."""
    begin, end = output.find("{"), output.rfind("}")
    try:
        told = json.loads(output[begin : end + 1])
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}


def _slot(told: Mapping[str, Any], version: str | None) -> Slot:
    bundle = (told.get("slot_status") or {}).get("bundle") or {}
    known = version if version is not None else str(bundle.get("version") or "")
    return Slot(str(told["bootname"]), known, told.get("boot_status") == "good")
