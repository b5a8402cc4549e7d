"""Muted, the microphone's card is closed: nothing is read. Unmuted, it is open again at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from oyez import events as ev
from oyez.card_keeper import Recovery
from oyez.cards import Cards
from oyez.config import Board, Hearing, Speaking
from oyez.hearing.ears import Ears
from oyez.lives import Lives
from oyez.speaking.voice import Voice
from oyez.troubles import Troubles
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.capture import Capture
from oyez_hw.crossing import call_in
from oyez_hw.pcm import Frame
from oyez_hw.playback import Playback
from oyez_hw.ports import Microphone
from tests.doubles.facts import Facts
from tests.unit.oyez.hearing.rig import SilentEngine


class WatchedCapture(Capture):
    """Tells what the ears are given."""

    def __init__(self, microphone: Microphone, heard: Facts[Frame]) -> None:
        super().__init__(microphone)
        self._heard = heard

    async def frames(self) -> AsyncIterator[Frame]:
        async for frame in super().frames():
            self._heard.tell(frame)
            yield frame


class Rig:
    def __init__(self, hearing: Hearing | None = None) -> None:
        self.facts, self.heard = Facts[ev.Event](), Facts[Frame]()
        self.told = self.facts.told
        self.board = open_board(BoardSettings(name="simulated"))
        assert self.board.card is not None
        loop, self.closed = asyncio.get_running_loop(), asyncio.Event()
        self.board.card.on_closed = lambda: call_in(loop, self.closed.set)
        self.card = self.board.card
        self.capture = WatchedCapture(self.board.microphone, self.heard)
        self.playback = Playback(self.board.speaker)
        self.ears = Ears(
            hearing or Hearing(), self.facts.tell, clock=loop.time, board=Board(name="simulated"), engine=SilentEngine()
        )
        voice = Voice(Speaking(), self.playback, self.facts.tell)
        recovery = Recovery(Troubles(self.facts.tell), loop.time, Lives(None), lambda: None)
        self.cards = Cards(self.capture, self.playback, self.ears, voice, self.board, recovery)

    async def hears(self) -> float:
        """Until more was heard; how long that took."""
        loop, heard = asyncio.get_running_loop(), len(self.heard.told)
        began_s = loop.time()
        await self.heard.until(lambda frames: len(frames) > heard)
        return loop.time() - began_s


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    tasks = [asyncio.create_task(work) for work in (made.cards.keep_hearing(), made.cards.watch())]
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    made.capture.stop()


async def test_muted_the_card_is_closed_and_nothing_is_read_until_it_is_unmuted(rig: Rig) -> None:
    await rig.hears()
    rig.cards.listen(False)
    assert rig.cards.microphone_rests
    await asyncio.wait_for(rig.closed.wait(), 5)
    read = rig.capture.frames_read
    await asyncio.sleep(0.2)  # ten periods
    assert rig.capture.frames_read == read
    rig.cards.listen(True)
    assert await rig.hears() < 1.0
    assert rig.told == [], "it was no trouble"


async def test_muted_and_unmuted_in_one_breath_it_listens_and_the_other_way_round_it_does_not(rig: Rig) -> None:
    await rig.hears()
    rig.cards.listen(False)
    rig.cards.listen(True)
    await asyncio.wait_for(rig.closed.wait(), 5)
    rig.closed.clear()
    await rig.hears()
    rig.cards.listen(False)
    await asyncio.wait_for(rig.closed.wait(), 5)
    rig.cards.listen(True)
    rig.cards.listen(False)
    read = rig.capture.frames_read
    await asyncio.sleep(0.1)
    assert rig.capture.frames_read == read


async def test_a_card_with_fewer_microphones_than_are_configured_is_a_trouble_and_no_end() -> None:
    """Other firmware, or another card in its place: a process that ended for good (78) would not say so on MQTT."""
    made = Rig(Hearing(channel=3))
    hearing = asyncio.create_task(made.cards.keep_hearing())
    await made.facts.until(bool)
    found = made.told[0]
    assert isinstance(found, ev.TroubleFound)
    assert (found.kind, "the card delivers only 1" in found.sentence) == ("microphone", True)
    assert not hearing.done()
    hearing.cancel()
    await asyncio.wait([hearing])
    made.capture.stop()


async def test_a_card_that_is_lost_while_it_is_muted_is_a_trouble_when_it_is_wanted(rig: Rig) -> None:
    await rig.hears()
    rig.cards.listen(False)
    await asyncio.wait_for(rig.closed.wait(), 5)
    rig.card.unplug()
    rig.cards.listen(True)
    await rig.facts.until(bool)
    assert isinstance(rig.told[0], ev.TroubleFound)
    rig.card.replug()
    await rig.facts.until(lambda told: len(told) > 1)
    assert rig.told[1:] == [ev.TroubleGone("microphone")]
