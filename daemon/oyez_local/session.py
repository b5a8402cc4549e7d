"""One session: a client's event in, orders out. Pure: time is an argument, ids come from the caller.

Rules:
- What is refused is told in one `error` and has changed nothing.
- A turn ends in: speech_stopped, committed, item added, item done, and, where asked for, a response.
- Speech over a reply cancels it first (`interrupt_response`), so that one response is active at most.
- Time ends the session, and starts a turn of silence where `idle_timeout_ms` asks for one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from oyez_local import settings
from oyez_local.conversation import Conversation, Stored
from oyez_local.listening import Listening, SpeechBegan, SpeechEnded
from oyez_local.mind import Decision
from oyez_local.orders import Close, Order, Outgoing, Refusal, Transcribe
from oyez_local.responding import Responding
from oyez_local.turns import TurnRules, rules_of
from oyez_realtime import messages as wire

CLOSE_EXPIRED = 1001


@dataclass(frozen=True, slots=True)
class Limit:
    """When a session ends."""

    end_s: float
    """On the caller's clock."""
    minutes: float
    """For the sentence that says so."""


class Session:
    """Every method that takes something in returns what is to be done about it, in order."""

    def __init__(self, config: wire.Session, limit: Limit, new_id: Callable[[str], str]) -> None:
        self.config, self._limit = config, limit
        self._out = Outgoing(new_id)
        self._conversation = Conversation()
        self._listening = Listening()
        self._responding = Responding(self._out, self._conversation, new_id("conv"))
        self._turn_item_id = ""
        self._response_owed = False
        self._idle_from_s: float | None = None
        self._configure()

    @property
    def _rules(self) -> TurnRules | None:
        return rules_of(settings.turn_detection(self.config))

    def _configure(self) -> None:
        self._listening.configure(settings.input_format(self.config), self._rules)

    def open(self) -> list[Order]:
        self._out.send(wire.SessionCreated(session=self.config))
        return self._out.drain()

    @property
    def deadline_s(self) -> float:
        """When `tick` is to be called, on the caller's clock."""
        idle_s = self._idle_at_s()
        return self._limit.end_s if idle_s is None else min(idle_s, self._limit.end_s)

    def _idle_at_s(self) -> float | None:
        rules = self._rules
        if self._idle_from_s is None or rules is None or not rules.idle_timeout_ms or self._listening.speaking:
            return None
        return self._idle_from_s + rules.idle_timeout_ms / 1000

    def tick(self, now_s: float) -> list[Order]:
        """The deadline may have come."""
        if now_s >= self._limit.end_s:
            message = f"Your session hit the maximum duration of {self._limit.minutes:g} minutes."
            self._error("session_expired", message)
            self._out.order(Close(CLOSE_EXPIRED, message))
            return self._out.drain()
        idle_at_s = self._idle_at_s()
        if idle_at_s is not None and now_s >= idle_at_s:
            self._idle_turn(now_s)
        return self._out.drain()

    def _idle_turn(self, now_s: float) -> None:
        self._idle_from_s = None
        start_ms, end_ms, pcm = self._listening.take_idle()
        item_id = self._out.new_id("item")
        self._out.send(
            wire.InputAudioBufferTimeoutTriggered(item_id=item_id, audio_start_ms=start_ms, audio_end_ms=end_ms)
        )
        self._commit(item_id, pcm, now_s, respond=True)

    def refuse(self, error: wire.WireError) -> list[Order]:
        """An event that could not even be read."""
        self._error(error.code, error.message, error.param, error.event_id)
        return self._out.drain()

    def receive(self, event: wire.ClientEvent, now_s: float) -> list[Order]:
        try:
            self._handle(event, now_s)
        except Refusal as refusal:
            self._error(refusal.code, refusal.message, refusal.param, wire.given(event.event_id))
        return self._out.drain()

    def _error(self, code: str, message: str, param: str | None = None, event_id: str | None = None) -> None:
        detail = wire.ErrorDetail("invalid_request_error", message, code, param, event_id)
        self._out.send(wire.ErrorEvent(error=detail))

    def _handle(self, event: wire.ClientEvent, now_s: float) -> None:
        match event:
            case wire.InputAudioBufferAppend():
                self._append(event.audio, now_s)
            case wire.InputAudioBufferCommit():
                self._commit(self._out.new_id("item"), self._listening.commit(), now_s, respond=False)
            case wire.InputAudioBufferClear():
                self._listening.clear()
                self._out.send(wire.InputAudioBufferCleared())
            case wire.SessionUpdate():
                self.config = settings.updated(self.config, event.session, self._responding.has_spoken)
                self._configure()
                self._out.send(wire.SessionUpdated(session=self.config))
            case wire.ResponseCreate():
                self._respond(wire.given(event.response))
            case wire.ResponseCancel():
                self._responding.cancel(wire.given(event.response_id))
            case _:
                self._handle_item(event)

    def _handle_item(self, event: wire.ClientEvent) -> None:
        match event:
            case wire.ConversationItemCreate():
                self._create_item(event.item, wire.given(event.previous_item_id))
            case wire.ConversationItemRetrieve():
                self._out.send(wire.ConversationItemRetrieved(item=self._whole(self._conversation.find(event.item_id))))
            case wire.ConversationItemDelete():
                self._conversation.delete(event.item_id)
                self._out.send(wire.ConversationItemDeleted(item_id=event.item_id))
            case wire.ConversationItemTruncate():
                self._conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
                self._out.send(
                    wire.ConversationItemTruncated(
                        item_id=event.item_id, content_index=event.content_index, audio_end_ms=event.audio_end_ms
                    )
                )

    def _whole(self, stored: Stored) -> wire.Item:
        """The item with its audio, for the client who asks for it."""
        item = stored.item
        if not isinstance(item, wire.Message) or not stored.pcm:
            return item
        content: list[wire.Content] = [wire.InputAudio(self._listening.audio_of(stored.pcm), stored.heard)]
        return msgspec.structs.replace(item, content=content)

    def _append(self, audio: bytes, now_s: float) -> None:
        rules = self._rules
        for found in self._listening.append(audio):
            if isinstance(found, SpeechBegan):
                self._idle_from_s = None
                self._turn_item_id = self._out.new_id("item")
                self._out.send(
                    wire.InputAudioBufferSpeechStarted(item_id=self._turn_item_id, audio_start_ms=found.start_ms)
                )
                if rules is not None and rules.interrupt_response:
                    self._response_owed = False
                    self._responding.interrupt()
            elif isinstance(found, SpeechEnded):
                self._out.send(
                    wire.InputAudioBufferSpeechStopped(item_id=self._turn_item_id, audio_end_ms=found.end_ms)
                )
                respond = rules is not None and rules.create_response
                self._commit(self._turn_item_id, found.pcm, now_s, respond=respond)

    def _commit(self, item_id: str, pcm: bytes, now_s: float, respond: bool) -> None:
        item = wire.Message("user", [wire.InputAudio(transcript=None)], item_id, "realtime.item", "completed")
        stored = Stored(item, pcm, self._listening.rate_hz)
        before = self._conversation.last_id
        self._out.send(wire.InputAudioBufferCommitted(item_id=item_id, previous_item_id=before))
        self._conversation.add(stored)
        self._tell_item(stored, before)
        self._recognise(stored)
        if respond and isinstance(self.config, wire.RealtimeSession):
            self._respond_or_owe()

    def _tell_item(self, stored: Stored, before: str | None) -> None:
        self._out.send(wire.ConversationItemAdded(item=stored.item, previous_item_id=before))
        self._out.send(wire.ConversationItemDone(item=stored.item, previous_item_id=before))

    def _recognise(self, stored: Stored) -> None:
        if stored.pcm:
            self._out.order(Transcribe(stored.id, stored.pcm, stored.rate_hz))
        else:
            stored.heard = ""

    def _create_item(self, item: wire.Item, after: str | None) -> None:
        _refuse_unsupported(item)
        if isinstance(item, wire.FunctionCallOutput) and not self._conversation.has_call(item.call_id):
            message = f"Tool call ID '{item.call_id}' not found in conversation."
            raise Refusal("invalid_tool_call_id", message, "item.call_id")
        item_id = wire.given(item.id) or self._out.new_id("item")
        named = msgspec.structs.replace(item, id=item_id, object="realtime.item", status="completed")
        stored = Stored(named, self._listening.pcm_of(_audio_in(item)), self._listening.rate_hz)
        before = self._conversation.add(stored, after)
        self._tell_item(stored, before)
        self._recognise(stored)

    def _respond(self, asked: wire.ResponseParameters | None) -> None:
        if not isinstance(self.config, wire.RealtimeSession):
            raise Refusal("invalid_value", "A transcription session makes no responses.", "type")
        self._idle_from_s = None
        self._responding.create(self.config, asked)

    def _respond_or_owe(self) -> None:
        """A turn that ended over a reply which may not be interrupted is answered after it."""
        if self._responding.active is not None:
            self._response_owed = True
        else:
            self._respond(None)

    def transcribed(self, item_id: str, text: str, duration_s: float, error: str | None = None) -> list[Order]:
        """What was said in that item, or why nobody knows; duration_s: of its audio."""
        stored = next((one for one in self._conversation if one.id == item_id), None)
        if stored is not None:
            stored.heard = text
            if settings.transcribes(self.config):
                self._tell_transcript(stored, text, duration_s, error)
        self._responding.recognised(item_id)
        return self._out.drain()

    def _tell_transcript(self, stored: Stored, text: str, duration_s: float, error: str | None) -> None:
        if error is not None:
            detail = wire.ErrorDetail("server_error", error, "transcription_failed")
            self._out.send(
                wire.ConversationItemInputAudioTranscriptionFailed(item_id=stored.id, content_index=0, error=detail)
            )
            return
        if text:
            self._out.send(
                wire.ConversationItemInputAudioTranscriptionDelta(item_id=stored.id, content_index=0, delta=text)
            )
        usage = wire.DurationUsage(duration_s)
        self._out.send(
            wire.ConversationItemInputAudioTranscriptionCompleted(
                item_id=stored.id, content_index=0, transcript=text, usage=usage
            )
        )
        if isinstance(stored.item, wire.Message):
            content: list[wire.Content] = [wire.InputAudio(transcript=text)]
            stored.item = msgspec.structs.replace(stored.item, content=content)

    def thought(self, response_id: str, decision: Decision, now_s: float) -> list[Order]:
        self._responding.thought(response_id, decision)
        return self._after_reply(now_s)

    def spoken(self, response_id: str, text: str, audio: bytes, duration_ms: float, now_s: float) -> list[Order]:
        """audio: in the response's output format."""
        self._responding.spoken(response_id, text, audio, duration_ms, now_s)
        return self._after_reply(now_s)

    def finished(self, response_id: str, now_s: float) -> list[Order]:
        self._responding.finished(response_id)
        return self._after_reply(now_s)

    def failed(self, response_id: str, message: str, now_s: float) -> list[Order]:
        self._responding.failed(response_id, message)
        return self._after_reply(now_s)

    def _after_reply(self, now_s: float) -> list[Order]:
        if self._responding.active is None:
            self._idle_from_s = max(now_s, self._responding.playing_until_s)
            if self._response_owed:
                self._response_owed = False
                self._respond(None)
        return self._out.drain()


def _refuse_unsupported(item: wire.Item) -> None:
    if not isinstance(item, wire.Message | wire.FunctionCall | wire.FunctionCallOutput):
        raise Refusal("invalid_value", "This local server keeps messages and function calls only.", "item.type")
    if isinstance(item, wire.Message):
        allowed = {
            "system": (wire.InputText,),
            "user": (wire.InputText, wire.InputAudio, wire.InputImage),
            "assistant": (wire.OutputText,),
        }[item.role]
        if not all(isinstance(part, allowed) for part in item.content):
            raise Refusal(
                "invalid_value", f"That content cannot stand in a message of the {item.role}.", "item.content"
            )


def _audio_in(item: wire.Item) -> bytes:
    parts = item.content if isinstance(item, wire.Message) else []
    return b"".join(wire.given(part.audio) or b"" for part in parts if isinstance(part, wire.InputAudio))
