"""Whether the version that runs is still on trial: its slot has no other try, so a restart of the device ends it."""

from oyez_system.card.places import Places

ARGUMENT = "oyez.trial"
"""By the boot script, for the last try of a slot (docs/device.md)."""


def on_trial(places: Places) -> bool:
    try:
        arguments = places.kernel_arguments.read_text("ascii", "replace").split()
    except OSError:
        return False
    return ARGUMENT in arguments and not places.settled.exists()
