"""Keeps one card in use: one that is lost is told, counted, and mended as `healing.py` decides."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from oyez.healing import STEADY_S, Decision, History, Rates, Step, next_step, plugged
from oyez.lives import Lives
from oyez.troubles import Troubles
from oyez_hw.card_reset import ResetRefused
from oyez_hw.faults import Fault
from oyez_hw.ports import HardwareError
from oyez_hw.probe import cards_shown

log = logging.getLogger(__name__)

LOOK_S = 0.5
STILL_LOOKS = 6
"""Looks in a row at which no sound had moved: counted and not timed, so that a machine that stood still as a whole is
not taken for a card that does."""
GRACE_S = 5.0
"""Longer than closing and opening take together."""
PLUG_LOOK_S = 1.0
RESET_S = 15.0
"""No reset takes longer."""


class Recovery:
    """What the keepers of all cards share."""

    def __init__(
        self,
        troubles: Troubles,
        clock: Callable[[], float],
        lives: Lives,
        end: Callable[[], None],
        shown: Callable[[], str] = cards_shown,
    ) -> None:
        """clock: monotonic seconds. end: ends the process, soon. shown: what changes when a card is plugged in."""
        self.troubles, self.clock, self.shown = troubles, clock, shown
        self.lives, self._end = lives, end
        self.rates = Rates(exits_s=lives.exits_s)
        self.resets = 0
        self.on_loss: Callable[[], None] = lambda: None

    def end(self, why: str) -> None:
        self.lives.lost_card(why, self.rates.exits_s)
        self._end()


class CardKeeper:
    """Loop only."""

    def __init__(self, what: str, reset: Callable[[], None], recovery: Recovery) -> None:
        """what: microphone or loudspeaker. reset: blocks; raises ResetRefused."""
        self._what, self._reset, self._recovery, self._clock = what, reset, recovery, recovery.clock
        self._history = History()
        self._opened_s: float | None = None
        self._moved, self._sounded, self._still = 0.0, 0.0, 0
        self.losses = 0
        self.minded_until_s = 0.0
        """While the card is lost: by then it is opened again, or more was done about it."""

    async def keep(self, use: Callable[[], Awaitable[None]], close: Callable[[], Awaitable[bool]]) -> None:
        """For ever. use: opens the card and uses it until it is lost (HardwareError) or ends. close: whatever state it
        is in; False: a call on it hangs, and it cannot be opened yet."""
        hangs = False
        while True:
            lost: HardwareError | None = None
            self._opened_s = None
            try:
                if hangs:
                    raise _hangs(self._what)
                await use()
            except HardwareError as error:
                lost = error
            decision = self._found(lost) if lost is not None else None
            self._opened_s = None
            hangs = not await close()
            if lost is not None and decision is not None:
                await self._carry_out(decision, lost)

    def opened(self) -> None:
        """The card is open; whether it works will be seen."""
        self._opened_s, self._still = self._clock(), 0
        self.minded_until_s = self._opened_s

    def rests(self) -> None:
        """It is closed on purpose. What it did well until now counts."""
        if self._opened_s is not None and self._clock() - self._opened_s > STEADY_S:
            self._history = History()
        self._opened_s = None

    def look(self, moved: float, sounded: float, give_up: Callable[[HardwareError], None]) -> None:
        """Every LOOK_S. moved: a number that changes while the card works. sounded: one that changes while it gives
        sound."""
        if self._opened_s is None:
            self._moved, self._sounded = moved, sounded
            return
        if sounded != self._sounded:
            self._recovery.troubles.gone(self._what)
        self._still = self._still + 1 if moved == self._moved else 0
        self._moved, self._sounded = moved, sounded
        if self._still >= STILL_LOOKS:
            give_up(_stands_still(self._what, self._clock() - self._opened_s))

    def _mind(self, wait_s: float) -> None:
        self.minded_until_s = self._clock() + wait_s + GRACE_S

    def _found(self, lost: HardwareError) -> Decision:
        """Told at once: closing a card may take its time."""
        shared, now = self._recovery, self._clock()
        worked_s = 0.0 if self._opened_s is None else max(0.0, now - self._opened_s - lost.unwell_s)
        self.losses += self._opened_s is not None
        shared.rates = replace(shared.rates, remembered=shared.lives.remembers)
        self._history, shared.rates, decision = next_step(self._history, shared.rates, lost.fault, worked_s, now)
        self._mind(decision.wait_s + (RESET_S if decision.step is Step.RESET else 0.0))
        log.info("%s, after it worked for %.0f s: %s", lost, worked_s, decision.step.value)
        shared.troubles.found(self._what, f"{lost}{_promise(decision.step, lost.fault)}")
        shared.on_loss()
        return decision

    async def _carry_out(self, decision: Decision, lost: HardwareError) -> None:
        if decision.step is Step.RESET:
            self._recovery.troubles.found(self._what, f"{lost}{await self._reset_it()}")
        await self._wait(decision.wait_s)
        if decision.step is Step.EXIT:
            self._recovery.end(str(lost))
            await asyncio.sleep(GRACE_S)

    async def _wait(self, wait_s: float) -> None:
        """Shorter where a card is plugged in meanwhile."""
        shown, ends_s = self._recovery.shown(), self._clock() + wait_s
        while (left_s := ends_s - self._clock()) > 0.0:
            await asyncio.sleep(min(left_s, PLUG_LOOK_S))
            if self._recovery.shown() != shown:
                self._history = plugged(self._history)
                return

    async def _reset_it(self) -> str:
        """What is said of it behind the fault."""
        try:
            async with asyncio.timeout(RESET_S):
                await asyncio.to_thread(self._reset)
        except TimeoutError:
            return ". Its device did not come back from a reset."
        except ResetRefused as refused:
            return f". Its device is not reset: {refused}."
        self._recovery.resets += 1
        return ". Its device was reset."


def _promise(step: Step, fault: Fault) -> str:
    """What is said behind the fault. Nothing where it has said so itself."""
    if step is Step.EXIT:
        return ". Opening it again did not help: Oyez starts anew."
    if step is Step.LOOK and fault not in (Fault.ABSENT, Fault.BUSY, Fault.SILENT):
        return ". Nothing helped: it is tried once a minute."
    return ""


def _hangs(what: str) -> HardwareError:
    return HardwareError(
        f"the {what}'s driver hangs, a call on it does not come back: it is opened again as soon as it does; "
        f"if it never does, unplug the card",
        Fault.HUNG,
    )


def _stands_still(what: str, open_s: float) -> HardwareError:
    return HardwareError(
        f"the {what} is open and stands still, no sound moves: it is opened again by itself; if that does not help, "
        f"plug it in again",
        Fault.STUCK,
        min(open_s, STILL_LOOKS * LOOK_S),
    )
