"""A caller's mistakes are refused with a sentence and change nothing; how an attempt ended is told to all who wait."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tests.doubles.certificate import make_certificate
from tests.doubles.scripted_realtime import SESSION_CREATED, Close, Emit, Expect, Silence, Step, scripted_realtime
from tests.unit.realtime.media_doubles import QUICK

from oyez_realtime import messages as m, rest
from oyez_realtime.client import RealtimeClient
from oyez_realtime.closing import Remedy
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import ConnectionLost, RealtimeError, SessionRefused, UpdateRefused
from oyez_realtime.protocol import RealtimeProtocol

INVALID_KEY = {
    "type": "error",
    "event_id": "e",
    "error": {"type": "invalid_request_error", "code": "invalid_api_key", "message": "No."},
}


async def first_event(client: RealtimeClient) -> object:
    return await anext(aiter(client), None)


@pytest.mark.parametrize("token", ["ek_secret\n", "ek_secret\r\nX-Other: 1", "ek secret", "ek_sécret", b"ek_secret"])
async def test_a_token_that_no_header_carries_is_neither_sent_nor_told(token: Any) -> None:
    """As it comes of a file with its line end: the error must not quote it."""
    async with scripted_realtime() as server:
        with pytest.raises(SessionRefused, match="line end") as refused:
            await RealtimeClient(QUICK).connect(server.url, token)
        assert server.paths == []
    assert refused.value.verdict.remedy is Remedy.NEW_TOKEN
    told = [str(error) for error in (refused.value, refused.value.__cause__, refused.value.__context__)]
    assert not any("cret" in sentence for sentence in told)
    with pytest.raises(rest.RestError, match="line end") as unsent:
        async with httpx.AsyncClient() as http:
            await rest.create_client_secret(http, server.url, token)
    assert "cret" not in str(unsent.value)
    assert unsent.value.status == 401


async def test_further_headers_go_with_the_handshake_and_are_not_shown() -> None:
    """The service's abuse identifier, say, beside the token."""
    dialling = Dialling(close_timeout_s=0.5, headers={"OpenAI-Safety-Identifier": "hash of somebody"})
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as server, RealtimeClient(dialling) as client:
        await client.connect(server.url, "ek_1")
        assert server.headers[0]["openai-safety-identifier"] == "hash of somebody"
        assert server.headers[0]["authorization"] == "Bearer ek_1"
    assert "somebody" not in repr(dialling)


@pytest.mark.parametrize(
    "headers",
    [{"api-key": "se\ncret"}, {"api-key": "sécret"}, {"a b": "x"}, {"Authorization": "x"}, {"x": 5}, {"x": ""}],
)
def test_headers_that_cannot_be_sent_are_refused_unquoted(headers: Any) -> None:
    """When they are given, not when somebody connects."""
    with pytest.raises(ValueError, match="header") as refused:
        Dialling(headers=headers)
    assert "cret" not in str(refused.value)


async def test_a_server_with_a_certificate_of_the_house_is_reached_with_it(tmp_path: Path) -> None:
    """And not without: the trust is the caller's to give. An address without TLS does not mind the context."""
    certificate, key = make_certificate(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate, key)
    ours = Dialling(close_timeout_s=0.5, tls=ssl.create_default_context(cafile=certificate))
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()], tls=theirs) as server:
        with pytest.raises(ConnectionLost):
            await RealtimeClient(QUICK).connect(server.url)
        async with RealtimeClient(ours) as client:
            await client.connect(server.url)
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as plain, RealtimeClient(ours) as client:
        await client.connect(plain.url)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:99999/", "ws://[::1/", "http://127.0.0.1/", "ws://"])
async def test_an_address_that_is_none_is_a_refusal_of_our_own(url: str) -> None:
    """Whatever the libraries beneath raise for it."""
    with pytest.raises(SessionRefused, match="no WebSocket address"):
        await RealtimeClient(QUICK).connect(url)


@pytest.mark.parametrize(
    ("script", "error", "remedy"),
    [
        ([Emit(INVALID_KEY), Close(3000)], SessionRefused, Remedy.NEW_TOKEN),
        ([Close(1013)], ConnectionLost, Remedy.RETRY),
        (None, ConnectionLost, Remedy.RETRY),
    ],
)
async def test_a_failed_attempt_is_told_to_whoever_waits_for_the_end(
    script: Any, error: type[RealtimeError], remedy: Remedy
) -> None:
    """The iterator raises what connect raised, wait_closed and verdict say the same."""
    async with scripted_realtime(*([] if script is None else [script])) as server:
        url = server.url if script is not None else "ws://127.0.0.1:1/"
        client = RealtimeClient(QUICK)
        with pytest.raises(error) as raised:
            await client.connect(url, "t")
        assert (await client.wait_closed()).remedy is remedy
        assert client.verdict == raised.value.verdict
        with pytest.raises(error):
            [event async for event in client]


