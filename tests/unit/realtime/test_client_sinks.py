"""Sinks that misbehave, or come and go at the wrong moment: the session never suffers, none is left open."""

import asyncio

import pytest
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, Expect, Silence, Step, scripted_realtime
from tests.unit.realtime.media_doubles import AT_ONCE, AUDIO_DONE, CREATED, DONE, QUICK, SPEECH, Recorder, delta, until

from oyez_realtime import EventType, MediaFormat, MediaParameters, NullSink, RealtimeClient, WavFileSink


class Stubborn(NullSink):
    """Neither says what it holds nor lets itself be silenced."""

    def delay_ms(self) -> float:
        raise OSError("no such card")

    def clear(self) -> None:
        raise OSError("no such card")


async def test_a_sink_that_fails_to_be_silenced_does_not_cost_the_session(caplog: pytest.LogCaptureFixture) -> None:
    """Speech over an answer: the events after it still come, and the failure is in the log."""
    script: list[Step] = [Emit(SESSION_CREATED), Emit(CREATED), Emit(delta(500)), Expect("input_audio_buffer.clear")]
    script += [Emit(SPEECH), Emit(AUDIO_DONE), Emit(DONE), Silence()]
    async with scripted_realtime(script) as server, RealtimeClient(QUICK) as client:
        await client.send_media_to(Stubborn(), MediaParameters(truncates=True))
        await client.connect(server.url)
        await until(client, EventType.RESPONSE_OUTPUT_AUDIO_DELTA)
        await client.clear_audio()
        await until(client, EventType.RESPONSE_DONE)
    assert any("Stubborn does not say what it holds" in record.getMessage() for record in caplog.records)


class Hesitant(Recorder):
    """Opens when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.opening, self.go = asyncio.Event(), asyncio.Event()
        self.closes = 0

    async def open(self, media_format: MediaFormat) -> None:
        self.opening.set()
        await self.go.wait()

    async def close(self) -> None:
        self.closes += 1


@pytest.mark.parametrize("how", ["stop_media_to", "close"])
async def test_a_sink_that_is_detached_while_it_opens_is_closed_once_it_is_open(how: str) -> None:
    """Not before, not twice, and never served."""
    client, sink = RealtimeClient(QUICK), Hesitant()
    attaching = asyncio.create_task(client.send_media_to(sink, AT_ONCE))
    await sink.opening.wait()
    await (client.close() if how == "close" else client.stop_media_to(sink))
    assert sink.closes == 0
    sink.go.set()
    await attaching
    assert sink.closes == 1
    with pytest.raises(ValueError, match="not served"):
        client.played(sink)
    await client.close()
    assert sink.closes == 1


async def test_a_client_that_is_closed_takes_no_sink() -> None:
    """Nobody would close it any more."""
    client, sink = RealtimeClient(QUICK), Hesitant()
    await client.close()
    with pytest.raises(RuntimeError, match="attach the sink to another"):
        await client.send_media_to(sink)
    assert not sink.opening.is_set()


async def test_parameters_that_make_no_sense_are_refused() -> None:
    """With the name of the one that is wrong."""
    with pytest.raises(ValueError, match="when_full is 'soon'"):
        MediaParameters(when_full="soon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="on_interrupt is 'maybe'"):
        MediaParameters(on_interrupt="maybe")  # type: ignore[arg-type]
    async with RealtimeClient(QUICK) as client:
        with pytest.raises(TypeError, match="no MediaParameters"):
            await client.send_media_to(NullSink(), "loud")  # type: ignore[arg-type]


async def test_a_file_that_cannot_be_written_is_told_once() -> None:
    """To the caller, and by nothing else."""
    async with RealtimeClient(QUICK) as client:
        with pytest.raises(FileNotFoundError):
            await client.send_media_to(WavFileSink("no such folder/reply.wav"))
