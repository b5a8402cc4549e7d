"""The model's audio on its way to the sinks, through a real socket."""

import asyncio
import base64
import logging
from typing import Any

import numpy as np
import pytest
from tests.doubles.scripted_realtime import (
    SESSION_CREATED,
    Close,
    Emit,
    Expect,
    ScriptedServer,
    Silence,
    scripted_realtime,
)

from oyez_realtime import (
    ConnectionLost,
    Dialling,
    EventType,
    MediaFormat,
    MediaParameters,
    NullSink,
    Played,
    RealtimeClient,
    WavFileSink,
)

QUICK = Dialling(open_timeout_s=2.0, close_timeout_s=0.5)
AT_ONCE = MediaParameters(paced=False)
MS = 48
CREATED = {"type": "response.created", "event_id": "e", "response": {"id": "r", "conversation_id": "c"}}
DONE = {
    "type": "response.done",
    "event_id": "e",
    "response": {"id": "r", "conversation_id": "c", "status": "completed"},
}
SPEECH = {"type": "input_audio_buffer.speech_started", "event_id": "e", "audio_start_ms": 0, "item_id": "user"}
PART = {"event_id": "e", "response_id": "r", "output_index": 0, "content_index": 0}
AUDIO_DONE = {**PART, "type": "response.output_audio.done", "item_id": "i"}


def delta(ms: int, item_id: str = "i", response_id: str = "r", sample: int = 1) -> dict[str, Any]:
    sound = sample.to_bytes(2, "little", signed=True) * (ms * MS // 2)
    text = base64.b64encode(sound).decode()
    return {
        **PART,
        "type": "response.output_audio.delta",
        "item_id": item_id,
        "response_id": response_id,
        "delta": text,
    }


class Recorder(NullSink):
    """Keeps what it hears; while `held` it is as slow as can be."""

    def __init__(self, held: bool = False) -> None:
        super().__init__()
        self.pcm = bytearray()
        self._news = asyncio.Condition()
        self.format: MediaFormat | None = None
        self.closed = False
        self.begun = asyncio.Event()
        self.free = asyncio.Event()
        if not held:
            self.free.set()

    async def open(self, media_format: MediaFormat) -> None:
        self.format = media_format

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        self.begun.set()
        await self.free.wait()
        async with self._news:
            self.pcm += pcm
            self._news.notify_all()

    async def wait_ms(self, ms: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: len(self.pcm) >= ms * MS)

    async def close(self) -> None:
        self.closed = True


async def until(client: RealtimeClient, event_type: EventType, count: int = 1) -> None:
    async for event in client:
        count -= event.type == event_type
        if not count:
            return


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
    assert ["kitchen" in record.getMessage() for record in caplog.records] == [True]


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


async def interrupted(server: ScriptedServer, sink: Recorder, parameters: MediaParameters, how: str) -> None:
    async with RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, parameters)
        await client.connect(server.url)
        await sink.begun.wait()
        if how == "speech":
            await client.commit_audio()
        elif how == "cancel":
            await client.response_cancel()
        else:
            await client.heard("i", 10)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()


@pytest.mark.parametrize(("how", "cue"), [("cancel", "response.cancel"), ("heard", "conversation.item.truncate")])
async def test_our_own_interruption_silences_the_sinks(how: str, cue: str) -> None:
    """What waits is gone, what the sink holds is cleared, and late deltas are not heard."""
    script = [
        Emit(SESSION_CREATED),
        Emit(CREATED),
        Emit(delta(5000)),
        Expect(cue),
        Emit(delta(50)),
        Emit(DONE),
        Silence(),
    ]
    sink = Recorder()
    async with scripted_realtime(script) as server:
        await interrupted(server, sink, MediaParameters(), how)
    assert len(sink.pcm) <= 300 * MS
    assert sink.clears >= 2  # the cut, and the end


async def test_speech_of_the_user_silences_the_sinks_and_the_one_that_is_heard_tells_how_far_it_got() -> None:
    """The server stops its answer by itself; what was heard it learns from us: a truncation of the part that was being
    played, a deletion of the item that had not begun."""
    script = [
        Emit(SESSION_CREATED),
        Emit(CREATED),
        Emit(delta(1000)),
        Emit(delta(1000, "next")),
        Expect("input_audio_buffer.commit"),
        Emit(SPEECH),
        Expect(
            "conversation.item.truncate", lambda event: 0 < event["audio_end_ms"] < 1000 and event["item_id"] == "i"
        ),
        Expect("conversation.item.delete", lambda event: event["item_id"] == "next"),
        Emit(delta(50)),
        Emit(DONE),
        Silence(),
    ]

    class Prompt(Recorder):
        async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
            self.pcm += pcm
            if len(self.pcm) > 250 * MS:  # so that more than nothing was heard
                self.begun.set()

    sink = Prompt()
    async with scripted_realtime(script) as server:
        await interrupted(server, sink, MediaParameters(truncates=True), "speech")
    assert len(sink.pcm) < 1000 * MS


async def test_speech_over_an_answer_that_the_server_does_not_interrupt_silences_nothing() -> None:
    """interrupt_response false: whoever gates turns by himself decides."""
    detection = {"type": "server_vad", "interrupt_response": False}
    session = {**SESSION_CREATED["session"], "audio": {"input": {"turn_detection": detection}}}
    script = [Emit({**SESSION_CREATED, "session": session}), Emit(delta(300)), Emit(SPEECH), Emit(DONE), Silence()]
    sink = Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, AT_ONCE)
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert (len(sink.pcm), sink.clears) == (300 * MS, 0)


async def test_a_sink_that_records_may_keep_the_whole_answer() -> None:
    """on_interrupt finish: the cut is not heard in the record."""
    script = [Emit(SESSION_CREATED), Emit(delta(5000)), Emit(SPEECH), Emit(DONE), Silence()]
    sink = Recorder()
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(sink, MediaParameters(paced=False, on_interrupt="finish"))
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_DONE)
        await client.drain_media()
        assert len(sink.pcm) == 5000 * MS


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
