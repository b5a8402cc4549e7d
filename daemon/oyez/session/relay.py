"""What the service's events mean for the house. Pure: a server event in, facts and sound out.

It remembers only what the house must not: which responses run, and which of them were cut here, so that what of them is
still on its way is dropped. What comes out of order changes nothing: it is counted, and named once a kind.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UnsetType

from oyez import events as ev
from oyez.secret import mask
from oyez.session.codec import Down
from oyez_realtime import messages as wire
from oyez_realtime.closing import judge_response
from oyez_realtime.ledger import Oddities


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio of a reply: PCM16 mono little-endian, 24 kHz."""

    item_id: str
    content_index: int
    pcm: bytes


class Relay:
    """One for each session. `take` never raises for what the service sends."""

    def __init__(self, speech: Down | None = None) -> None:
        """speech: from the session's output format; None: that is the house's own."""
        self._speech = speech or Down("pcm")
        self.oddities = Oddities()
        self._speaking = False
        """The service hears somebody speak."""
        self._running: set[str] = set()
        self._cut: set[str] = set()
        self._audible: set[str] = set()
        self._calls: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        """Of tools by call id, for services that name them only when a call begins."""
        self._told: set[str] = set()
        """Ids of calls that the house knows of: none is carried out twice."""
        self.active: str | None = None
        """Response that the service is generating."""

    def cut_active(self) -> None:
        """Nothing more of the active response is wanted."""
        if self.active is not None:
            self._cut.add(self.active)

    @property
    def running(self) -> bool:
        """The service generates something, wanted or not."""
        return bool(self._running)

    def take(self, event: wire.ServerEvent) -> list[ev.Event | Sound]:
        match event:
            case wire.InputAudioBufferSpeechStarted(item_id=item_id):
                self._speaking = True
                return [ev.SpeechStarted("server", item_id)]
            case wire.InputAudioBufferSpeechStopped():
                return self._stopped(event)
            case wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id, transcript=text):
                return [ev.TextHeard(item_id, text.strip())]
            case wire.ResponseCreated(response=response):
                return self._begun(event, response)
            case wire.ResponseDone(response=response) if response.id in self._running:
                return self._done(response)
            case wire.ResponseDone():
                return self._out_of_order(event, "a response that does not run")
            case _:
                return self._within(event)

    def _stopped(self, event: wire.ServerEvent) -> list[ev.Event | Sound]:
        if not self._speaking:
            return self._out_of_order(event, "nobody who spoke")
        self._speaking = False
        return [ev.SpeechStopped("server")]

    def _begun(self, event: wire.ServerEvent, response: wire.Response) -> list[ev.Event | Sound]:
        if response.id in self._running:
            return self._out_of_order(event, "a response that runs already")
        self._running.add(response.id)
        self.active = response.id
        conversation = response.conversation_id
        return [ev.ReplyBegun(response.id, None if isinstance(conversation, UnsetType) else conversation is None)]

    def _within(self, event: wire.ServerEvent) -> list[ev.Event | Sound]:
        """Events of a running response; those of a response that was cut are dropped."""
        owner: str | None = getattr(event, "response_id", None)
        if owner in self._cut:
            return []
        if owner is not None and owner not in self._running:
            return self._out_of_order(event, "a response that does not run")
        match event:
            case wire.ResponseOutputAudioDelta(response_id=response_id, item_id=item_id, content_index=part, delta=pcm):
                first = [] if response_id in self._audible else [ev.ReplyAudible(response_id)]
                self._audible.add(response_id)
                return [*_sound(item_id, part, self._speech.feed(item_id, part, pcm)), *first]
            case wire.ResponseOutputAudioDone(item_id=item_id, content_index=part):
                return _sound(item_id, part, self._speech.flush(item_id, part))
            case wire.ResponseOutputAudioTranscriptDone(item_id=item_id, transcript=text):
                return [ev.TextSaid(item_id, text.strip())]
            case wire.ResponseOutputItemAdded(item=wire.FunctionCall(call_id=call_id, name=name)):
                self._names[wire.given(call_id) or ""] = name
                return []
            case wire.ResponseFunctionCallArgumentsDone():
                return self._called(event)
            case wire.ResponseOutputItemDone(item=wire.McpApprovalRequest() as wish):
                return [ev.ApprovalAsked(wish.id, wish.server_label, wish.name, _arguments(wish.arguments))]
            case _:
                return []

    def _called(self, event: wire.ResponseFunctionCallArgumentsDone) -> list[ev.Event | Sound]:
        if event.call_id in self._told:
            return self._out_of_order(event, "a call that was made already")
        self._told.add(event.call_id)
        self._calls[event.response_id] += 1
        name = wire.given(event.name) or self._names.pop(event.call_id, "")
        return [ev.ToolCalled(event.call_id, name, _arguments(event.arguments))]

    def _out_of_order(self, event: wire.ServerEvent, of: str) -> list[ev.Event | Sound]:
        self.oddities.note(event.type, f"The service sent {event.type} for {of}: out of order, it changes nothing.")
        return []

    def _done(self, response: wire.Response) -> list[ev.Event | Sound]:
        response_id = response.id
        if self.active == response_id:
            self.active = None
        self._running.discard(response_id)
        self._cut.discard(response_id)
        self._audible.discard(response_id)
        calls = self._calls.pop(response_id, 0)
        return [ev.ReplyEnded(response_id, response.status or "completed", calls, _why(response))]


def _sound(item_id: str, content_index: int, pcm: bytes) -> list[ev.Event | Sound]:
    return [Sound(item_id, content_index, pcm)] if pcm else []


def _arguments(text: str) -> dict[str, Any]:
    """A model can write arguments that are no JSON object: the tool then refuses the call and the model reads why."""
    try:
        # Not json.loads: that lets half a surrogate pair through, which no topic, payload or trace can be written with.
        arguments = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError):  # no JSON, thousands of digits, brackets without end
        return {"arguments": text}
    return arguments if isinstance(arguments, dict) else {"arguments": arguments}


def _why(response: wire.Response) -> str:
    """The service's own words and what to do about it; nothing where all is well."""
    verdict = judge_response(response)
    if verdict is None:
        return ""
    details = wire.given(response.status_details)
    error = wire.given(details.error) if details is not None else None
    said = (wire.given(error.message) if error is not None else None) or ""
    return mask(f"{said} {verdict.sentence}".strip())
