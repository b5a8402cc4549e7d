"""What an entry of the catalogue says, in the words of the tables [board], [lights] and [buttons] of the configuration.
Pure."""

from collections.abc import Collection
from typing import Any

from oyez_hw.catalogue import Entry, known
from oyez_hw.detection import Candidate, Finding, detect, devices, nameless
from oyez_hw.faults import Fault
from oyez_hw.machine import Snapshot
from oyez_hw.ports import HardwareError

PLAIN = ("alsa", "simulated")
"""Names that leave every other setting as it is."""
AUTO = "auto"
_DEVICES = frozenset(("capture_device", "playback_device"))


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
    if entry.capture.silence_is_zeros:
        settings["zeros_s"] = 0.0
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


def settled(
    name: str, machine: Snapshot | None, written: Collection[str] = ()
) -> tuple[Entry, Candidate | None] | None:
    """board.name -> what the catalogue has of it, and its cards on this machine. machine None: nobody looks, so `auto`
    is nothing; nor is a name that no board has. written: settings that need no settling.

    Raises BoardUnsettled: the operator must choose. Raises HardwareError: `auto`, and no card is there yet, or the
    board has a card of the user's choice, which nobody can name before it is there.
    """
    if name in PLAIN:
        return None
    if name == AUTO:
        return None if machine is None else _chosen(name, detect(machine, known().values()))
    entry = known().get(name)
    if entry is None:
        return None
    if machine is None:
        return entry, None
    finding = detect(machine, [entry])
    if finding.chosen is None and not nameless(entry).isdisjoint(_DEVICES.difference(written)):
        _chosen(name, finding)
    return entry, finding.chosen


def settings_for(name: str, machine: Snapshot | None, written: Collection[str] = ()) -> dict[str, Any]:
    """board.name -> what it says for the rest of [board]. Raises what settled() raises."""
    found = settled(name, machine, written)
    return settings_of(*found) if found else {}


def tables(written: dict[str, Any], machine: Snapshot | None) -> dict[str, Any]:
    """The operator's configuration with what the catalogue says of the board in [board], [lights] and [buttons]."""
    board = written.get("board", {})
    found = settled(board.get("name", PLAIN[0]), machine, board)
    if found is None:
        return written
    entry, candidate = found
    return {
        **written,
        "board": filled(board, settings_of(entry, candidate)),
        "lights": lights_of(entry, written.get("lights", {})),
        "buttons": buttons_of(entry, written.get("buttons", {})),
    }


def lights_of(entry: Entry, written: dict[str, Any]) -> dict[str, Any]:
    """As they are written where a kind is; lamps that no driver of ours reaches are left out."""
    lights = entry.lights
    ours = lights is not None and (lights.bus == "spi" or lights.kind == "gpio")
    if lights is None or not ours or written.get("kind", AUTO) != AUTO:
        return written
    said: dict[str, Any] = {"ring": lights.layout == "ring"}
    if lights.kind == "gpio":
        said |= {"lines": list(lights.lines)}
    else:
        said |= {"count": lights.count, "spi_device": lights.spi_device}
        said |= {"first_deg": lights.first_deg, "clockwise": lights.clockwise}
    if lights.power_line is not None:
        said["power_line"] = lights.power_line
    return {**said, **written, "kind": "apa102" if lights.kind == "sk9822" else lights.kind}


def buttons_of(entry: Entry, written: dict[str, Any]) -> dict[str, Any]:
    """As they are written where any are."""
    said: list[dict[str, Any]] = [
        {"line": one.line, "use": one.use, "active_low": one.active == "low", "pull": one.pull} for one in entry.buttons
    ]
    switch = entry.mute_switch
    if switch is not None and switch.line is not None:
        use = "mute_switch" if switch.latching else "mute"
        said.append({"line": switch.line, "use": use, "active_low": switch.active == "low"})
    return {"lines": said, **written} if said else written


def _chosen(name: str, finding: Finding) -> tuple[Entry, Candidate]:
    if finding.chosen is None:
        if name != AUTO and not finding.candidates:
            raise HardwareError(
                f"board.name is {name}, and nothing of it is there: plug it in, see `oyez-hw board {name}`",
                Fault.ABSENT,
            )
        kind = HardwareError if finding.may_come else BoardUnsettled
        raise kind(f"board.name is {name}, and {finding.sentence}", Fault.ABSENT)
    return known()[finding.chosen.name], finding.chosen
