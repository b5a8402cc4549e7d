"""What is done about a daemon that systemd has given up, one rung after the other, at a bounded rate. Pure.

  again          it ended in order, too often for systemd, or is on trial: it is started again
  dependencies   what it stands on is started anew, then it is
  reboot         the board is, once
  help           the board stays up and says that it needs help; the daemon is started again now and then, for ever
  mistake        its configuration is wrong: said, and nothing else until somebody mends it

Whatever happens the daemon is started again within LOOK_S, the board is, or a person was told what to mend.
"""

from enum import Enum
from typing import NamedTuple

import msgspec
from msgspec.structs import replace


class Step(Enum):
    AGAIN = "again"
    DEPENDENCIES = "dependencies"
    REBOOT = "reboot"
    HELP = "help"
    MISTAKE = "mistake"


class Failure(Enum):
    """Why systemd gave it up."""

    MISTAKE = "mistake"
    """Exit code 78."""
    ORDERED = "ordered"
    """It was ended in order, time and again."""
    ON_TRIAL = "on trial"
    """It belongs to a new version that is on trial: who judges that goes back from it, and says why. A reboot would
    forestall him."""
    BROKEN = "broken"
    """Anything else."""


class Moment(NamedTuple):
    boot_id: str
    uptime_s: float
    """Since the board started; it needs no clock that is right."""


class History(msgspec.Struct, frozen=True):
    """As it stands in `/var/lib/oyez-system/rescue.json`; the daemon reads `boot_id`, `step` and `why`."""

    boot_id: str = ""
    uptime_s: float = 0.0
    """When the daemon was, or is to be, started again."""
    step: str = ""
    why: str = ""
    """A clause for a person: what led to this step."""
    climbed: int = 0
    """Rungs behind us since the daemon last lived well."""
    reboots: int = 0
    """Since the board last stayed up for a day."""
    called: bool = False
    """Help was called for aloud since the daemon last lived well, in this boot."""


class Decision(NamedTuple):
    step: Step
    wait_s: float
    """Before the daemon is started again; 0 where it is not."""
    aloud: bool
    """It is said aloud."""


STEADY_S = 3600.0
"""A daemon that was up for so long was well: the next failure begins at the foot."""
DAY_S = 24 * STEADY_S
MOST_REBOOTS = 3
"""Until the board stayed up for a day."""
LOOK_S = 600.0
SOON_S = 5.0
_LADDER = (Step.DEPENDENCIES, Step.REBOOT, Step.HELP)


def next_step(history: History, failure: Failure, why: str, now: Moment, *, lasting: bool) -> tuple[History, Decision]:
    """lasting: the history outlives a reboot; where it does not, nobody could count how often there was one."""
    history = _seen_from(history, now)
    decision, climbed = _decide(history, failure, lasting)
    called = history.called or decision.step is Step.HELP
    return (
        History(
            boot_id=now.boot_id,
            uptime_s=now.uptime_s + decision.wait_s,
            step=decision.step.value,
            why=why,
            climbed=climbed,
            reboots=history.reboots + (decision.step is Step.REBOOT),
            called=called,
        ),
        decision,
    )


def _seen_from(history: History, now: Moment) -> History:
    """What is forgotten by now."""
    same_boot = history.boot_id == now.boot_id
    lived_s = now.uptime_s - history.uptime_s if same_boot else now.uptime_s
    if lived_s >= DAY_S:
        history = replace(history, reboots=0)
    if lived_s >= STEADY_S:
        return replace(history, climbed=0, called=False)
    if same_boot:
        return history
    # Another boot that was not ours is a new chance by somebody's hand, or a power cut.
    return replace(history, called=False, climbed=history.climbed if history.step == Step.REBOOT.value else 0)


def _decide(history: History, failure: Failure, lasting: bool) -> tuple[Decision, int]:
    """And the rungs that are behind us then."""
    if failure is Failure.MISTAKE:
        return Decision(Step.MISTAKE, 0.0, aloud=True), 0
    if failure in (Failure.ORDERED, Failure.ON_TRIAL):
        return Decision(Step.AGAIN, SOON_S, aloud=False), history.climbed
    at = min(history.climbed, len(_LADDER) - 1)
    if _LADDER[at] is Step.REBOOT and not (lasting and history.reboots < MOST_REBOOTS):
        at += 1
    step = _LADDER[at]
    if step is Step.HELP:
        return Decision(step, LOOK_S, aloud=not history.called), at
    return Decision(step, 0.0 if step is Step.REBOOT else SOON_S, aloud=False), at + 1
