"""A peer that is silent in one way or another is found, and nobody waits for it for ever."""

import asyncio
from urllib.parse import urlsplit

import pytest
from tests.doubles.scripted_realtime import SESSION_CREATED, SESSION_UPDATED, Emit, Expect, Silence, scripted_realtime
from tests.doubles.swallowing_proxy import swallowing_proxy

from oyez_realtime import ConnectionLost, Dialling, NotConnected, RealtimeClient, Remedy, messages as m

WATCHFUL = Dialling(open_timeout_s=2.0, close_timeout_s=0.1, ping_interval_s=0.05, ping_timeout_s=0.1)


async def read_to_the_end(client: RealtimeClient) -> None:
    async for _ in client:
        continue


async def test_a_socket_that_is_open_and_passes_nothing_is_found_by_ping() -> None:
    """No close, no reset: the session ends as a loss to be retried, with a sentence, for readers and for waiters."""
    async with scripted_realtime([Emit(SESSION_CREATED), Expect("session.update"), Silence()]) as server:
        address = urlsplit(server.url)
        async with swallowing_proxy("127.0.0.1", address.port or 0) as proxy, RealtimeClient(WATCHFUL) as client:
            await client.connect(f"ws://127.0.0.1:{proxy.port}{address.path}?model=test")
            update = asyncio.create_task(client.session_update(m.RealtimeSession()))
            await server.wait_received(1)
            proxy.swallow()
            with pytest.raises(ConnectionLost, match="stopped answering") as lost:
                await read_to_the_end(client)
            assert (lost.value.verdict.remedy, lost.value.code) == (Remedy.RETRY, 1006)
            assert await client.wait_closed() == lost.value.verdict
            with pytest.raises(ConnectionLost):
                await update
            with pytest.raises(NotConnected):
                await client.append_audio(bytes(2))


async def test_a_live_socket_outlives_many_pings() -> None:
    """A server that says nothing and answers pings is no dead one."""
    async with (
        scripted_realtime([Emit(SESSION_CREATED), Expect("session.update"), Emit(SESSION_UPDATED), Silence()]) as s,
        RealtimeClient(WATCHFUL) as client,
    ):
        await client.connect(s.url)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.wait_closed(), 0.4)
        await client.session_update(m.RealtimeSession())


async def test_a_server_that_answers_no_update_does_not_hold_connect() -> None:
    """It pings and pongs, and never says session.updated."""
    quick = Dialling(open_timeout_s=0.1, close_timeout_s=0.5)
    async with scripted_realtime([Emit(SESSION_CREATED), Expect("session.update"), Silence()]) as server:
        with pytest.raises(ConnectionLost, match="not configured") as lost:
            await RealtimeClient(quick).connect(server.url, session=m.RealtimeSession())
        assert lost.value.verdict.remedy is Remedy.RETRY


@pytest.mark.parametrize("scheme", ["ws", "wss"])
async def test_close_aborts_a_handshake_of_either_kind(scheme: str) -> None:
    """TCP is accepted and nothing follows, neither TLS nor HTTP: close() frees the caller at once."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set()
        await reader.read()
        writer.close()

    accepted = asyncio.Event()
    listening = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        client = RealtimeClient(Dialling(open_timeout_s=60, close_timeout_s=0.1))
        attempt = asyncio.create_task(client.connect(f"{scheme}://127.0.0.1:{port}/", "token"))
        await accepted.wait()
        await client.close()
        with pytest.raises(ConnectionLost, match="closed before") as aborted:
            await attempt
        assert aborted.value.verdict.remedy is Remedy.STOP
        assert (await client.wait_closed()).remedy is Remedy.STOP


async def test_waiting_for_the_end_before_the_beginning_is_refused() -> None:
    """Otherwise it would never return."""
    with pytest.raises(NotConnected):
        await RealtimeClient().wait_closed()
