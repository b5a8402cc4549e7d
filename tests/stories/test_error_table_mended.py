"""Stories of the table of ends: retry, rotate, new token. What was said is answered by the next session, without being
said again, and nobody notices."""

import ssl
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from oyez import actions as do, events as ev
from oyez_realtime.closing import Remedy
from tests.doubles.certificate import make_certificate
from tests.stories.mishaps import MOMENTS, TABLE, Row, Stage, ending, scenes, stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]

PLAYED = scenes(Remedy.RETRY, Remedy.ROTATE, Remedy.NEW_TOKEN)
LIGHT, COUNT = "turn on the lamp", "count to eight"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("mended")
    certificate, key = make_certificate(folder)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(certificate, key)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(certificate))
        async with stage(folder, shown) as built:
            yield built


@pytest_asyncio.fixture(loop_scope="module")
async def house(running: Stage) -> Stage:
    await running.curtain()
    return running


async def plan(house: Stage, row: Row, moment: str) -> None:
    if row != 1015:
        await house.fault(**ending(row, moment))
        return
    house.front.handshakes_to_fail = 1
    await house.fault(fault="drop", **MOMENTS[moment])  # so that there is another handshake


@pytest.mark.parametrize(("row", "moment"), PLAYED)
async def test_the_request_is_finished_on_the_next_socket(house: Stage, row: Row, moment: str) -> None:
    """Heard whole at the server, done once, answered once; a new token only where one was refused."""
    play, place, tokens = house.play, house.play.now, house.tokens()
    connections = house.front.accepted
    wish = COUNT if moment == "in mid-reply" else LIGHT
    if moment == "opening":
        await plan(house, row, moment)
        play.say(f"Hey Jarvis, {wish}.")
    else:
        await house.listen()
        await plan(house, row, moment)
        play.say(f"{wish}.")
    await play.told(ev.PlaybackFinished, after=place)
    assert house.heard(place) == [wish]
    said = house.facts(ev.TextSaid, place)[-1].text
    if wish == COUNT:
        assert said.endswith("8."), said
        assert not said.startswith("1, 2"), said  # it goes on; it does not begin again
    else:
        assert said == "The lamp is on."
        assert len(house.facts(do.RunTool, place)) == 1
    house.nothing_was_noticed(place)
    assert house.front.handshakes_to_fail == 0
    assert house.front.accepted - connections == 2
    assert house.tokens() - tokens == (1 if TABLE[row].remedy is Remedy.NEW_TOKEN else 0)


async def test_a_token_that_is_refused_twice_is_told_and_not_tried_a_third_time(house: Stage) -> None:
    place, connections = house.play.now, house.front.accepted
    await house.fault(fault="refuse", code=3000, error_code="invalid_api_key", times=5)
    await house.order_to_listen()
    lost = await house.play.told(ev.SessionLost, after=place)
    assert lost.reason == "line_refused"
    assert TABLE["invalid_api_key"].sentence in lost.sentence
    assert house.front.accepted - connections == 2
