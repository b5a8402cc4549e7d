"""What became of updates: `/var/lib/oyez-system/update.json`, and what each start of the device makes of it. Pure.

A version collects points each time that it fails; at BARRED it is not tried again by itself, so that a device cannot
go to and fro between two versions for ever.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec.structs import replace

from oyez.update_news import Outcome, Result
from oyez_system.slots import Slot
from oyez_system.updates.baseline import AT_LEAST
from oyez_system.updates.trial import Trial

BARRED = 3
POINTS = {"failed": 3, "did_not_start": 2, "interrupted": 2, "world_away": 2, "cut_while_installing": 1}
"""failed: it did not prove itself. did_not_start: nothing is known of it but that the old version runs again; the power
may have been cut in its first seconds, so it gets a second try. interrupted: the same in mid-trial, or it hung.
world_away: what it lacked the old version lacks, too."""
MOST_VERSIONS = 20
MOST_STRAYS = 1
Fault = Literal["failed", "did_not_start", "interrupted", "world_away", "cut_while_installing"]


class Pending(msgspec.Struct, frozen=True):
    """A version that is being installed, waits for the restart, or is on trial."""

    version: str
    from_version: str
    slot: str
    """Into which it was installed: A or B."""
    boot_id: str
    """Of the boot in which it was installed."""
    demanded: tuple[str, ...] | None = None
    """What it has to prove: what worked before. None: not known."""
    asked: bool = False
    """By a person, who is told aloud."""
    installed: bool = False
    trials: int = 0
    """How often it was started."""
    verdict: Literal["", "keep", "go_back"] = ""
    """Written before it is carried out."""
    why: str = ""
    lacks: tuple[str, ...] = ()


class History(msgspec.Struct, frozen=True):
    pending: Pending | None = None
    last: Outcome | None = None
    """What the last one came to: the daemon tells it, once for each number."""
    points: dict[str, int] = {}
    settled: str = ""
    """The slot that was kept: A or B; empty: nobody knows."""
    strays: int = 0
    """How often another one than that was found running, since."""

    @property
    def barred(self) -> frozenset[str]:
        return frozenset(version for version, points in self.points.items() if points >= BARRED)


@dataclass(frozen=True, slots=True)
class Start:
    """What a start of the device is. `do`: settled: nothing was going on; waits: the restart into the new version is
    still to come; trial: the version that runs is to prove itself; finish: it has, or must be gone back from, and the
    power was cut before that was done; back: the old version runs again; strayed: so it does, and nobody ordered it."""

    do: Literal["settled", "waits", "trial", "finish", "back", "strayed"]
    pending: Pending | None = None
    fault: Fault | None = None


def at_start(history: History, slot: Slot, boot_id: str, *, other_good: bool = True) -> Start:
    """slot: that runs. other_good: the bootloader would try the other one, too."""
    pending = history.pending
    if pending is None:
        # One that somebody installed by hand is on its only try, and the one before is good.
        if history.settled not in ("", slot.name) and (slot.good or not other_good):
            return _strayed(history, slot, boot_id)
        return Start("settled") if slot.good else Start("trial", unknown(slot, boot_id))
    if slot.name != pending.slot:
        return _elsewhere(pending, boot_id)
    if pending.verdict:
        return Start("finish", pending)
    if pending.trials >= 2:
        why = "it was started twice and never came to the end of its trial"
        return Start("finish", replace(pending, verdict="go_back", why=why))
    return Start("trial", pending)


def _strayed(history: History, slot: Slot, boot_id: str) -> Start:
    """The tries of the version that was kept ran out, be it that the power was cut in its first seconds time and again,
    be it that it starts no more; or the bootloader's file was damaged. It gets all its tries again, once."""
    if history.strays < MOST_STRAYS:
        return Start("strayed")
    last = history.last or Outcome(0, "promoted", "?", "")
    kept = last.version if last.result == "promoted" else last.from_version
    return Start("back", Pending(kept, slot.version, history.settled, boot_id), "did_not_start")


def _elsewhere(pending: Pending, boot_id: str) -> Start:
    """Another slot runs than the one that holds the new version."""
    if pending.boot_id == boot_id:
        return Start("waits", pending)
    if not pending.installed:
        return Start("back", pending, "cut_while_installing")
    if pending.verdict == "go_back":
        return Start("back", pending, "failed")
    return Start("back", pending, "interrupted" if pending.trials else "did_not_start")


def unknown(slot: Slot, boot_id: str) -> Pending:
    """A version that somebody installed without us: at the least it must hear."""
    return Pending(slot.version, "", slot.name, boot_id, demanded=AT_LEAST, installed=True)


def on_trial(history: History, pending: Pending) -> History:
    """Written before its trial begins, so that a version that takes the whole system down is counted."""
    return replace(history, pending=replace(pending, trials=pending.trials + 1))


def settled(history: History, slot: Slot) -> History:
    """The slot that runs is kept."""
    return replace(history, settled=slot.name, strays=0)


def strayed(history: History) -> History:
    return replace(history, strays=history.strays + 1)


def judged(history: History, trial: Trial) -> History:
    """Its trial is over."""
    assert history.pending is not None
    if trial.order == "keep":
        return replace(history, pending=replace(history.pending, verdict="keep"))
    return replace(history, pending=replace(history.pending, verdict="go_back", why=trial.why, lacks=trial.lacks))


def promoted(history: History, pending: Pending) -> History:
    points = {version: points for version, points in history.points.items() if version != pending.version}
    return replace(_ended(history, pending, "promoted", ""), points=points)


def gone_back(history: History, pending: Pending, fault: Fault) -> History:
    """The old version runs again."""
    points = {**history.points, pending.version: history.points.get(pending.version, 0) + POINTS[fault]}
    points = dict(list(points.items())[-MOST_VERSIONS:])
    result: Result = "not_installed" if fault == "cut_while_installing" else "gone_back"
    again = points[pending.version] < BARRED
    return replace(_ended(history, pending, result, _sentence(pending, fault, again=again)), points=points)


def _ended(history: History, pending: Pending, result: Result, why: str) -> History:
    number = 1 + (history.last.number if history.last else 0)
    return replace(history, pending=None, last=Outcome(number, result, pending.version, pending.from_version, why))


def _sentence(pending: Pending, fault: Fault, *, again: bool) -> str:
    version = pending.version
    happened = {
        "failed": f"Version {version} was tried, and {pending.why}",
        "world_away": f"Version {version} was tried, and {pending.why}, but the version before does not, either",
        "did_not_start": f"Version {version} did not start",
        "interrupted": f"Version {version} was interrupted before it had proved itself: the power was cut, or it hung",
        "cut_while_installing": f"The device was restarted while version {version} was being installed",
    }[fault]
    runs = f"the version before, {pending.from_version}, runs" if pending.from_version else "the version before runs"
    then = "It is tried once more" if again else "It is not tried again by itself: wait for the next one, or ask for it"
    return f"{happened}, so {runs}. {then}."
