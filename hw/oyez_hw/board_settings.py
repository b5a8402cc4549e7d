"""What an entry of the catalogue says, in the words of the table [board] of the configuration. Pure."""

from typing import Any

from oyez_hw.catalogue import Entry, known
from oyez_hw.detection import Candidate, Finding, detect, devices
from oyez_hw.machine import Snapshot
from oyez_hw.ports import HardwareError

PLAIN = ("alsa", "simulated")
"""Names that leave every other setting as it is."""
AUTO = "auto"


class BoardUnsettled(HardwareError):
    """Nothing can be chosen for the operator; the message says what to set."""


def settings_of(entry: Entry, found: Candidate | None) -> dict[str, Any]:
    """found: the cards that it has on this machine; None: as they will be called when it comes."""
    capture_device, playback_device = devices(entry, found)
    settings: dict[str, Any] = {
        "capture_device": capture_device,
        "playback_device": playback_device,
        "capture_rate_hz": entry.capture.rate_hz,
        "capture_channels": entry.capture.channels,
        "capture_width_bits": entry.capture.width_bits,
        "playback_rate_hz": entry.playback.rate_hz,
        "playback_channels": entry.playback.channels,
        "playback_width_bits": entry.playback.width_bits,
        "reference_channels": list(entry.capture.reference_channels),
        "microphones": [
            {"channel": one.channel, "x_mm": one.x_mm, "y_mm": one.y_mm, "z_mm": one.z_mm} for one in entry.microphones
        ],
    }
    if entry.capture.clean_channel is not None:
        settings["clean_channel"] = entry.capture.clean_channel
    if entry.volume is not None and (found is None or found.playback is found.card):
        settings["mixer_control"] = entry.volume.control
        settings["mixer_range_db"] = [entry.volume.lowest_db, entry.volume.highest_db]
    return settings


def filled(written: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What the operator wrote, and of what the catalogue says the rest that still fits it."""
    left = {key: value for key, value in said.items() if key not in written}
    if written.get("capture_channels", said.get("capture_channels")) != said.get("capture_channels"):
        for key in ("reference_channels", "microphones", "clean_channel"):
            left.pop(key, None)  # of another firmware's channels
    if "microphones" in written:
        left.pop("clean_channel", None)  # who says where they sit wants them heard, not what the board made of them
    if "playback_device" in written:
        left.pop("mixer_control", None)  # another card's
    if left.get("mixer_control") is None and "mixer_range_db" not in written:
        left.pop("mixer_range_db", None)
    return {**left, **written}


def settings_for(name: str, machine: Snapshot | None) -> dict[str, Any]:
    """board.name -> what it says for the rest of [board]. machine None: nobody looks, so `auto` says
    nothing; nor does a name that no board has.

    Raises BoardUnsettled: `auto`, and the operator must choose. Raises HardwareError: `auto`, and no card is there yet.
    """
    if name in PLAIN:
        return {}
    if name == AUTO:
        return {} if machine is None else _auto(detect(machine, known().values()))
    entry = known().get(name)
    if entry is None:
        return {}
    found = None if machine is None else detect(machine, [entry]).chosen
    return settings_of(entry, found)


def _auto(finding: Finding) -> dict[str, Any]:
    if finding.chosen is None:
        kind = HardwareError if finding.may_come else BoardUnsettled
        raise kind(f"board.name is auto, and {finding.sentence}")
    return settings_of(known()[finding.chosen.name], finding.chosen)
