"""The line against the local server: an answer to a program's question is written down, and nobody replies to it."""

import asyncio
import json
import time
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.session.line import Line
from oyez.session.token_source import TokenSource
from tests.doubles.speech import say, silence
from tests.stories.theatre import services

T = TypeVar("T")
PIECE = 960  # 20 ms of PCM16 at 24 kHz


class House:
    """Stands where the house stands: speaks into the line, and is told."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.all: list[ev.Event] = []

    async def until(self, kind: type[T]) -> T:
        async with asyncio.timeout(20):
            while not isinstance(event := await self.told.get(), kind):
                self.all.append(event)
        self.all.append(event)  # type: ignore[arg-type]
        return event


def speak(line: Line, text: str) -> None:
    sound = np.concatenate([silence(0.3), say(text)[0], silence(1.0)]).tobytes()
    for start in range(0, len(sound), PIECE):
        line.send_audio(sound[start : start + PIECE])


async def test_while_the_device_takes_turns_an_unanswered_one_is_heard_in_words_and_the_service_stays_silent(
    tmp_path: Path,
) -> None:
    """In a session that began with the service taking the turns, behind a question that was said; a turn that wants an
    answer gets one again afterwards."""
    async with services(tmp_path) as world, httpx.AsyncClient(trust_env=False) as http:
        house = House()
        tokens = TokenSource(http, world.backend_url, world.device_key)
        line = Line(LineConfig(), tokens, list, house.told.put_nowait, lambda *sound: None, time.monotonic)
        running = asyncio.create_task(line.run())
        await asyncio.sleep(0)
        try:
            line.open()
            await house.until(ev.SessionReady)
            line.say("Shall I turn off the heating?")
            await house.until(ev.ReplyEnded)
            line.take_turns("device")
            speak(line, "Yes, please turn it off.")
            line.commit_turn(answered=False)
            heard = await house.until(ev.TextHeard)
            assert "turn it off" in heard.text.lower()
            assert [event for event in house.all if isinstance(event, ev.SpeechStarted)] == []
            speak(line, "What time is it?")
            line.commit_turn()
            await house.until(ev.ReplyEnded)
            assert len([event for event in house.all if isinstance(event, ev.ReplyBegun)]) == 2
        finally:
            line.close()
            running.cancel()
            await asyncio.wait([running])
        asked = [json.loads(row) for row in world.server_log.read_text().splitlines() if row.endswith("}")]
        came = [row["type"] for row in asked if row["direction"] == "in"]
        assert came.count("input_audio_buffer.commit") == 2
        assert came.count("response.create") == 2
        assert [row for row in asked if row["direction"] == "out" and row["type"] == "error"] == []
