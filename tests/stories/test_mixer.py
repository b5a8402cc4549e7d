"""The card's mixer fails and comes back: the loudspeaker plays on, and the trouble is told and taken back."""

import asyncio
from dataclasses import replace

from oyez import events as ev
from oyez.config import Config, Device, Home, Line
from oyez.house import House
from oyez.memory import Memory
from oyez.supervision import Notifier
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.ports import HardwareError
from tests.doubles.processes import free_port


class BrokenMixer:
    """A Volume that fails until it is mended."""

    def __init__(self) -> None:
        self.level = 0.0
        self.mended = False

    def get(self) -> float:
        return self.level

    def set(self, level: float) -> None:
        if not self.mended:
            raise HardwareError("the mixer does not answer: plug the card in again")
        self.level = level


async def test_a_mixer_that_fails_closes_no_loudspeaker_and_is_relieved_when_it_answers_again() -> None:
    """Neither broker nor backend is there: what is proved needs only the cards."""
    mixer = BrokenMixer()
    board = replace(open_board(BoardSettings(name="simulated")), volume=mixer)
    nowhere = free_port()
    config = Config(
        device=Device(id="story"), line=Line(backend_url=f"http://127.0.0.1:{nowhere}"), home=Home(port=nowhere)
    )
    facts: asyncio.Queue[object] = asyncio.Queue()
    ready = asyncio.Event()
    notifier = Notifier(lambda text: ready.set() if "READY=1" in str(text) else None)
    house = House(config, board, "oyez_nobody", None, notifier, facts.put_nowait, Memory(None))
    running = asyncio.create_task(house.run(), name="house")
    told: list[object] = []

    async def until(fact: object) -> None:
        async with asyncio.timeout(20):
            while fact not in told:
                told.append(await facts.get())

    try:
        await until(ev.TroubleFound("mixer", "the mixer does not answer: plug the card in again"))
        await asyncio.wait_for(ready.wait(), 20)  # sound moves both ways, so the loudspeaker is open
        mixer.mended = True
        house.conductor.tell(ev.VolumeAsked(0.4))
        await until(ev.TroubleGone("mixer"))
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert mixer.level == 0.4
    assert not [fact for fact in told if isinstance(fact, ev.TroubleFound) and fact.kind == "loudspeaker"]
