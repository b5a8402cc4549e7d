"""Stories of the table of ends: tell. The request failed, the device says so and what to do, the session lives, and the
next request is answered."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from oyez import actions as do, events as ev
from oyez_realtime.closing import Remedy
from tests.stories.mishaps import MOMENTS, TABLE, Row, Stage, scenes, stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]

PLAYED = scenes(Remedy.TELL)
BESIDE = [row for row, moment in PLAYED if moment == "beside a reply"]
FAILED = [(row, moment) for row, moment in PLAYED if moment != "beside a reply"]
CUT_SHORT = ("max_output_tokens", "content_filter")
"""Why a response stays incomplete; all others fail one."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("told")) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def house(running: Stage) -> Stage:
    await running.curtain()
    return running


@pytest.mark.parametrize(("row", "moment"), FAILED)
async def test_a_reply_that_fails_is_told_and_the_next_is_heard(house: Stage, row: Row, moment: str) -> None:
    """The chime in the room, the sentence on MQTT; then the same session answers and the trouble is over."""
    play, seen = house.play, len(house.looker.seen)
    await house.listen()
    place, connections = play.now, house.front.accepted
    kind = "incomplete" if row in CUT_SHORT else "fail"
    await house.fault(fault=kind, error_code=row, **({} if moment == "while thinking" else MOMENTS[moment]))
    await play.say("Who are you?").wait()
    await play.told(ev.ReplyEnded, after=place, status="incomplete" if row in CUT_SHORT else "failed")
    told = await play.told(do.Complain, after=place, kind="reply_failed")
    ordered = await play.told(do.PlayChime, after=place, name="error")
    assert TABLE[row].sentence in told.sentence
    await house.shows(told, seen)
    if moment == "in mid-reply":
        await play.told(ev.PlaybackFinished, after=place)
    place, seen = play.now, len(house.looker.seen)
    play.say("Who are you?")
    await play.told(ev.ReplyAudible, after=place)
    await house.shows(None, seen)
    assert house.front.accepted == connections
    assert house.facts(do.CloseSession, place) == []
    await play.chime_in_room("error", play.moment(ordered), within_s=1.0)


@pytest.mark.parametrize("row", BESIDE)
async def test_a_trouble_told_beside_a_reply_costs_nothing_of_it(house: Stage, row: Row) -> None:
    """The answer is heard to its end; the trouble is on MQTT once, however often it is told, and by sound when the
    conversation is over."""
    play, seen = house.play, len(house.looker.seen)
    await house.listen()
    place, connections = play.now, house.front.accepted
    await house.fault(fault="error", error_code=row, times=2, **MOMENTS["beside a reply"])
    play.say("Turn on the lamp.")
    told = await play.told(do.Complain, after=place)
    await play.told(ev.PlaybackFinished, after=place)
    assert [fact.text for fact in house.facts(ev.TextSaid, place)] == ["The lamp is on."]
    assert TABLE[row].sentence in told.sentence
    await house.shows(told, seen)
    await house.stop()
    assert house.facts(do.Complain, place) == [told]
    assert house.facts(ev.SessionLost, place) == []
    assert house.front.accepted == connections
    ordered = await play.told(do.PlayChime, after=place, name="error")
    await play.chime_in_room("error", play.moment(ordered), within_s=1.0)
