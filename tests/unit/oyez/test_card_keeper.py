"""One card is kept in use: each loss is told and counted, and what was decided about it is done."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from oyez import events as ev
from oyez.card_keeper import STILL_LOOKS, CardKeeper, Recovery
from oyez.healing import History, Step
from oyez.lives import Lives
from oyez.troubles import Troubles
from oyez_hw.card_reset import ResetRefused
from oyez_hw.faults import Fault
from oyez_hw.ports import HardwareError
from tests.doubles.facts import Facts


class Bench:
    """A card that fails as it is told to, in a time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self.facts = Facts[ev.Event]()
        self.lives, self.ended = Lives(None), asyncio.Event()
        self.lives.remembers = True
        self.plugged = "0 [Device]"
        self.resets = 0
        self.refuses = ""
        self.hangs = False
        loop = asyncio.get_running_loop()
        self.recovery = Recovery(Troubles(self.facts.tell), loop.time, self.lives, self.ended.set, lambda: self.plugged)
        self.keeper = CardKeeper("microphone", self.reset, self.recovery)
        self.fails: asyncio.Queue[HardwareError] = asyncio.Queue()
        self.opened = Facts[float]()

    def reset(self) -> None:
        if self.refuses:
            raise ResetRefused(self.refuses)
        self.resets += 1

    async def use(self) -> None:
        self.keeper.opened()
        self.opened.tell(asyncio.get_running_loop().time())
        raise await self.fails.get()

    async def close(self) -> bool:
        return not self.hangs

    def at_step(self, step: Step, fault: Fault = Fault.FAILED) -> None:
        """The next failure leads to this."""
        before = {Step.REOPEN: 0, Step.RESET: 4, Step.EXIT: 7, Step.LOOK: 8}
        self.keeper._history = History({fault: before[step]})

    def told(self) -> list[str]:
        return [fact.sentence for fact in self.facts.told if isinstance(fact, ev.TroubleFound)]


@asynccontextmanager
async def kept() -> AsyncIterator[Bench]:
    bench = Bench()
    task = asyncio.create_task(bench.keeper.keep(bench.use, bench.close), name="keeper")
    await bench.opened.until(bool)
    yield bench
    task.cancel()
    await asyncio.wait([task])


async def test_a_lost_card_is_told_counted_and_opened_again() -> None:
    async with kept() as bench:
        lost = list[int]()
        bench.recovery.on_loss = lambda: lost.append(bench.keeper.losses)
        bench.fails.put_nowait(HardwareError("it is gone"))
        await bench.opened.until(lambda times: len(times) == 2)
        assert bench.told() == ["it is gone"]
        assert lost == [1]


async def test_the_trouble_lasts_until_sound_is_heard_and_not_only_until_the_card_is_open() -> None:
    async with kept() as bench:
        bench.fails.put_nowait(HardwareError("it is gone"))
        await bench.opened.until(lambda times: len(times) == 2)
        give_up: Callable[[HardwareError], None] = bench.fails.put_nowait
        bench.keeper.look(1.0, 0.0, give_up)  # it moves, and gives zeros
        bench.keeper.look(2.0, 0.0, give_up)
        assert not any(isinstance(fact, ev.TroubleGone) for fact in bench.facts.told)
        bench.keeper.look(3.0, 1.0, give_up)
        assert bench.facts.told[-1] == ev.TroubleGone("microphone")


async def test_a_card_that_stands_still_is_given_up_after_so_many_looks_and_no_sooner() -> None:
    async with kept() as bench:
        given_up = list[HardwareError]()
        bench.keeper.look(1.0, 1.0, given_up.append)
        for _ in range(STILL_LOOKS - 1):
            bench.keeper.look(1.0, 1.0, given_up.append)
        assert not given_up
        bench.keeper.look(1.0, 1.0, given_up.append)
        assert [error.fault for error in given_up] == [Fault.STUCK]


async def test_a_card_that_rests_is_not_missed() -> None:
    async with kept() as bench:
        given_up = list[HardwareError]()
        bench.keeper.rests()
        for _ in range(3 * STILL_LOOKS):
            bench.keeper.look(1.0, 1.0, given_up.append)
        assert not given_up


async def test_a_reset_is_done_and_said() -> None:
    async with kept() as bench:
        bench.at_step(Step.RESET)
        bench.fails.put_nowait(HardwareError("it failed"))
        await bench.facts.until(lambda told: len(told) == 2)
        assert bench.told() == ["it failed", "it failed. Its device was reset."]
        assert (bench.resets, bench.recovery.resets) == (1, 1)


