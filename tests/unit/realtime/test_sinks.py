"""The sinks that come with the library."""

import asyncio
import threading
import wave
from pathlib import Path

import pytest

from oyez_realtime import MediaFormat, NullSink, Sink, SpeakerSink, WavFileSink
from oyez_realtime.media import MEDIA_FORMAT


def test_each_is_a_sink() -> None:
    """The protocol that send_media_to asks for."""
    assert all(isinstance(sink, Sink) for sink in (NullSink(), WavFileSink("x.wav"), SpeakerSink()))


async def test_a_wav_file_is_complete_after_close(tmp_path: Path) -> None:
    """What was written is in it, in the format that every sink hears."""
    sink = WavFileSink(tmp_path / "reply.wav")
    await sink.open(MEDIA_FORMAT)
    await sink.write(b"\x01\x02" * 480, "item", 0)
    sink.clear()
    await sink.write(b"\x03\x04" * 480, "item", 0)
    await sink.close()
    await sink.close()
    with wave.open(str(tmp_path / "reply.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert file.readframes(2_000) == b"\x01\x02" * 480 + b"\x03\x04" * 480


async def test_what_is_not_open_says_so() -> None:
    """Writing past send_media_to is the caller's mistake."""
    for sink in (WavFileSink("x.wav"), SpeakerSink()):
        with pytest.raises(RuntimeError, match="send_media_to"):
            await sink.write(b"\0\0", "item", 0)


class Card:
    """Takes as long as it is told to."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.threads: set[int] = set()
        self.dropped = 0
        self.go = threading.Event()

    def write(self, pcm: bytes) -> None:
        self.threads.add(threading.get_ident())
        self.go.wait(5)
        self.written.append(pcm)

    def drop(self) -> None:
        self.dropped += 1

    def delay_ms(self) -> float:
        return 40.0


async def test_an_output_that_blocks_does_not_block_the_loop() -> None:
    """It is written to in a thread; it is told to drop and asked for its delay; close waits for the write."""
    card = Card()
    sink = SpeakerSink(card)
    await sink.open(MediaFormat())
    write = asyncio.create_task(sink.write(b"\1\2", "item", 0))
    await asyncio.sleep(0)
    sink.clear()
    assert (card.dropped, sink.delay_ms(), card.written) == (1, 40.0, [])
    write.cancel()
    await asyncio.wait([write])
    closing = asyncio.create_task(sink.close())
    card.go.set()
    await closing
    assert card.written == [b"\1\2"]
    assert threading.get_ident() not in card.threads


async def test_a_loudspeaker_that_is_not_there_is_said_in_a_sentence() -> None:
    """Either pyalsaaudio is missing, or ALSA does not know the name: both say what to do."""
    with pytest.raises((ImportError, OSError), match=r"pyalsaaudio|aplay -L"):
        await SpeakerSink(device="no_such_card").open(MEDIA_FORMAT)
