"""One response as it is made: the events of its life in the wire's order. Pure."""

import json
from dataclasses import dataclass, field
from typing import TypedDict

import msgspec

from oyez_local.calling import Call
from oyez_local.conversation import Conversation, Stored
from oyez_local.mind import Request
from oyez_local.orders import Outgoing
from oyez_realtime import messages as wire

AUDIO_TOKEN_MS = 50
"""The service counts one output token for each 50 ms of audio, one input token for each 100 ms."""
TEXT_TOKEN_CHARACTERS = 4


class Place(TypedDict):
    """Where a piece belongs, as every content event says it."""

    response_id: str
    item_id: str
    output_index: int
    content_index: int


@dataclass(slots=True)
class Reply:
    """What a response was asked to be, and how far it is. Its methods send; `status` says when it is over."""

    id: str
    out: Outgoing
    audio: bool
    """Speech with its transcript; else text."""
    output: wire.AudioOutput
    conversation: Conversation | None
    """None: out of band."""
    conversation_id: str | None
    request: Request
    max_output_tokens: int | None = None
    metadata: dict[str, str] | None = None
    context: list[Stored] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    """Items of the context whose speech is not yet recognised."""
    status: str = "in_progress"
    items: list[wire.Item] = field(default_factory=list)
    stored: Stored | None = None
    """The message that is being said."""
    calls: tuple[Call, ...] = ()
    """To be called when the message is said."""
    said: str = ""
    audio_ms: float = 0.0

    @property
    def format(self) -> wire.AudioFormat:
        return wire.given(self.output.format) or wire.AudioPcm()

    @property
    def tokens(self) -> int:
        return round(self.audio_ms / AUDIO_TOKEN_MS) + len(self.said) // TEXT_TOKEN_CHARACTERS

    def create(self) -> None:
        self.out.send(wire.ResponseCreated(response=self._object()))

    def _object(self, details: wire.StatusDetails | None = None, usage: wire.Usage | None = None) -> wire.Response:
        return wire.Response(
            id=self.id,
            object="realtime.response",
            status=msgspec.convert(self.status, wire.ResponseStatus),
            status_details=details,
            output=list(self.items),
            conversation_id=self.conversation_id,
            output_modalities=["audio" if self.audio else "text"],
            max_output_tokens="inf" if self.max_output_tokens is None else self.max_output_tokens,
            audio=wire.ResponseAudio(output=wire.ResponseAudioOutput(format=self.format, voice=self.output.voice)),
            metadata=self.metadata,
            usage=usage,
        )

    def _added(self, item: wire.Item) -> Stored:
        stored = Stored(item)
        self.out.send(wire.ResponseOutputItemAdded(response_id=self.id, output_index=len(self.items), item=item))
        if self.conversation is not None:
            before = self.conversation.add(stored)
            self.out.send(wire.ConversationItemAdded(item=item, previous_item_id=before))
        return stored

    def _done(self, stored: Stored, item: wire.Item) -> None:
        stored.item = item
        if self.conversation is not None and any(one is stored for one in self.conversation):
            before = self.conversation.previous_id(stored.id)
            self.out.send(wire.ConversationItemDone(item=item, previous_item_id=before))
        self.out.send(wire.ResponseOutputItemDone(response_id=self.id, output_index=len(self.items), item=item))
        self.items.append(item)

    def begin_message(self) -> None:
        item = wire.Message("assistant", [], self.out.new_id("item"), "realtime.item", "in_progress")
        self.stored = self._added(item)
        empty: wire.Content = wire.OutputAudio(transcript="") if self.audio else wire.OutputText("")
        # The part can be truncated while it is still being said.
        self.stored.item = msgspec.structs.replace(item, content=[empty])
        part = wire.ContentPart("audio", transcript="") if self.audio else wire.ContentPart("text", text="")
        self.out.send(wire.ResponseContentPartAdded(**self._place(), part=part))

    def _place(self) -> Place:
        assert self.stored is not None, "only a begun message has a place"
        return Place(
            response_id=self.id,
            item_id=wire.given(self.stored.item.id) or "",
            output_index=len(self.items),
            content_index=0,
        )

    def say(self, text: str, audio: bytes, duration_ms: float) -> None:
        """A piece of the message: words, and sound in the output format that lasts duration_ms. Either may be empty."""
        if self.stored is None:
            self.begin_message()
        assert self.stored is not None
        place = self._place()
        if text and self.audio:
            self.out.send(wire.ResponseOutputAudioTranscriptDelta(**place, delta=text))
        elif text:
            self.out.send(wire.ResponseOutputTextDelta(**place, delta=text))
        if audio:
            self.out.send(wire.ResponseOutputAudioDelta(**place, delta=audio))
        self.said += text
        self.audio_ms += duration_ms
        self.stored.audio_ms = int(self.audio_ms)

    def end_message(self, status: wire.ItemStatus) -> None:
        """Also when cut short: its done events come nevertheless."""
        if self.stored is None:
            return
        place, stored = self._place(), self.stored
        if self.audio:
            self.out.send(wire.ResponseOutputAudioDone(**place))
            self.out.send(wire.ResponseOutputAudioTranscriptDone(**place, transcript=self.said))
            part = wire.ContentPart("audio", transcript=self.said)
            content: wire.Content = wire.OutputAudio(transcript=self.said)
        else:
            self.out.send(wire.ResponseOutputTextDone(**place, text=self.said))
            part = wire.ContentPart("text", text=self.said)
            content = wire.OutputText(self.said)
        self.out.send(wire.ResponseContentPartDone(**place, part=part))
        item_id = wire.given(stored.item.id) or ""
        self._done(stored, wire.Message("assistant", [content], item_id, "realtime.item", status))
        self.stored = None

    def call(self, call: Call) -> None:
        """A whole function call: nothing is gained by dribbling its arguments."""
        item_id, call_id, arguments = self.out.new_id("item"), self.out.new_id("call"), json.dumps(call.arguments)
        begun = wire.FunctionCall(call.name, "", call_id, item_id, "realtime.item", "in_progress")
        stored = self._added(begun)
        index = len(self.items)
        self.out.send(
            wire.ResponseFunctionCallArgumentsDelta(
                response_id=self.id, item_id=item_id, output_index=index, call_id=call_id, delta=arguments
            )
        )
        self.out.send(
            wire.ResponseFunctionCallArgumentsDone(
                response_id=self.id,
                item_id=item_id,
                output_index=index,
                call_id=call_id,
                name=call.name,
                arguments=arguments,
            )
        )
        self._done(stored, msgspec.structs.replace(begun, arguments=arguments, status="completed"))

    def finish(self, status: str, details: wire.StatusDetails | None = None) -> None:
        self.end_message("completed" if status == "completed" else "incomplete")
        self.status = status
        self.out.send(wire.ResponseDone(response=self._object(details, self._usage())))

    def _usage(self) -> wire.Usage:
        audio_in = sum(len(s.pcm) * 10 // (2 * s.rate_hz) for s in self.context)
        text_in = sum(len(entry.text) for entry in self.request.history) // TEXT_TOKEN_CHARACTERS
        audio_out, text_out = round(self.audio_ms / AUDIO_TOKEN_MS), len(self.said) // TEXT_TOKEN_CHARACTERS
        return wire.Usage(
            total_tokens=audio_in + text_in + audio_out + text_out,
            input_tokens=audio_in + text_in,
            output_tokens=audio_out + text_out,
            input_token_details=wire.InputTokenDetails(
                text_tokens=text_in,
                audio_tokens=audio_in,
                image_tokens=0,
                cached_tokens=0,
                cached_tokens_details=wire.CachedTokensDetails(text_tokens=0, audio_tokens=0, image_tokens=0),
            ),
            output_token_details=wire.OutputTokenDetails(text_tokens=text_out, audio_tokens=audio_out),
        )
