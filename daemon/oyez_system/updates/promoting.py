"""The shell of `oyez-system promote`: what this start of the device is, and what follows from it."""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from oyez.update_file import Told
from oyez_system.slots import Slot, Slots
from oyez_system.updates import baseline, history as past, trial as trials
from oyez_system.updates.device import Device
from oyez_system.updates.fetching import Clocks
from oyez_system.updates.history import Pending
from oyez_system.updates.places import Places
from oyez_system.updates.refusal import Refused
from oyez_system.updates.trial import Trial

log = logging.getLogger(__name__)

LOOK_S = 2.0
Say = Callable[[str], None]
"""Aloud: the name of a shipped sentence."""


class Promoter:
    """Methods block, for as long as a trial takes at most."""

    def __init__(self, places: Places, slots: Slots, device: Device, clocks: Clocks, trial_s: float, say: Say) -> None:
        self._places, self._slots, self._device, self._clocks = places, slots, device, clocks
        self._trial_s, self._say = trial_s, say

    def run(self) -> None:
        """Raises OyezError when the slots cannot be asked or ordered."""
        slot = self._slots.booted()
        if self._places.told() is None:
            # So that there is an updater to ask, also before it has looked for the first time.
            self._places.tell(Told(slot.version))
        other_good = self._slots.other().good
        start = past.at_start(self._places.history(), slot, self._places.boot_id, other_good=other_good)
        if start.pending is not None and start.do == "trial":
            self._try(start.pending, slot)
        elif start.pending is not None and start.do == "finish":
            self._finish(start.pending, slot)
        elif start.pending is not None and start.do == "back":
            assert start.fault is not None
            self._back(start.pending, start.fault, slot)
        elif start.do != "strayed" or not self._gave_way():
            self._slots.promote()
            self._settle(slot)

    def _try(self, pending: Pending, slot: Slot) -> None:
        begun = past.on_trial(replace(self._places.history(), pending=pending), pending)
        if not self._written(begun) or (self._places.volatile and not slot.good):
            # Nothing can be written down: the bootloader, which counts for itself, is all that there is.
            log.error("On trial, and what is kept cannot be reached: going back.")
            self._go_back()
            return
        demanded = baseline.AT_LEAST if pending.demanded is None else pending.demanded
        log.warning("Version %s is on trial. It has to prove: %s.", pending.version, ", ".join(demanded) or "nothing")
        trial = self._watch(demanded)
        judged = past.judged(self._places.history(), trial)
        self._places.keep(judged)
        assert judged.pending is not None
        self._finish(judged.pending, slot)

    def _finish(self, pending: Pending, slot: Slot) -> None:
        if pending.verdict == "go_back":
            log.error("Version %s is gone back from: %s.", pending.version, pending.why)
            self._places.keep(replace(self._places.history(), pending=pending))
            self._go_back()
            return
        self._slots.promote()
        self._settle(slot)
        self._places.keep(past.promoted(self._places.history(), pending))
        log.warning("Version %s proved itself and stays.", pending.version)
        if pending.asked:
            self._say("updated")

    def _gave_way(self) -> bool:
        """To the version that was kept. False: nobody could count how often."""
        history = self._places.history()
        if not self._written(past.strayed(history)):
            return False
        log.error("The version in slot %s was kept, and another one runs: that one is started again.", history.settled)
        self._slots.give_way()
        self._device.restart()
        return True

    def _settle(self, slot: Slot) -> None:
        self._places.settle()
        before = self._places.history()
        if past.settled(before, slot) != before:
            self._written(past.settled(before, slot))

    def _written(self, history: past.History) -> bool:
        try:
            self._places.keep(history)
        except Refused as error:
            log.error("%s", error)
            return False
        return True

    def _go_back(self) -> None:
        self._slots.go_back()
        self._device.restart()

    def _back(self, pending: Pending, fault: past.Fault, slot: Slot) -> None:
        """The old version runs. What the new one lacked for the world's sake is looked for here, too."""
        # Else the new one would come first again, as soon as the bootloader has nothing left to try and begins anew.
        self._slots.stay()
        self._settle(slot)
        if fault == "failed" and pending.lacks and set(pending.lacks) <= baseline.WORLDLY:
            seen = self._watch(pending.lacks)
            fault = "failed" if seen.order == "keep" else "world_away"
        told = past.gone_back(self._places.history(), pending, fault)
        self._places.keep(told)
        assert told.last is not None
        log.error("%s", told.last.why)
        if pending.asked:
            self._say("gone_back")

    def _watch(self, demanded: tuple[str, ...]) -> Trial:
        clock = self._clocks.monotonic
        trial = trials.begin(demanded, clock(), self._trial_s)
        while trial.order not in ("keep", "go_back"):
            tested = self._device.knows_wake_word() is not False if trial.order == "test" else None
            has = baseline.worked(self._device.proof(), None)
            trial = trials.step(trial, has, tested, clock())
            if trial.order == "wait":
                self._clocks.sleep(LOOK_S)
        return trial
