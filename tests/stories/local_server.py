"""The local server as a process, and a client that speaks to it: for the stories about it."""

import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from websockets.asyncio.client import ClientConnection, connect

from tests.doubles.processes import Process, running
from tests.doubles.speech import say, silence

KEY = "sk-story"
MODEL = "gpt-realtime-2.1"
CHUNK = 960  # 40 ms at 24 kHz


class Server:
    def __init__(self, process: Process, log: Path) -> None:
        self.process, self.log = process, log
        self.http_url = process.lines[-1].split()[-1]
        self.ws_url = self.http_url.replace("http", "ws") + "/v1/realtime"

    def logged(self, direction: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["direction"] == direction]


@asynccontextmanager
async def serving(folder: Path, *options: str | Path) -> AsyncIterator[Server]:
    """A server with those options, ready; its event log lies in the folder."""
    log = folder / "events.jsonl"
    command = [sys.executable, "-m", "oyez_local", "serve", "--port", "0", "--api-key", KEY, "--log-events", log]
    async with running([*command, *options], ready="listening on") as process:
        yield Server(process, log)


class Caller:
    """A client that speaks; keeps all that came, and the audio of each item."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []
        self.audio: dict[str, bytes] = {}

    async def send(self, **event: Any) -> None:
        await self.socket.send(json.dumps(event))

    async def until(self, *names: str) -> dict[str, Any]:
        """The next event of one of these types."""
        while True:
            event: dict[str, Any] = json.loads(await self.socket.recv())
            self.seen.append(event)
            if event["type"] == "response.output_audio.delta":
                sound = base64.b64decode(event["delta"])
                self.audio[event["item_id"]] = self.audio.get(event["item_id"], b"") + sound
            if event["type"] in names:
                return event
            assert event["type"] != "error", event

    async def configure(self, **session: Any) -> None:
        audio = {"input": {"transcription": {"model": "any"}, "turn_detection": {"type": "server_vad"}}}
        await self.send(type="session.update", session={"type": "realtime", "audio": audio, **session})
        await self.until("session.updated")

    async def speak(self, text: str) -> None:
        """Says it and keeps still afterwards, as fast as the socket takes it."""
        await self.write(np.concatenate([silence(0.3), say(text)[0], silence(0.8)]))

    async def write(self, sound: npt.NDArray[np.int16]) -> None:
        for start in range(0, len(sound), CHUNK):
            audio = base64.b64encode(sound[start : start + CHUNK].tobytes()).decode()
            await self.send(type="input_audio_buffer.append", audio=audio)


def call(server: Server, token: str = KEY, query: str = f"?model={MODEL}", **more: Any) -> connect:
    headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
    return connect(server.ws_url + query, additional_headers=headers, max_size=None, **more)
