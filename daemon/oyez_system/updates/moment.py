"""When an update may be begun, and when the device may be restarted. Pure; the time of day is an argument."""

from datetime import time

from oyez.quiet_hours import is_quiet
from oyez_system.proof import Proof
from oyez_system.update_settings import Updates

TIMER_S = 900.0
"""A restart and a trial that fails take less: the timer still rings."""


def may_begin(settings: Updates, now: time, *, soon: bool) -> bool:
    """soon: somebody waits for it."""
    if soon or settings.quiet_from == settings.quiet_until:
        return True
    return is_quiet(settings.quiet_from, settings.quiet_until, now)


def why_not_restart(settings: Updates, proof: Proof | None, now: time, *, soon: bool) -> str:
    """Empty: it may be restarted. proof: of now; None: the daemon says nothing, so there is nothing to cut off."""
    if not may_begin(settings, now, soon=soon):
        return f"it is restarted between {settings.quiet_from} and {settings.quiet_until}"
    if proof is None:
        return ""
    if proof.busy:
        return f"it is busy ({proof.busy})"
    if proof.next_timer_s is not None and proof.next_timer_s < TIMER_S:
        return "a timer is about to ring"
    return ""
