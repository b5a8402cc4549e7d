"""The client against real sockets and a scripted server."""

import asyncio
import logging
from typing import Any

import pytest
from tests.doubles.scripted_realtime import (
    SESSION_CREATED,
    SESSION_UPDATED,
    Close,
    Emit,
    Expect,
    Garbage,
    Silence,
    Vanish,
    scripted_realtime,
)

from oyez_realtime import messages as m
from oyez_realtime.client import RealtimeClient
from oyez_realtime.closing import Remedy
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import ConnectionLost, NotConnected, SessionRefused, UpdateRefused

TOKEN = "ek_very_secret"
QUICK = Dialling(open_timeout_s=2.0, close_timeout_s=0.5)


def error(code: str, **fields: Any) -> dict[str, Any]:
    detail = {"type": "invalid_request_error", "code": code, "message": f"because of {code}.", **fields}
    return {"type": "error", "event_id": "e", "error": detail}


async def listen(client: RealtimeClient) -> list[str]:
    return [event.type async for event in client]


async def test_connect_waits_for_session_created_and_the_update_that_configures_it() -> None:
    """When connect returns the session is as asked; the token went in the header."""
    script = [Emit(SESSION_CREATED), Expect("session.update"), Emit(SESSION_UPDATED), Silence()]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN, m.RealtimeSession(instructions="be brief"))
        assert client.state == "ready"
        assert server.received[0]["session"] == {"type": "realtime", "instructions": "be brief"}
        assert server.headers[0]["authorization"] == f"Bearer {TOKEN}"
        assert "sec-websocket-extensions" not in server.headers[0]


async def test_the_iterator_tells_every_event_in_order_and_ends_on_a_normal_close() -> None:
    """From session.created on, whatever garbage comes between."""
    script = [
        Emit(SESSION_CREATED),
        Garbage("{"),
        Garbage(b"\x00\xff"),
        Emit({"type": "brand.new"}),
        Emit({"type": "rate_limits.updated", "event_id": "e", "rate_limits": []}),
        Close(1000),
    ]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN)
        assert await listen(client) == ["session.created", "rate_limits.updated"]
        assert client.protocol.oddities.counts.total() == 3


@pytest.mark.parametrize(
    ("code", "close", "remedy"),
    [
        ("invalid_api_key", 3000, Remedy.NEW_TOKEN),
        ("invalid_model", 4000, Remedy.REFUSED),
        ("beta_api_shape_disabled", 4000, Remedy.REFUSED),
    ],
)
async def test_a_refusal_after_the_handshake_is_session_refused(code: str, close: int, remedy: Remedy) -> None:
    """The service says 101 first and no afterwards."""
    async with scripted_realtime([Emit(error(code)), Close(close)]) as server:
        client = RealtimeClient(QUICK)
        with pytest.raises(SessionRefused, match=code) as refused:
            await client.connect(server.url, TOKEN)
        assert refused.value.verdict.remedy is remedy
        assert TOKEN not in str(refused.value)


async def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    """The time for session.created is bounded."""
    async with scripted_realtime([Silence()]) as server:
        client = RealtimeClient(Dialling(open_timeout_s=0.05, close_timeout_s=0.5))
        with pytest.raises(ConnectionLost) as lost:
            await client.connect(server.url, TOKEN)
        assert lost.value.verdict.remedy is Remedy.RETRY


async def test_nobody_at_the_address_is_connection_lost() -> None:
    """To be tried again, unlike an address that is none."""
    async with scripted_realtime() as server:
        url = server.url
    with pytest.raises(ConnectionLost) as lost:
        await RealtimeClient(QUICK).connect(url, TOKEN)
    assert lost.value.verdict.remedy is Remedy.RETRY
    with pytest.raises(SessionRefused) as refused:
        await RealtimeClient(QUICK).connect("http://127.0.0.1/", TOKEN)
    assert refused.value.verdict.remedy is Remedy.REFUSED


@pytest.mark.parametrize(
    ("end", "remedy", "code"),
    [
        (Close(1001, "60 minutes"), Remedy.ROTATE, 1001),
        (Close(1011), Remedy.RETRY, 1011),
        (Close(3000), Remedy.NEW_TOKEN, 3000),
        (Vanish(), Remedy.RETRY, 1006),
    ],
)
async def test_an_end_that_nobody_asked_for_raises_with_its_verdict(end: Any, remedy: Remedy, code: int) -> None:
    """After the events that came before it."""
    async with scripted_realtime([Emit(SESSION_CREATED), end]) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN)
        heard: list[str] = []
        client.add_listener("*", lambda event: heard.append(event.type))
        with pytest.raises(ConnectionLost) as lost:
            await listen(client)
        assert (lost.value.verdict.remedy, lost.value.code) == (remedy, code)
        assert client.verdict == lost.value.verdict
        with pytest.raises(NotConnected):
            await client.append_audio(bytes(2))