async def test_a_reset_that_is_not_allowed_says_why_and_is_not_counted() -> None:
    async with kept() as bench:
        bench.at_step(Step.RESET)
        bench.refuses = "the card is no USB device"
        bench.fails.put_nowait(HardwareError("it failed"))
        await bench.facts.until(lambda told: len(told) == 2)
        assert bench.told()[1:] == ["it failed. Its device is not reset: the card is no USB device."]
        assert bench.recovery.resets == 0


async def test_before_the_process_ends_the_reason_is_told_and_kept() -> None:
    async with kept() as bench:
        bench.at_step(Step.EXIT)
        bench.fails.put_nowait(HardwareError("it failed"))
        await asyncio.wait_for(bench.ended.wait(), 5)
        assert bench.told() == ["it failed. Opening it again did not help: Oyez starts anew."]
        assert bench.lives.exit_code == 74
        assert len(bench.lives.exits_s) == 1


async def test_while_it_is_lost_somebody_minds_it_for_as_long_as_that_takes() -> None:
    async with kept() as bench:
        now_s = asyncio.get_running_loop().time
        assert bench.keeper.minded_until_s <= now_s(), "it works: its own sound is the proof"
        bench.at_step(Step.LOOK)
        bench.fails.put_nowait(HardwareError("it failed"))
        await bench.facts.until(bool)
        assert 55.0 < bench.keeper.minded_until_s - now_s() < 70.0


async def test_a_plug_that_comes_is_not_waited_for() -> None:
    async with kept() as bench:
        bench.at_step(Step.LOOK, Fault.ABSENT)
        bench.fails.put_nowait(HardwareError("it is gone", Fault.ABSENT))
        await bench.facts.until(bool)
        bench.plugged += "1 [Device_1]"
        await bench.opened.until(lambda times: len(times) == 2)


async def test_a_card_that_is_not_ready_in_the_moment_of_its_plug_is_not_waited_for_a_minute() -> None:
    """Its node may lack its rights yet, or its PCM: udev takes its time."""
    async with kept() as bench:
        bench.at_step(Step.LOOK, Fault.ABSENT)
        for times in (2, 3):
            bench.fails.put_nowait(HardwareError("it is gone", Fault.ABSENT))
            if times == 2:
                await bench.facts.until(bool)
                bench.plugged += "1 [Device_1]"
            await bench.opened.until(lambda opened, times=times: len(opened) == times)


async def test_a_card_that_was_well_before_it_rested_begins_at_the_foot_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mute must not turn yesterday's losses into today's restart."""
    async with kept() as bench:
        bench.at_step(Step.EXIT)
        opened_s = asyncio.get_running_loop().time()
        monkeypatch.setattr(bench.keeper, "_clock", lambda: opened_s + 3600.0)
        bench.keeper.rests()
        bench.fails.put_nowait(HardwareError("it failed"))
        await bench.facts.until(bool)
        assert bench.told() == ["it failed"]
        assert not bench.ended.is_set()


async def test_a_driver_that_hangs_is_not_called_again_before_it_is_back() -> None:
    async with kept() as bench:
        bench.hangs = True
        bench.fails.put_nowait(HardwareError("it is stuck", Fault.STUCK))
        await bench.facts.until(lambda told: len(told) == 2)
        assert "hangs" in bench.told()[-1]
        assert len(bench.opened.told) == 1
        bench.hangs = False
        await bench.opened.until(lambda times: len(times) == 2)


@pytest.mark.parametrize("fault", [Fault.ABSENT, Fault.BUSY])
async def test_of_a_card_that_is_away_nothing_new_is_told_while_it_stays_away(fault: Fault) -> None:
    async with kept() as bench:
        losses = Facts[int]()
        bench.recovery.on_loss = lambda: losses.tell(bench.keeper.losses)
        for times, step in ((1, Step.REOPEN), (2, Step.LOOK)):
            bench.at_step(step, fault)
            bench.fails.put_nowait(HardwareError("it is away", fault))
            await losses.until(lambda told, times=times: len(told) == times)
            bench.plugged += "."  # not to wait for a minute
            await bench.opened.until(lambda opened, times=times: len(opened) == times + 1)
        assert bench.told() == ["it is away"]
