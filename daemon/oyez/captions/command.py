"""`oyez transcribe`: a transcription session of the Realtime API, end to end. The asyncio shell of `captions`.

Token from the backend, socket with `intent=transcription`, sound up, captions down. Who ends a turn is the line's
`turn_detection`: the service, or (for models that take no turn detection) a commit every `COMMIT_S`.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import msgspec

from oyez.captions.backlog import Backlog
from oyez.captions.captions import Caption, Captions
from oyez.captions.sources import RATE_HZ, from_file, from_microphone
from oyez.config import Config
from oyez.config_here import load_here
from oyez.credentials import CREDSTORE, secret
from oyez.errors import OyezError, ServiceAway
from oyez.events import BudgetSpent
from oyez.session.ending import EXPECTED, first_of, lost, wants_new_token
from oyez.session.meter import Told
from oyez.session.pacing import Pacer
from oyez.session.patience import to_mend, to_open
from oyez.session.till import Till
from oyez.session.token_source import TokenSource
from oyez_realtime import messages as wire
from oyez_realtime.client import RealtimeClient
from oyez_realtime.connecting import Dialling
from oyez_realtime.wire import given

COMMIT_S = 4.0
TAIL_S = 1.5
"""Silence behind a file, so that the service hears the end of the last turn."""
LAST_WORDS_S = 30.0
"""So long to wait for the captions of what was sent last."""
WAITING_MAX = 600
"""Pieces of sound that may wait while a session opens: a minute of a file; a microphone's own inbox is bounded too."""
SHORTEST_TURN_S = 0.1
"""The service refuses to commit less."""
SETTLED_S = 3.0
"""A session that lived so long was a good one: the next may be tried as if it were the first loss."""
BARRIER = "oyez_all_was_heard"


@dataclass(frozen=True, slots=True)
class Wishes:
    config: Path
    file: Path | None
    """None: the microphone."""
    as_json: bool


async def transcribe(wishes: Wishes) -> int:
    """Raises OyezError for what a person must mend."""
    config = load_here(wishes.config)
    printer = Printer(sys.stdout.isatty(), quiet=wishes.as_json)
    source = from_file(wishes.file) if wishes.file else from_microphone(config)
    async with httpx.AsyncClient(timeout=config.line.connect_timeout_s) as http:
        transcriber = Transcriber(config, _tokens(config, http), printer.show)
        try:
            await transcriber.run(source)
        except OyezError as error:
            if wishes.as_json:
                printer.end(str(error))
            raise
    if wishes.as_json:
        printer.end()
    return 0


def _tokens(config: Config, http: httpx.AsyncClient) -> TokenSource:
    key = secret(config.line.device_key_file, "device_key", os.environ, CREDSTORE)
    asked = msgspec.to_builtins(session(config))
    return TokenSource(http, config.line.backend_url, key.reveal() if key else "", asked, config.line.token_margin_s)


def session(config: Config) -> wire.TranscriptionSession:
    """What the service is asked for."""
    line = config.line
    turns: wire.ServerVad | wire.SemanticVad | None = {
        "server_vad": wire.ServerVad(silence_duration_ms=line.silence_ms),
        "semantic_vad": wire.SemanticVad(eagerness=line.eagerness),
        "manual": None,
    }[line.turn_detection]
    heard = wire.AudioInput(
        format=wire.AudioPcm(),
        noise_reduction=wire.NoiseReduction("far_field"),
        transcription=wire.AudioTranscription(model=line.transcription_model, language=line.language),
        turn_detection=turns,
    )
    return wire.TranscriptionSession(audio=wire.TranscriptionAudio(input=heard))


def address(realtime_url: str) -> str:
    """The socket's address for captions: with the intent, and without a model, which the service refuses here."""
    parts = urlsplit(realtime_url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("model", "intent")]
    return urlunsplit(parts._replace(query=urlencode([*query, ("intent", "transcription")])))


