"""Stories of the table of ends: ignore. Nothing changes, and the answer is heard."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from oyez import actions as do, events as ev
from oyez_realtime.closing import Remedy
from tests.stories.mishaps import MOMENTS, Stage, scenes, stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]

PLAYED = scenes(Remedy.IGNORE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("ignored")) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def house(running: Stage) -> Stage:
    await running.curtain()
    return running


@pytest.mark.parametrize("moment", dict.fromkeys(moment for _, moment in PLAYED))
async def test_errors_that_cost_nothing_are_not_noticed(house: Stage, moment: str) -> None:
    """All of them, one behind the other, at one moment of a request: it is heard, done once and answered, and the
    session goes on."""
    play, connections = house.play, house.front.accepted
    codes = [row for row, when in PLAYED if when == moment]
    for code in codes:
        await house.fault(fault="error", error_code=code, **MOMENTS[moment])
    assert await house.pending() == codes
    place = play.now
    await house.listen()
    play.say("Turn on the lamp.")
    await play.told(ev.PlaybackFinished, after=place)
    assert await house.pending() == []
    assert house.heard(place) == ["turn on the lamp"]
    assert [fact.text for fact in house.facts(ev.TextSaid, place)] == ["The lamp is on."]
    assert len(house.facts(do.RunTool, place)) == 1
    assert house.facts(do.CloseSession, place) == []
    assert house.front.accepted - connections == 1
    house.nothing_was_noticed(place)
