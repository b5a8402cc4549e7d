"""Nobody is cut off by a restart, and nothing happens by itself outside the quiet hours."""

from datetime import time

import pytest

from oyez_system.proof import Proof
from oyez_system.update_settings import Updates
from oyez_system.updates.moment import may_begin, why_not_restart

NIGHT, DAY = time(3, 0), time(15, 0)
SETTINGS = Updates()


def calm(busy: str = "", next_timer_s: float | None = None) -> Proof:
    return Proof("1.0", 100.0, True, True, True, True, busy=busy, next_timer_s=next_timer_s)


def test_by_itself_it_begins_in_quiet_hours_only_and_for_somebody_who_waits_at_once() -> None:
    assert may_begin(SETTINGS, NIGHT, soon=False)
    assert not may_begin(SETTINGS, DAY, soon=False)
    assert may_begin(SETTINGS, DAY, soon=True)


def test_quiet_hours_that_end_as_they_begin_are_always() -> None:
    assert may_begin(Updates(quiet_from="03:00", quiet_until="03:00"), DAY, soon=False)


@pytest.mark.parametrize("proof", [calm(busy="speaking"), calm(busy="ringing"), calm(next_timer_s=60.0)])
@pytest.mark.parametrize("soon", [False, True])
def test_whoever_talks_or_waits_for_a_timer_is_not_cut_off(proof: Proof, soon: bool) -> None:
    assert why_not_restart(SETTINGS, proof, NIGHT, soon=soon)


@pytest.mark.parametrize("proof", [None, calm(), calm(next_timer_s=3600.0)])
def test_in_a_calm_night_it_restarts(proof: Proof | None) -> None:
    assert why_not_restart(SETTINGS, proof, NIGHT, soon=False) == ""
    assert why_not_restart(SETTINGS, proof, DAY, soon=True) == ""
    assert why_not_restart(SETTINGS, proof, DAY, soon=False)
