"""Stories of the table of ends: refused, and stop. It is said at once, by sound and on MQTT, with what to do; nothing
is tried again by itself; and when it is mended the next wake word works."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from oyez import actions as do, events as ev
from oyez_realtime.closing import Remedy
from tests.stories.mishaps import TABLE, Row, Stage, ending, scenes, stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]

REFUSED, STOPPED = scenes(Remedy.REFUSED), scenes(Remedy.STOP)
PLAYED = [*REFUSED, *STOPPED]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("refused")) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def house(running: Stage) -> Stage:
    await running.curtain()
    return running


async def it_is_said_and_the_next_wake_word_works(house: Stage, place: int, seen: int) -> ev.SessionLost:
    """place, seen: among the facts and on MQTT, before it happened."""
    play = house.play
    lost = await play.told(ev.SessionLost, after=place)
    ordered = await play.told(do.PlayChime, after=place, name="error")
    connections = house.front.accepted
    await house.shows(lost, seen)
    place, seen = play.now, len(house.looker.seen)
    play.say("Hey Jarvis, who are you?")
    await play.told(ev.ReplyAudible, after=place)
    await house.shows(None, seen)
    assert house.front.accepted - connections == 1  # what the wake word asked for, and nothing before it
    await house.stop()
    await play.chime_in_room("error", play.moment(ordered), within_s=1.0)
    return lost


@pytest.mark.parametrize(("row", "moment"), REFUSED)
async def test_what_is_refused_is_said_at_once_and_not_tried_again(house: Stage, row: Row, moment: str) -> None:
    """One connection, one sentence: what happened and what to do."""
    place, seen, connections = house.play.now, len(house.looker.seen), house.front.accepted
    if moment == "opening":
        await house.fault(**ending(row, moment))
        await house.order_to_listen()
        await house.play.told(ev.SessionLost, after=place)
    else:
        await house.listen()
        await house.fault(**ending(row, moment))
        await house.play.say("Turn on the lamp.").wait()
    assert house.front.accepted - connections == 1
    lost = await it_is_said_and_the_next_wake_word_works(house, place, seen)
    assert lost.reason == "line_refused"
    assert TABLE[row].sentence in lost.sentence


async def test_an_account_without_money_is_told_when_the_line_will_not_open(house: Stage) -> None:
    """A trouble that is told while a session lives is why another does not open: it says what to do about the account,
    not about model and address, as the close code alone would."""
    place, seen, connections = house.play.now, len(house.looker.seen), house.front.accepted
    await house.fault(fault="refuse", code=4000, error_code="insufficient_quota")
    await house.order_to_listen()
    lost = await it_is_said_and_the_next_wake_word_works(house, place, seen)
    assert house.front.accepted - connections == 2
    assert TABLE["insufficient_quota"].sentence in lost.sentence
    assert TABLE[4000].sentence not in lost.sentence


@pytest.mark.parametrize(("row", "moment"), STOPPED)
async def test_a_service_that_says_goodbye_ends_the_conversation_unless_it_owes_an_answer(
    house: Stage, row: Row, moment: str
) -> None:
    """Between turns the conversation is over, and is told so; in mid-request the next session answers."""
    place, seen = house.play.now, len(house.looker.seen)
    await house.listen()
    connections = house.front.accepted
    await house.fault(**ending(row, moment))
    if moment == "between turns":
        lost = await it_is_said_and_the_next_wake_word_works(house, place, seen)
        assert lost.reason == "line_lost"
        assert lost.sentence.endswith("Say the wake word to go on.")
        return
    house.play.say("Turn on the lamp.")
    await house.play.told(ev.PlaybackFinished, after=place)
    assert [fact.text for fact in house.facts(ev.TextSaid, place)] == ["The lamp is on."]
    assert len(house.facts(do.RunTool, place)) == 1
    assert house.front.accepted - connections == 1
    house.nothing_was_noticed(place)