async def test_close_aborts_an_attempt_in_flight() -> None:
    """A server that never answers the handshake does not hold the caller."""

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set()
        await reader.read()
        writer.close()

    accepted = asyncio.Event()
    listening = await asyncio.start_server(mute, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        client = RealtimeClient(Dialling(open_timeout_s=60))
        attempt = asyncio.create_task(client.connect(f"ws://127.0.0.1:{port}/", TOKEN))
        await accepted.wait()
        await client.close()
        with pytest.raises(ConnectionLost, match="closed before"):
            await attempt


async def test_close_ends_the_iterator_and_every_wait() -> None:
    """Our own close is no loss; an update without answer is."""
    script = [Emit(SESSION_CREATED), Expect("session.update"), Silence()]
    async with scripted_realtime(script) as server:
        client = RealtimeClient(QUICK)
        await client.connect(server.url, TOKEN)
        update = asyncio.create_task(client.session_update(m.RealtimeSession()))
        listening = asyncio.create_task(listen(client))
        await server.wait_received(1)
        await client.close()
        await client.close()
        assert await listening == ["session.created"]
        with pytest.raises(ConnectionLost):
            await update


async def test_a_refused_update_raises_and_leaves_the_session() -> None:
    """The error is matched by the event id that it echoes."""
    script = [
        Emit(SESSION_CREATED),
        Expect("session.update"),
        Emit(error("cannot_update_voice"), lambda last: error("cannot_update_voice", event_id=last["event_id"])),
        Expect("session.update", lambda event: event["session"]["instructions"] == "2"),
        Emit(SESSION_UPDATED),
        Silence(),
    ]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN)
        first = client.session_update(m.RealtimeSession(instructions="1"))
        second = client.session_update(m.RealtimeSession(instructions="2"))
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert isinstance(results[0], UpdateRefused)
        assert results[1] is None


async def test_a_turn_goes_through_the_typed_helpers() -> None:
    """Each helper sends its event; audio arrives as bytes; what was heard becomes a truncation."""
    delta = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "event_id": "e"}
    script = [
        Emit(SESSION_CREATED),
        Expect("input_audio_buffer.append", lambda event: event["audio"] == "AAEC/w=="),
        Expect("input_audio_buffer.commit"),
        Expect("conversation.item.create", lambda event: event["item"]["content"][0]["text"] == "hello"),
        Expect("response.create"),
        Emit({"type": "response.created", "event_id": "e", "response": {"id": "r", "conversation_id": "c"}}),
        Emit({**delta, "type": "response.output_audio.delta", "delta": "AAAA" * 1600}),
        Expect("response.cancel"),
        Expect("conversation.item.truncate", lambda event: event["audio_end_ms"] == 50),
        Expect("input_audio_buffer.clear"),
        Expect("conversation.item.retrieve"),
        Expect("conversation.item.delete"),
        Close(1000),
    ]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN)
        await client.append_audio(b"\x00\x01\x02\xff")
        await client.commit_audio()
        await client.item_create(m.Message("user", [m.InputText("hello")]))
        await client.response_create()
        async for event in client:
            if isinstance(event, m.ResponseOutputAudioDelta):
                assert event.delta == bytes(4800)
                await client.response_cancel()
                await client.heard("i", 50)
                await client.clear_audio()
                await client.item_retrieve("i")
                await client.send(m.ConversationItemDelete(item_id="i"))


async def test_listeners_hear_and_cannot_hurt() -> None:
    """One that raises does not keep the others from hearing, nor end the session; a removed one is silent."""
    heard: list[str] = []

    def clumsy(event: m.ServerEvent) -> None:
        raise RuntimeError("my own fault")

    def keen(event: m.ServerEvent) -> None:
        heard.append(event.type)

    def removed(event: m.ServerEvent) -> None:
        heard.append("removed")

    async with scripted_realtime([Emit(SESSION_CREATED), Emit(SESSION_UPDATED), Close(1000)]) as server:
        client = RealtimeClient(QUICK)
        for listener in (clumsy, keen, keen, removed):
            client.add_listener("session.updated", listener)
        client.add_listener("*", keen)
        client.remove_listener("session.updated", removed)
        client.remove_listener("session.updated", removed)
        await client.connect(server.url, TOKEN)
        assert await listen(client) == ["session.created", "session.updated"]
        assert heard == ["session.created", "session.updated", "session.updated"]
        await client.close()


@pytest.mark.parametrize("wrong", [None, 3, "a name", listen])
def test_what_cannot_be_called_plainly_is_no_listener(wrong: Any) -> None:
    """Refused when it is added, not when the event comes."""
    with pytest.raises(TypeError, match="listener"):
        RealtimeClient().add_listener("error", wrong)


async def test_the_token_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Not even where the operator switched on everything."""
    caplog.set_level(logging.DEBUG)
    async with scripted_realtime([Emit(SESSION_CREATED), Close(1001)]) as server:
        client = RealtimeClient(QUICK)
        await client.connect(server.url, TOKEN)
        with pytest.raises(ConnectionLost):
            await listen(client)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("oyez_realtime")]
    assert any(client.id in message for message in ours)
    assert not any(TOKEN in message for message in ours)
    assert not any(TOKEN in record.getMessage() for record in caplog.records if record.name == "websockets.client")


async def test_one_client_serves_one_session() -> None:
    """A second connect is the caller's mistake."""
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url, TOKEN)
        assert client.websocket_id is not None
        assert client.websocket_id != client.id
        with pytest.raises(NotConnected, match="make another"):
            await client.connect(server.url, TOKEN)


async def test_sending_without_a_connection_is_refused() -> None:
    """The caller is told what to do."""
    with pytest.raises(NotConnected):
        await RealtimeClient().send("{}")
