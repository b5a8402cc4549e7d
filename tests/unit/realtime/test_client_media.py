"""The model's audio on its way to the sinks, through a real socket."""

import base64
import logging
from typing import Any

import numpy as np
import pytest
from tests.doubles.scripted_realtime import SESSION_CREATED, Close, Emit, Expect, Silence, scripted_realtime
from tests.unit.realtime.media_doubles import AT_ONCE, AUDIO_DONE, CREATED, DONE, MS, QUICK, Recorder, delta, until

from oyez_realtime import (
    ConnectionLost,
    EventType,
    MediaFormat,
    MediaParameters,
    NullSink,
    Played,
    RealtimeClient,
    WavFileSink,
)


async def test_every_sink_hears_the_whole_reply_and_a_slow_one_holds_up_nobody(tmp_path: Any) -> None:
    """One takes it, one writes a file, one takes nothing at all: the session and the others go on."""
    script = [Emit(SESSION_CREATED), Emit(CREATED), Emit(delta(100)), Emit(delta(100)), Emit(DONE), Silence()]
    quick, stuck, file = Recorder(), Recorder(held=True), WavFileSink(tmp_path / "reply.wav")
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        for sink in (quick, stuck, file):
            await client.send_media_to(sink, AT_ONCE)
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await stuck.begun.wait()
        await quick.wait_ms(200)
        assert quick.format == MediaFormat(24_000, 1)
        assert bytes(quick.pcm) == b"\1\0" * (200 * MS // 2)
        assert client.played(quick) == [Played("i", 0, 200)]
        assert not stuck.pcm
    assert quick.closed
    assert stuck.closed
    assert (tmp_path / "reply.wav").stat().st_size == 44 + 200 * MS


async def test_a_full_queue_drops_the_oldest_counts_it_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    """A sink that is stuck costs its own sound and bounded memory."""
    script = [Emit(SESSION_CREATED), *[Emit(delta(100, sample=n)) for n in range(6)], Emit(DONE), Silence()]
    sink = Recorder(held=True)
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, MediaParameters(paced=False, queue_max_ms=200, tag="kitchen"))
        with caplog.at_level(logging.WARNING):
            await client.connect(server.url)
            await until(client, EventType.RESPONSE_DONE)
        dropped_ms = client.dropped_ms(sink)
        sink.free.set()
        await client.drain_media()
        assert 300 <= dropped_ms <= 400
        assert len(sink.pcm) == (600 - dropped_ms) * MS
        assert bytes(sink.pcm[-2:]) == b"\5\0"
    warned = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["kitchen" in record.getMessage() for record in warned] == [True]


async def test_a_sink_that_fails_is_out_and_the_session_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """Logged once; events and the other sink do not notice."""

    class Broken(NullSink):
        async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
            self.received_bytes += 1
            raise OSError("unplugged")

    script = [Emit(SESSION_CREATED), Emit(delta(100)), Emit(delta(100)), Emit(DONE), Silence()]
    broken, sound = Broken(), Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(broken, AT_ONCE)
        await client.send_media_to(sound, AT_ONCE)
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert (broken.received_bytes, len(sound.pcm)) == (1, 200 * MS)
    assert sum("hears nothing more" in record.getMessage() for record in caplog.records) == 1


async def test_what_is_no_sink_or_is_one_already_is_refused() -> None:
    """And an open that fails goes to the caller and leaves nothing attached."""

    class Locked(NullSink):
        async def open(self, media_format: MediaFormat) -> None:
            raise OSError("in use")

    client, sink, locked = RealtimeClient(), NullSink(), Locked()
    with pytest.raises(TypeError, match="no sink"):
        await client.send_media_to(print)  # type: ignore[arg-type]
    await client.send_media_to(sink)
    with pytest.raises(ValueError, match="served already"):
        await client.send_media_to(sink)
    with pytest.raises(OSError, match="in use"):
        await client.send_media_to(locked)
    with pytest.raises(ValueError, match="not served"):
        client.played(locked)
    await client.stop_media_to(locked)
    await client.close()


async def test_stop_detaches_in_mid_reply_and_forgets_what_waits() -> None:
    """Nothing more is written; a sink that comes meanwhile hears on from there, and knows its place in the part."""
    script = [
        Emit(SESSION_CREATED),
        Emit(delta(1000)),
        Expect("input_audio_buffer.clear"),
        Emit(delta(50)),
        Emit(DONE),
        Silence(),
    ]
    first, second = Recorder(), Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(first)
        await client.connect(server.url)
        await first.begun.wait()
        await client.stop_media_to(first)
        heard = len(first.pcm)
        await client.send_media_to(second, AT_ONCE)
        await client.clear_audio()
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert first.closed
        assert heard == len(first.pcm) < 1000 * MS
        assert len(second.pcm) == 50 * MS
        assert client.played(second) == [Played("i", 0, 1050)]


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
async def test_sinks_hear_pcm_of_a_telephone_session_and_pcm_goes_up_as_its_format(kind: str) -> None:
    """100 ms of G.711 come out as 100 ms at 24 kHz; 100 ms of PCM go up as 800 bytes."""
    audio = {"input": {"format": {"type": kind}}, "output": {"format": {"type": kind}}}
    opened = {**SESSION_CREATED, "session": {**SESSION_CREATED["session"], "audio": audio}}
    sound = {**delta(1), "delta": base64.b64encode(bytes([0x55] * 800)).decode()}
    script = [
        Emit(opened),
        Emit(sound),
        Emit(AUDIO_DONE),
        Emit(DONE),
        Expect("input_audio_buffer.append"),
        Expect("input_audio_buffer.append"),
        Close(1000),
    ]
    sink = Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, AT_ONCE)
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert len(sink.pcm) == 100 * MS
        await client.append_pcm(bytes(100 * MS))
        await client.append_pcm(b"", last=True)
        await client.wait_closed()
        assert sum(len(base64.b64decode(event["audio"])) for event in server.received) == 800


async def test_gain_is_applied_and_clipped() -> None:
    """Twice as loud; what would overflow is at the rail and not wrapped around."""
    script = [
        Emit(SESSION_CREATED),
        Emit(delta(10, sample=1000)),
        Emit(delta(10, sample=-30_000)),
        Emit(DONE),
        Silence(),
    ]
    sink = Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, MediaParameters(paced=False, gain=2.0))
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert set(np.frombuffer(sink.pcm, "<i2").tolist()) == {2000, -32_768}


async def test_a_sink_plays_out_what_came_before_the_session_was_lost() -> None:
    """The loss ends the events; the sentence is heard to its end."""
    script = [Emit(SESSION_CREATED), Emit(delta(300)), Close(1011)]
    sink = Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink)
        await client.connect(server.url)
        with pytest.raises(ConnectionLost):
            await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert len(sink.pcm) == 300 * MS
