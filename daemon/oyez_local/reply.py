"""One response as it is made: the events of its life in the wire's order. Pure."""

from dataclasses import dataclass, field
from typing import TypedDict

import msgspec

from oyez_local import tokens
from oyez_local.calling import Call
from oyez_local.conversation import Conversation, Stored
from oyez_local.mind import Request
from oyez_local.orders import Outgoing
from oyez_local.tokens import Count
from oyez_realtime import messages as wire


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
    request: Request
    conversation: Conversation | None = None
    """None: out of band."""
    conversation_id: str | None = None
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
    own_functions: frozenset[str] = frozenset()
    """Names that the client calls itself; the other tools are those of MCP servers."""
    made: list[Stored] = field(default_factory=list)
    """What it has put out so far, as the mind reads it when it goes on."""
    open_call: Stored | None = None
    """The call of an MCP server's tool that is under way."""
    mcp_outputs: int = 0
    """Answers of MCP servers that nobody spoke about yet."""
    rounds: int = 0
    prompt: Count = tokens.NOTHING
    cached: Count = tokens.NOTHING
    answer: Count = tokens.NOTHING
    """Of what is finished; `counted` has all."""
    said: str = ""
    """Of the message that is being said, as audio_ms."""
    audio_ms: float = 0.0

    @property
    def format(self) -> wire.AudioFormat:
        return wire.given(self.output.format) or wire.AudioPcm()

    @property
    def counted(self) -> Count:
        """Tokens put out so far."""
        return self.answer + tokens.of_text(self.said) + tokens.of_model_audio(self.audio_ms)

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
        self.made.append(stored)
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
        self.answer, self.stored, self.said, self.audio_ms = self.counted, None, "", 0.0

    def call(self, call: Call) -> None:
        """A whole function call: nothing is gained by dribbling its arguments."""
        item_id, call_id, arguments = self.out.new_id("item"), self.out.new_id("call"), call.json()
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
        self.answer += tokens.of_text(call.name + arguments)

    def request_approval(self, call: Call, server_label: str) -> None:
        """A call that somebody must allow first."""
        item_id = self.out.new_id("mcpr")
        item = wire.McpApprovalRequest(item_id, server_label, call.name, call.json())
        self._done(self._added(item), item)
        self.answer += tokens.of_text(item.name + item.arguments)

    def begin_mcp_call(self, name: str, arguments: str, server_label: str, request_id: str | None) -> str:
        """The id of the item; it stays open until `end_mcp_call`."""
        item_id, index = self.out.new_id("mcp"), len(self.items)
        item = wire.McpCall(item_id, server_label, name, arguments, None, request_id, None)
        self.open_call = self._added(item)
        place = {"response_id": self.id, "item_id": item_id}
        self.out.send(wire.ResponseMcpCallArgumentsDelta(**place, output_index=index, delta=arguments))
        self.out.send(wire.ResponseMcpCallArgumentsDone(**place, output_index=index, arguments=arguments))
        self.out.send(wire.ResponseMcpCallInProgress(item_id=item_id, output_index=index))
        self.answer += tokens.of_text(name + arguments)
        return item_id

    def end_mcp_call(self, output: str | None, error: wire.McpError | None) -> None:
        """With what the server answered, or with what went wrong."""
        if self.open_call is None or not isinstance(self.open_call.item, wire.McpCall):
            return
        stored, item, index = self.open_call, self.open_call.item, len(self.items)
        kind = wire.ResponseMcpCallCompleted if error is None else wire.ResponseMcpCallFailed
        self.out.send(kind(item_id=item.id, output_index=index))
        self.open_call = None
        self.mcp_outputs += 1
        self._done(stored, msgspec.structs.replace(item, output=output, error=error))

    def finish(self, status: str, details: wire.StatusDetails | None = None) -> None:
        self.end_message("completed" if status == "completed" else "incomplete")
        self.end_mcp_call(None, wire.McpToolExecutionError("The response ended before the tool answered."))
        self.status = status
        usage = tokens.usage(self.prompt, self.cached, self.counted)
        self.out.send(wire.ResponseDone(response=self._object(details, usage)))