async def test_settings_that_connect_could_not_put_through_end_the_session_as_refused() -> None:
    """Not as an end that was agreed."""
    no = {"type": "error", "event_id": "e", "error": {"type": "invalid_request_error", "code": "invalid_value"}}

    def blame(last: dict[str, Any]) -> dict[str, Any]:
        return {"error": {**no["error"], "message": "No.", "event_id": last["event_id"]}}  # type: ignore[dict-item]

    async with scripted_realtime([Emit(SESSION_CREATED), Expect("session.update"), Emit(no, blame)]) as server:
        client = RealtimeClient(QUICK)
        with pytest.raises(UpdateRefused):
            await client.connect(server.url, "t", m.RealtimeSession())
        assert (await client.wait_closed()).remedy is Remedy.REFUSED


Wrong = Callable[[RealtimeClient], Awaitable[None]]
WRONG: list[tuple[str, type[Exception], Wrong]] = [
    ("audio as text", TypeError, lambda c: c.append_audio("AAAA")),  # type: ignore[arg-type]
    ("audio as array", TypeError, lambda c: c.append_audio(np.zeros(2, np.int16))),  # type: ignore[arg-type]
    ("pcm as array", TypeError, lambda c: c.append_pcm(np.zeros(2, np.int16))),  # type: ignore[arg-type]
    ("half a sample", ValueError, lambda c: c.append_pcm(b"abc")),
    ("a response as dict", ValueError, lambda c: c.response_create({"instructions": "x"})),  # type: ignore[arg-type]
    ("a session as dict", ValueError, lambda c: c.session_update({"type": "realtime"})),  # type: ignore[arg-type]
    ("tools as dicts", ValueError, lambda c: c.session_update(m.RealtimeSession(tools=[{"type": "function"}]))),  # type: ignore[list-item]
    ("an item as dict", ValueError, lambda c: c.item_create({"type": "message"})),  # type: ignore[arg-type]
    ("a part of a ms", TypeError, lambda c: c.item_truncate("i", 1.5)),  # type: ignore[arg-type]
    ("ms as text", TypeError, lambda c: c.heard("i", "20")),  # type: ignore[arg-type]
    ("bytes as frame", TypeError, lambda c: c.send(b"{}")),  # type: ignore[arg-type]
    ("nothing as frame", TypeError, lambda c: c.send(None)),  # type: ignore[arg-type]
    ("a server's event", TypeError, lambda c: c.send(m.InputAudioBufferCleared())),  # type: ignore[arg-type]
    ("a close code", ValueError, lambda c: c.close(1006)),
    ("a close reason", ValueError, lambda c: c.close(1000, "ä" * 62)),
]


async def test_what_a_caller_may_not_say_is_refused_and_nothing_is_sent() -> None:
    """The session lives on, and only what was right has gone out."""
    script: list[Step] = [Emit(SESSION_CREATED), Expect("input_audio_buffer.clear"), Silence()]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url)
        for what, error, act in WRONG:
            with pytest.raises(error) as refused:
                await act(client)
            assert str(refused.value), what
        await client.clear_audio()
        await server.wait_received(1)
        assert [event["type"] for event in server.received] == ["input_audio_buffer.clear"]
        assert client.protocol.uncommitted_ms == 0


async def test_an_event_id_that_waits_for_its_answer_is_not_taken_twice() -> None:
    """The second caller would wait for ever: the answer finds one of them."""
    script: list[Step] = [Emit(SESSION_CREATED), Expect("session.update"), Silence()]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url)
        first = asyncio.create_task(client.session_update(m.RealtimeSession(), "same"))
        await server.wait_received(1)
        with pytest.raises(ValueError, match="give every request its own"):
            await client.session_update(m.RealtimeSession(), "same")
        await client.close()
        with pytest.raises(ConnectionLost):
            await first


async def test_a_second_reader_is_refused_and_one_after_the_other_is_not() -> None:
    """Each would get what the other misses."""
    async with scripted_realtime([Emit(SESSION_CREATED), Silence()]) as server, RealtimeClient(QUICK) as client:
        await client.connect(server.url)
        assert isinstance(await first_event(client), m.SessionCreated)
        reader = asyncio.create_task(first_event(client))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="another reader"):
            await first_event(client)
        reader.cancel()
        await asyncio.wait([reader])
        await client.close()
        assert await first_event(client) is None


def test_a_name_that_is_no_text_is_no_event_to_listen_to() -> None:
    """Told as what it is, before anything is looked up."""
    with pytest.raises(TypeError, match="no name"):
        RealtimeClient().add_listener(None, print)  # type: ignore[arg-type]


class Faulty(RealtimeProtocol):
    """Has a bug in the taking of one kind of event."""

    def receive(self, text: str | bytes) -> list[m.ServerEvent]:
        if "rate_limits" in str(text):
            raise ZeroDivisionError
        return super().receive(text)


async def test_a_fault_of_ours_ends_the_session_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Rather than leave everybody waiting for a reader that is gone."""
    limits = {"type": "rate_limits.updated", "event_id": "e", "rate_limits": []}
    async with scripted_realtime([Emit(SESSION_CREATED), Emit(limits), Silence()]) as server:
        client = RealtimeClient(QUICK)
        client.protocol = Faulty()
        await client.connect(server.url)
        assert (await client.wait_closed()).remedy is Remedy.RETRY
        with pytest.raises(ConnectionLost, match="report it"):
            [event async for event in client]
        await client.close()
    assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)