class Transcriber:
    """`show` is called for every caption, partial ones too."""

    def __init__(self, config: Config, tokens: TokenSource, show: Callable[[Caption], None]) -> None:
        if not config.line.transcription_model:
            raise OyezError("line.transcription_model is empty: name a model that writes down speech.")
        self._config, self._tokens, self._show = config, tokens, show
        self._captions, self._backlog = Captions(), Backlog()
        self._till = Till(config.money, config.line, None, self._money)
        self._spent: BudgetSpent | None = None
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING_MAX)
        self._uncommitted_s = 0.0
        self._moved = asyncio.Event()
        self._answered: set[str] = set()
        self._opened_s = inf
        """Since when the present session is open, monotonic; infinite: it is not yet."""

    async def run(self, source: AsyncIterator[bytes]) -> None:
        """Until the source ends and its last caption came. Raises OyezError."""
        try:
            async with asyncio.TaskGroup() as group:
                pump = group.create_task(self._pump(source), name="sound for captions")
                await self._sessions()
                pump.cancel()
        except BaseExceptionGroup as errors:
            if isinstance(error := first_of(errors), OyezError):
                raise error from None
            raise
        finally:
            for caption in self._captions.give_up():
                self._show(caption)
            await self._tokens.close()

    async def _pump(self, source: AsyncIterator[bytes]) -> None:
        """Apart from the sessions, so that the end of one does not end the sound."""
        async for piece in source:
            await self._sound.put(piece)
        await self._sound.put(None)

    async def _sessions(self) -> None:
        """One after the other, for as long as there is sound: the next goes on where the last ended, if its end was of
        that kind. How often and how long it is tried is as with a conversation."""
        patience = to_open(time.monotonic(), self._config.line.connect_timeout_s, Random())
        while True:
            self._opened_s = inf
            try:
                await self._one_session()
                return
            except* EXPECTED as errors:
                error = first_of(errors)
            now = time.monotonic()
            if now - self._opened_s > SETTLED_S:
                patience = to_mend(now, self._config.line.reconnect_s, Random())
            wait_s = patience.wait_s(error, owed=True, now=now)
            if wait_s is None:
                raise ServiceAway(lost(error).sentence)
            if wants_new_token(error):
                self._tokens.forget()
            await asyncio.sleep(wait_s)

    async def _one_session(self) -> None:
        token = await self._tokens.get()
        line = self._config.line
        client = RealtimeClient(
            Dialling(open_timeout_s=line.connect_timeout_s, ping_interval_s=line.ping_s, ping_timeout_s=line.ping_s)
        )
        url = address(self._config.line.realtime_url or token.realtime_url)
        await client.connect(url, token.value, session(self._config))
        self._opened_s = time.monotonic()
        async with client, asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(client), name="captions down")
            await self._send(client)
            await self._last_words(client)
            reading.cancel()

    async def _send(self, client: RealtimeClient) -> None:
        pacer = Pacer(time.monotonic())
        self._captions.forget_open()
        self._uncommitted_s = 0.0
        if again := self._backlog.begin_session():
            await self._append(client, pacer, again)
        while (piece := await self._sound.get()) is not None:
            await self._append(client, pacer, piece)
            if self._spent is not None:
                raise OyezError(self._spent.sentence)
        self._sound.put_nowait(None)  # should this session end before its last caption, the next one knows
        if self._by_hand:
            await self._commit(client)
        else:
            await self._append(client, pacer, bytes(int(TAIL_S * RATE_HZ) * 2))

    async def _append(self, client: RealtimeClient, pacer: Pacer, pcm: bytes) -> None:
        self._backlog.add(pcm)
        lasts_s = len(pcm) / (RATE_HZ * 2)
        await asyncio.sleep(pacer.wait_s(lasts_s, time.monotonic()))
        await client.append_audio(pcm)
        self._uncommitted_s += lasts_s
        if self._by_hand and self._uncommitted_s >= COMMIT_S:
            await self._commit(client)

    async def _commit(self, client: RealtimeClient) -> None:
        if self._uncommitted_s >= SHORTEST_TURN_S:
            self._backlog.commit_asked()
            await client.commit_audio()
        self._uncommitted_s = 0.0

    @property
    def _by_hand(self) -> bool:
        return self._config.line.turn_detection == "manual"

    async def _read(self, client: RealtimeClient) -> None:
        async for event in client:
            self._till.usage(event)
            self._count(event)
            for caption in self._captions.take(event):
                if caption.final:
                    self._backlog.settled(caption.item_id)
                self._show(caption)
            self._moved.set()
        raise ServiceAway("The service ended the session of itself; start again for more captions.")

    def _count(self, event: wire.ServerEvent) -> None:
        match event:
            case wire.InputAudioBufferSpeechStopped(audio_end_ms=end_ms):
                self._backlog.speech_stopped(end_ms)
            case wire.InputAudioBufferCommitted(item_id=item_id):
                self._backlog.committed(item_id)
            case wire.ErrorEvent(error=error):
                self._answered.add(given(error.event_id) or "")
            case _:
                pass

    async def _last_words(self, client: RealtimeClient) -> None:
        """Returns when every turn has its caption, or none has come for so long that none will."""
        # The service takes events in order: once it objects to this one it has heard all that was sent before it.
        self._answered.discard(BARRIER)  # by an earlier session, which did not hear all of it
        await client.item_retrieve(BARRIER, event_id=BARRIER)
        try:
            while BARRIER not in self._answered or not self._captions.settled:
                self._moved.clear()
                async with asyncio.timeout(LAST_WORDS_S):
                    await self._moved.wait()
        except TimeoutError:
            return

    def _money(self, told: Told) -> None:
        if isinstance(told, BudgetSpent):
            self._spent = told


class Printer:
    """Captions on a terminal: the running line is rewritten until it is final."""

    def __init__(self, is_terminal: bool, quiet: bool) -> None:
        self._is_terminal, self._quiet = is_terminal, quiet
        self.lines: list[Caption] = []

    def show(self, caption: Caption) -> None:
        if caption.final:
            self.lines.append(caption)
        if self._quiet:
            return
        if self._is_terminal:
            sys.stdout.write(f"\r\x1b[K{caption.text}" + ("\n" if caption.final else ""))
            sys.stdout.flush()
        elif caption.final:
            print(caption.text, flush=True)

    def end(self, why: str = "") -> None:
        """One JSON object. why: what it failed of; what was written down until then is told all the same."""
        segments = [{"item_id": line.item_id, "text": line.text} for line in self.lines]
        text = " ".join(line.text for line in self.lines)
        failed = {"why": why} if why else {}
        print(json.dumps({"ok": not why, **failed, "text": text, "segments": segments}, ensure_ascii=False))
