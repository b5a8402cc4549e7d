"""One session: a client's event in, orders out. Pure: time is an argument, ids come from the caller.

Rules:
- What is refused is told in one `error` and has changed nothing.
- Speech over a reply cancels it first (`interrupt_response`), so that one response is active at most.
- Time ends the session, and starts a turn of silence where `idle_timeout_ms` asks for one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from oyez_local import settings
from oyez_local.accepting import accepted
from oyez_local.conversation import Conversation, Stored
from oyez_local.hearing import Hearing
from oyez_local.mind import Decision
from oyez_local.orders import Close, Order, Outgoing, Refusal
from oyez_local.rate_limits import RateLimits
from oyez_local.responding import Bounds, Responding
from oyez_local.tool_servers import ToolServers
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

    def __init__(
        self, config: wire.Session, limit: Limit, new_id: Callable[[str], str], bounds: Bounds | None = None
    ) -> None:
        self.config, self._limit = config, limit
        self._out = Outgoing(new_id)
        self._now_s = 0.0
        self._conversation = Conversation()
        self._servers = ToolServers(self._out, self._conversation)
        self._responding = Responding(
            self._out, self._conversation, self._servers, bounds or Bounds(RateLimits()), lambda: self._now_s
        )
        self._hearing = Hearing(self._out, self._conversation, config, self._interrupt, self._respond_or_owe)
        self._response_owed = False
        self._idle_from_s: float | None = None

    def open(self) -> list[Order]:
        self._out.send(wire.SessionCreated(session=self.config))
        self._servers.configure(settings.mcp_servers(self.config))
        return self._out.drain()

    @property
    def deadline_s(self) -> float:
        """When `tick` is to be called, on the caller's clock."""
        idle_s = self._idle_at_s()
        return self._limit.end_s if idle_s is None else min(idle_s, self._limit.end_s)

    def _idle_at_s(self) -> float | None:
        rules = self._hearing.rules
        if self._idle_from_s is None or rules is None or not rules.idle_timeout_ms or self._hearing.speaking:
            return None
        return self._idle_from_s + rules.idle_timeout_ms / 1000

    def tick(self, now_s: float) -> list[Order]:
        """The deadline may have come."""
        self._now_s = now_s
        if now_s >= self._limit.end_s:
            return self.expire()
        idle_at_s = self._idle_at_s()
        if idle_at_s is not None and now_s >= idle_at_s:
            self._idle_from_s = None
            self._hearing.time_out()
        return self._out.drain()

    def expire(self) -> list[Order]:
        """The session is over by its limit."""
        message = f"Your session hit the maximum duration of {self._limit.minutes:g} minutes."
        self._error("session_expired", message)
        self._out.order(Close(CLOSE_EXPIRED, message))
        return self._out.drain()

    def refuse(self, error: wire.WireError) -> list[Order]:
        """An event that could not even be read."""
        self._error(error.code, error.message, error.param, error.event_id)
        return self._out.drain()

    def doom(self, status: str, details: wire.StatusDetails) -> list[Order]:
        """A fault on demand: the running response, or the next, ends so."""
        self._responding.doom(status, details)
        return self._out.drain()

    def receive(self, event: wire.ClientEvent, now_s: float) -> list[Order]:
        self._now_s = now_s
        try:
            self._handle(event)
        except Refusal as refusal:
            self._error(refusal.code, refusal.message, refusal.param, wire.given(event.event_id))
        return self._out.drain()

    def _error(self, code: str, message: str, param: str | None = None, event_id: str | None = None) -> None:
        detail = wire.ErrorDetail("invalid_request_error", message, code, param, event_id)
        self._out.send(wire.ErrorEvent(error=detail))

    def _handle(self, event: wire.ClientEvent) -> None:
        match event:
            case wire.InputAudioBufferAppend():
                self._hearing.append(event.audio)
            case wire.InputAudioBufferCommit():
                self._hearing.commit()
            case wire.InputAudioBufferClear():
                self._hearing.clear()
            case wire.SessionUpdate():
                self._update(event.session)
            case wire.ResponseCreate():
                self._respond(wire.given(event.response))
            case wire.ResponseCancel():
                self._responding.cancel(wire.given(event.response_id))
            case _:
                self._handle_item(event)

    def _update(self, update: wire.Session) -> None:
        responding = self._responding
        self.config = settings.updated(self.config, update, responding.has_spoken, responding.active is not None)
        self._hearing.configure(self.config)
        self._out.send(wire.SessionUpdated(session=self.config))
        self._servers.configure(settings.mcp_servers(self.config))

    def _handle_item(self, event: wire.ClientEvent) -> None:
        match event:
            case wire.ConversationItemCreate():
                self._create_item(event.item, wire.given(event.previous_item_id))
            case wire.ConversationItemRetrieve():
                item = self._hearing.whole(self._conversation.find(event.item_id))
                self._out.send(wire.ConversationItemRetrieved(item=item))
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

    def _create_item(self, item: wire.Item, after: str | None) -> None:
        stored = self._hearing.stored(accepted(item, self._conversation, self._out.new_id("item")))
        before = self._conversation.add(stored, after)
        self._hearing.tell_item(stored, before)
        self._hearing.recognise(stored)

    def _respond(self, asked: wire.ResponseParameters | None) -> None:
        if not isinstance(self.config, wire.RealtimeSession):
            raise Refusal("invalid_value", "A transcription session makes no responses.", "type")
        items = wire.given(asked.input) if asked else None
        context = None if items is None else [self._context_item(item) for item in items]
        self._responding.create(self.config, asked, context)
        self._idle_from_s = None

    def _context_item(self, item: wire.Item | wire.ItemReference) -> Stored:
        if isinstance(item, wire.ItemReference):
            return self._conversation.find(item.id)
        return self._hearing.stored(msgspec.structs.replace(item, id=wire.given(item.id) or self._out.new_id("item")))

    def _interrupt(self) -> None:
        self._response_owed = False
        self._responding.interrupt()

    def _respond_or_owe(self) -> None:
        """A turn that ended over a reply which may not be interrupted is answered after it."""
        if self._responding.active is not None:
            self._response_owed = True
        else:
            self._respond(None)

    def overheard(self, item_id: str, text: str, pause: int | None, now_s: float) -> list[Order]:
        """What was said so far in a turn that goes on; the answer to Overhear."""
        self._now_s = now_s
        self._hearing.overheard(item_id, text, pause)
        return self._out.drain()

    def transcribed(self, item_id: str, text: str, duration_s: float, error: str | None = None) -> list[Order]:
        """What was said in that item, or why nobody knows; duration_s: of its audio."""
        self._hearing.transcribed(item_id, text, duration_s, error)
        self._responding.recognised(item_id, text)
        return self._out.drain()

    def tools_listed(self, item_id: str, tools: Sequence[wire.McpToolDescription] | None) -> list[Order]:
        """What an MCP server offers; None: it did not say."""
        self._servers.listed(item_id, tools)
        return self._out.drain()

    def tool_called(
        self, response_id: str, output: str | None, error: wire.McpError | None, now_s: float
    ) -> list[Order]:
        """What a tool of an MCP server answered, or what went wrong."""
        self._now_s = now_s
        self._responding.tool_called(response_id, output, error)
        return self._after_reply()

    def thought(self, response_id: str, decision: Decision, now_s: float) -> list[Order]:
        self._now_s = now_s
        self._responding.thought(response_id, decision)
        return self._after_reply()

    def spoken(self, response_id: str, text: str, audio: bytes, duration_ms: float, now_s: float) -> list[Order]:
        """audio: in the response's output format."""
        self._now_s = now_s
        self._responding.spoken(response_id, text, audio, duration_ms)
        return self._after_reply()

    def finished(self, response_id: str, now_s: float) -> list[Order]:
        self._now_s = now_s
        self._responding.finished(response_id)
        return self._after_reply()

    def failed(self, response_id: str, message: str, now_s: float) -> list[Order]:
        self._now_s = now_s
        self._responding.failed(response_id, message)
        return self._after_reply()

    def _after_reply(self) -> list[Order]:
        if self._responding.active is None:
            self._idle_from_s = max(self._now_s, self._responding.playing_until_s)
            if self._response_owed:
                self._response_owed = False
                self._respond(None)
        return self._out.drain()
