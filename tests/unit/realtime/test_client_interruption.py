"""An answer that is interrupted is silent at once, at every sink, and the server learns what was heard of it."""

import pytest
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, Expect, ScriptedServer, Silence, scripted_realtime
from tests.unit.realtime.media_doubles import AT_ONCE, CREATED, DONE, MS, QUICK, SPEECH, Recorder, delta, until

from oyez_realtime import EventType, MediaParameters, RealtimeClient


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
