"""What is done about a lost sound card: a ladder for each fault, its rungs climbed one by one, at a bounded rate. Pure.

  reopen   the PCM is opened again, after a wait that grows
  reset    the device is reset on its bus, where that is allowed, and opened again
  exit     the process ends with a code of its own, so that the service manager starts it with nothing left of before
  look     the PCM is opened again now and then, for ever: all else was tried, or would not help

Whatever happens, the card is opened again within LOOK_S or the process ends: on no rung nothing is tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from oyez_hw.faults import Fault


class Step(Enum):
    REOPEN = "reopen"
    RESET = "reset"
    EXIT = "exit"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step
    wait_s: float
    """Before the card is opened again; of an exit: before the process ends, so that its reason can be told."""


LOOK_S = 60.0
STEADY_S = 30.0
"""A card that worked for so long was well: the next failure begins at the ladder's foot."""
HOUR_S = 3600.0
MOST_EXITS = 3
"""In an hour, over all lives of the process."""
MOST_RESETS = 4
"""In an hour."""
RESET_SERVES_S = 60.0
"""Microphone and loudspeaker are often one device: a reset for the one counts for the other."""

_OPEN = tuple(Decision(Step.REOPEN, wait_s) for wait_s in (0.2, 1.0, 2.0, 4.0))
_RESET = Decision(Step.RESET, 1.0)
_AGAIN = (Decision(Step.REOPEN, 2.0), Decision(Step.REOPEN, 4.0))
_EXIT = Decision(Step.EXIT, 0.5)
_LOOK = Decision(Step.LOOK, LOOK_S)
_PATIENT = tuple(Decision(Step.REOPEN, wait_s) for wait_s in (0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0))

LADDERS: Mapping[Fault, tuple[Decision, ...]] = MappingProxyType(
    {
        # Neither a reset nor a new process brings a plug into its socket or makes another program let go.
        Fault.ABSENT: (*_PATIENT, _LOOK),
        Fault.BUSY: (*_PATIENT, _LOOK),
        Fault.REFUSED: (*_OPEN, _RESET, *_AGAIN, _LOOK),
        Fault.FAILED: (*_OPEN, _RESET, *_AGAIN, _EXIT, _LOOK),
        Fault.STUCK: (*_OPEN[:2], _RESET, *_AGAIN, _EXIT, _LOOK),
        # A microphone that is switched off by hand gives zeros too, and is no reason to end a conversation. Whoever
        # switches it on again is heard at once: it stays open, and zeros take their time to be found out anyway.
        Fault.SILENT: (_OPEN[0], _RESET, Decision(Step.LOOK, 1.0)),
        # The kernel itself gives a transfer up after 10 s; each look waits 2 s more for the call.
        Fault.HUNG: (_OPEN[1], _RESET, _AGAIN[0], _EXIT, _LOOK),
    }
)


@dataclass(frozen=True, slots=True)
class History:
    """Of one card. Times are seconds on one clock that does not jump."""

    tried: Mapping[Fault, int] = field(default_factory=dict)
    """Rungs behind us since the card was last well. Each fault climbs its own ladder: an hour in a drawer is no reason
    to end the process when the plug is back and the first opening fails."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Of all cards together."""

    resets_s: tuple[float, ...] = ()
    exits_s: tuple[float, ...] = ()
    """Those of earlier lives too."""
    remembered: bool = True
    """The next life will know of an exit. Where nothing can be kept there is none, or there was one every minute."""


def next_step(
    history: History, rates: Rates, fault: Fault, worked_s: float, now: float
) -> tuple[History, Rates, Decision]:
    """The card was lost after it had worked for so long (0: it could not be opened)."""
    if worked_s > STEADY_S:
        history = History()
    ladder, at = LADDERS[fault], history.tried.get(fault, 0)
    rates = replace(rates, resets_s=_last_hour(rates.resets_s, now), exits_s=_last_hour(rates.exits_s, now))
    while not _allowed(ladder[min(at, len(ladder) - 1)].step, rates):
        at += 1
    decision = ladder[min(at, len(ladder) - 1)]
    if decision.step is Step.RESET:
        if rates.resets_s and now - rates.resets_s[-1] < RESET_SERVES_S:
            decision = _AGAIN[0]
        else:
            rates = replace(rates, resets_s=(*rates.resets_s, now))
    if decision.step is Step.EXIT:
        rates = replace(rates, exits_s=(*rates.exits_s, now))
    return History({**history.tried, fault: min(at + 1, len(ladder))}), rates, decision


def plugged(history: History) -> History:
    """Something was plugged in: what was absent may be it, and need not be ready in the first moment."""
    return History({fault: rungs for fault, rungs in history.tried.items() if fault is not Fault.ABSENT})


def _allowed(step: Step, rates: Rates) -> bool:
    """Every ladder ends on a rung that always is."""
    if step is Step.RESET:
        return len(rates.resets_s) < MOST_RESETS
    return step is not Step.EXIT or (rates.remembered and len(rates.exits_s) < MOST_EXITS)


def _last_hour(times_s: tuple[float, ...], now: float) -> tuple[float, ...]:
    return tuple(time_s for time_s in times_s if now - time_s < HOUR_S)
