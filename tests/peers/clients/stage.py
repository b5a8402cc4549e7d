"""What all Python drivers share: a microphone in real time, a loudspeaker that knows what it played, the conversation.

Usage of a driver: `python -m tests.peers.clients.NAME URL KEY SPEECH_FOLDER OUT_FOLDER`; URL is http://HOST:PORT. It
prints one JSON line: {"peer", "version", "heard", "calls", "replies": [{"said", "sound", "interrupted"}], "errors"};
`sound` names a file in OUT_FOLDER: int16 mono 24 kHz, as all sound here.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

RATE_HZ = 24_000
CHUNK_MS = 20
CHUNK_BYTES = RATE_HZ * 2 * CHUNK_MS // 1000
MODEL = "gpt-realtime-2.1"
INSTRUCTIONS = "You are the voice of a house."
TOOL_NAME = "set_light"
TOOL_DESCRIPTION = "Switch a light on or off"
TOOL_OUTPUT = "The kitchen light is on now."
HEARD_BEFORE_INTERRUPTING_S = 1.0
PATIENCE_S = 60.0


def milliseconds(sound: bytes | bytearray) -> float:
    return len(sound) / 2 / RATE_HZ * 1000


class Microphone:
    """Gives a chunk every 20 ms: what was asked to be said, else a quiet room, which is never digital silence."""

    def __init__(self, speech: Path) -> None:
        self._speech, self._waiting = speech, bytearray()
        self._room = (self._speech / "room.pcm").read_bytes()

    def say(self, name: str) -> None:
        self._waiting += (self._speech / f"{name}.pcm").read_bytes()

    async def chunks(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            chunk = bytes(self._waiting[:CHUNK_BYTES])
            del self._waiting[:CHUNK_BYTES]
            yield chunk + self._room[len(chunk) : CHUNK_BYTES]
            due_s += CHUNK_MS / 1000
            await asyncio.sleep(due_s - loop.time())


@dataclass
class Reply:
    """One spoken reply, as the library handed it over."""

    said: str = ""
    sound: bytearray = field(default_factory=bytearray)
    began_s: float | None = None
    """When its first sound came, on the loop's clock: it plays from then on."""
    interrupted: bool = False
    over: bool = False
    """No more of it comes."""

    def played_ms(self, now_s: float) -> int:
        """How much of it the room heard by now."""
        return 0 if self.began_s is None else int(min((now_s - self.began_s) * 1000, milliseconds(self.sound)))


class Notes:
    """What a driver is told by its library. Every method but the waiting ones is called by the driver as it happens."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.replies: list[Reply] = []
        self.errors: list[str] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        task = asyncio.get_running_loop().create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def user_said(self, transcript: str) -> None:
        self.heard.append(transcript)
        self.changed()

    def called(self, name: str, arguments: str | dict[str, Any]) -> None:
        given = json.loads(arguments) if isinstance(arguments, str) else arguments
        self.calls.append({"name": name, "arguments": given})
        self.changed()

    def current(self) -> Reply:
        """The reply that is coming now: a new one once the last is over."""
        if not self.replies or self.replies[-1].over:
            self.replies.append(Reply())
        return self.replies[-1]

    def sound(self, pcm: bytes) -> None:
        reply = self.current()
        if reply.began_s is None:
            reply.began_s = asyncio.get_running_loop().time()
        reply.sound += pcm
        self.changed()

    def words(self, text: str) -> None:
        self.current().said += text

    def ended(self, interrupted: bool = False) -> None:
        """The reply that was coming has ended; nothing happens when none was."""
        if self.replies and not self.replies[-1].over:
            self.replies[-1].over, self.replies[-1].interrupted = True, interrupted
            self.changed()

    def trouble(self, message: object) -> None:
        self.errors.append(str(message))
        self.changed()

    async def until(self, happened: Callable[[], bool], what: str) -> None:
        """Raises AssertionError when it does not happen in time, or trouble comes first."""
        try:
            async with asyncio.timeout(PATIENCE_S), self._news:
                await self._news.wait_for(lambda: bool(self.errors) or happened())
        except TimeoutError:
            raise AssertionError(f"{what} did not happen within {PATIENCE_S:g} s") from None
        if self.errors:
            raise AssertionError(f"{self.errors[-1]} came before {what}")

    async def reply_played(self, number: int) -> Reply:
        """The reply of that number (from 1), once all of it was played in the room."""
        await self.until(lambda: len(self.replies) >= number and self.replies[number - 1].over, f"reply {number}")
        reply = self.replies[number - 1]
        assert reply.began_s is not None
        await asyncio.sleep(reply.began_s + milliseconds(reply.sound) / 1000 - asyncio.get_running_loop().time())
        return reply


async def converse(microphone: Microphone, notes: Notes) -> None:
    """A spoken turn, a tool call, an interruption, and the turn that interrupted."""
    microphone.say("who")
    await notes.reply_played(1)
    microphone.say("light")
    await notes.reply_played(2)
    microphone.say("story")
    await notes.until(lambda: len(notes.replies) == 3 and notes.replies[2].began_s is not None, "the story")
    await asyncio.sleep(HEARD_BEFORE_INTERRUPTING_S)
    microphone.say("sum")
    await notes.until(lambda: notes.replies[2].over, "the end of the story")
    await notes.reply_played(4)


Driver = Callable[[str, str, Microphone, Notes], Awaitable[None]]


def run(package: str, driver: Driver) -> None:
    """The driver connects to (URL, key), then runs `converse` beside its own loop."""
    url, key, speech, out = sys.argv[1:]
    notes = asyncio.run(_held(driver, url, key, Path(speech)))
    report = {"peer": package, "version": version(package), "heard": notes.heard, "calls": notes.calls}
    replies = []
    for number, reply in enumerate(notes.replies, 1):
        sound = Path(out) / f"reply-{number}.pcm"
        sound.write_bytes(reply.sound)
        replies.append({"said": reply.said, "sound": sound.name, "interrupted": reply.interrupted})
    print(json.dumps({**report, "replies": replies, "errors": notes.errors}), flush=True)


async def _held(driver: Driver, url: str, key: str, speech: Path) -> Notes:
    notes = Notes()
    try:
        await driver(url, key, Microphone(speech), notes)
    except Exception:
        # It is told in the report, with what happened before it.
        notes.errors.append(traceback.format_exc())
    return notes
