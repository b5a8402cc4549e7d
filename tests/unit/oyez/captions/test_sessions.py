"""Captions go on from session to session, on real sockets, for as long as there is sound."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from oyez.captions.captions import Caption
from oyez.captions.command import Transcriber
from oyez.config import Config, Line
from oyez.errors import ServiceAway
from oyez.session.token_source import TokenSource
from tests.doubles.line_stage import READY
from tests.doubles.scripted_realtime import Close, Expect, ScriptedServer, Silence, Step, Vanish, scripted_realtime
from tests.doubles.token_endpoint import token_endpoint

APPEND = Expect("input_audio_buffer.append")
BROKEN: list[Step] = [*READY, APPEND, Vanish()]


async def sound_without_end() -> AsyncIterator[bytes]:
    while True:
        yield bytes(4800)
        await asyncio.sleep(0.01)


async def transcribe(server: ScriptedServer) -> None:
    async with token_endpoint(server.url) as endpoint, httpx.AsyncClient(trust_env=False) as http:
        tokens = TokenSource(http, f"http://127.0.0.1:{endpoint.port}", "oyez_key")
        captions: list[Caption] = []
        transcriber = Transcriber(Config(line=Line(reconnect_s=5.0)), tokens, captions.append)
        await transcriber.run(sound_without_end())


async def test_a_network_that_breaks_is_waited_for_and_the_sound_goes_on() -> None:
    """A broken socket, then a service that restarts: neither ends the captions."""
    restarting: list[Step] = [Close(1013)]
    async with scripted_realtime(BROKEN, restarting, [*READY, APPEND, APPEND, Silence()]) as server:
        captions = asyncio.create_task(transcribe(server))
        async with asyncio.timeout(10):
            await server.wait_received(6)
        assert not captions.done()
        captions.cancel()
        await asyncio.wait([captions])
        assert len(server.headers) == 3


async def test_a_service_that_never_lets_us_in_is_told_after_three_tries() -> None:
    async with scripted_realtime(*[[Close(1013)]] * 3) as server:
        with pytest.raises(ServiceAway):
            await transcribe(server)
        assert len(server.headers) == 3
