"""Responses of one session: one at a time in the conversation, any number out of band. Pure.

A response waits until the speech in its context is recognised, then until the mind has decided, then it is spoken; then
its calls are made, one after the other, and what MCP servers answered is thought about again. `requesting` builds it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from oyez_local import tokens
from oyez_local.conversation import Conversation, Stored, history
from oyez_local.mind import Decision
from oyez_local.orders import CallTool, Hush, Outgoing, Refusal, Speak, Think, Transcribe
from oyez_local.rate_limits import RateLimits
from oyez_local.reply import Reply
from oyez_local.requesting import prepared, unmade_call
from oyez_local.tokens import Prompt
from oyez_local.tool_servers import ToolServers
from oyez_realtime import messages as wire

PROMPTS_KEPT = 4
"""So many prompts are compared with a new one to see what of it was seen before."""
MOST_ROUNDS = 8
"""A mind that calls MCP tools again and again is stopped."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a session may use up."""

    rates: RateLimits
    context_tokens: int = tokens.DEFAULT_CONTEXT_TOKENS


class Responding:
    """`active` is the response of the conversation; those out of band stand beside it in `_replies`."""

    def __init__(
        self,
        out: Outgoing,
        conversation: Conversation,
        servers: ToolServers,
        bounds: Bounds,
        now_s: Callable[[], float],
    ) -> None:
        self._out, self._conversation, self._servers = out, conversation, servers
        self._bounds, self._now_s = bounds, now_s
        self._conversation_id = out.new_id("conv")
        self._replies: dict[str, Reply] = {}
        self._prompts: list[Prompt] = []
        self._doom: list[tuple[str, wire.StatusDetails]] = []
        self.active: Reply | None = None
        self.has_spoken = False
        self.playing_until_s = 0.0
        """When the audio that was sent would have been played."""

    def create(
        self, session: wire.RealtimeSession, asked: wire.ResponseParameters | None, given: list[Stored] | None
    ) -> None:
        """Begins a response; given: the items that the client put in the conversation's place. Raises Refusal."""
        asked = asked or wire.ResponseParameters()
        in_conversation = wire.given(asked.conversation) != "none"
        if in_conversation and self.active is not None:
            raise Refusal(
                "conversation_already_has_active_response",
                f"Conversation already has an active response in progress: {self.active.id}. "
                "Wait until it is finished.",
            )
        reply = prepared(self._out, session, asked, self._servers)
        if in_conversation:
            reply.conversation, reply.conversation_id = self._conversation, self._conversation_id
            self.active = reply
        reply.context = self._conversation.context() if given is None else given
        self._replies[reply.id] = reply
        reply.create()
        if self._affords(reply, wire.given(session.truncation) or "auto", given is None):
            for stored in given or []:
                if stored.pending and all(stored is not one for one in self._conversation):
                    self._out.order(Transcribe(stored.id, stored.pcm, stored.rate_hz))
            reply.waiting = {stored.id for stored in reply.context if stored.pending}
            self._maybe_think(reply)

    def _affords(self, reply: Reply, truncation: tokens.Truncation, from_conversation: bool) -> bool:
        """Makes the prompt fit and takes it off the limits; where that cannot be, the response has failed."""
        most, functions = self._bounds.context_tokens, reply.request.tools
        prompt = tokens.prompt_of(reply.request.instructions, functions, reply.context)
        dropped = tokens.items_to_drop(prompt, truncation, most)
        if dropped and from_conversation:
            self._conversation.forget(reply.context[:dropped])
        reply.context = [stored for stored in reply.context[dropped:] if not stored.forgotten]
        prompt = tokens.prompt_of(reply.request.instructions, functions, reply.context)
        if self._doom:
            self._close(reply, *self._doom.pop(0))
            return False
        if tokens.overfull(prompt, truncation, most):
            message = f"The conversation is longer than {most} tokens and its truncation is disabled."
            self._fail(reply, "context_length_exceeded", message)
            return False
        refused = self._bounds.rates.admit(tokens.total_of(prompt).total, self._now_s())
        if refused is not None:
            self._fail(reply, "rate_limit_exceeded", refused)
            return False
        reply.prompt, reply.cached = tokens.total_of(prompt), tokens.seen_in(prompt, self._prompts)
        self._prompts = [*self._prompts[1 - PROMPTS_KEPT :], prompt]
        return True

    def recognised(self, item_id: str, text: str) -> None:
        """The speech of that item is known, or was given up."""
        for reply in list(self._replies.values()):
            if item_id in reply.waiting:
                reply.waiting.discard(item_id)
                for stored in reply.context:
                    if stored.id == item_id and stored.heard is None:
                        stored.heard = text
                self._maybe_think(reply)

    def _maybe_think(self, reply: Reply) -> None:
        if reply.waiting:
            return
        call = unmade_call(reply.context)
        server = None if call is None else self._servers.find(call.name, call.server_label)
        if call is not None and server is not None:
            self._call_server(reply, server, call.name, call.arguments, call.id)
        else:
            self._think(reply)

    def _think(self, reply: Reply) -> None:
        reply.mcp_outputs = 0
        reply.request = replace(reply.request, history=history([*reply.context, *reply.made]))
        self._out.order(Think(reply.id, reply.request))

    def thought(self, response_id: str, decision: Decision) -> None:
        """The mind decided. Late decisions for a response that is over are dropped."""
        reply = self._replies.get(response_id)
        if reply is None:
            return
        reply.calls = decision.calls
        if decision.text and reply.audio:
            speed = wire.given(reply.output.speed) or 1.0
            self._out.order(Speak(reply.id, decision.text, reply.format, speed))
            return
        if decision.text:
            reply.say(decision.text, b"", 0.0)
        self._complete(reply)

    def spoken(self, response_id: str, text: str, audio: bytes, duration_ms: float) -> None:
        """A piece was synthesised; it goes out unless its response is over."""
        reply = self._replies.get(response_id)
        if reply is None:
            return
        reply.say(text, audio, duration_ms)
        self.has_spoken = True
        self.playing_until_s = max(self._now_s(), self.playing_until_s) + duration_ms / 1000
        if reply.max_output_tokens is not None and reply.counted.total >= reply.max_output_tokens:
            self._end(reply, "incomplete", "max_output_tokens")

    def finished(self, response_id: str) -> None:
        """All of it was spoken."""
        reply = self._replies.get(response_id)
        if reply is not None:
            self._complete(reply)

    def failed(self, response_id: str, message: str) -> None:
        """It could not be thought or spoken."""
        reply = self._replies.get(response_id)
        if reply is not None:
            self._fail(reply, "server_error", message)

    def _complete(self, reply: Reply) -> None:
        """Makes the calls that are left; a server's tool is waited for, and thought about when it is the last."""
        reply.end_message("completed")
        while reply.calls:
            call, *rest = reply.calls
            reply.calls = tuple(rest)
            server = self._servers.find(call.name) if call.name not in reply.own_functions else None
            if server is None:
                reply.call(call)
            elif self._servers.needs_approval(server, call.name):
                reply.request_approval(call, server.server_label)
            else:
                self._call_server(reply, server, call.name, call.json(), None)
                return
        asks_client = any(isinstance(item, wire.FunctionCall | wire.McpApprovalRequest) for item in reply.items)
        if reply.mcp_outputs and not asks_client and reply.rounds < MOST_ROUNDS:
            reply.rounds += 1
            self._think(reply)
        else:
            self._close(reply, "completed", None)

    def _call_server(
        self, reply: Reply, server: wire.McpTool, name: str, arguments: str, request_id: str | None
    ) -> None:
        item_id = reply.begin_mcp_call(name, arguments, server.server_label, request_id)
        self._out.order(CallTool(reply.id, item_id, server, name, arguments))

    def tool_called(self, response_id: str, output: str | None, error: wire.McpError | None) -> None:
        """The answer to CallTool; late ones for a response that is over are dropped."""
        reply = self._replies.get(response_id)
        if reply is not None:
            reply.end_mcp_call(output, error)
            self._complete(reply)

    def cancel(self, response_id: str | None) -> None:
        """A client's cancel. Raises Refusal when nothing runs that it could mean."""
        reply = self.active if response_id is None else self._replies.get(response_id)
        if reply is None:
            raise Refusal("response_cancel_not_active", "Cancellation failed: no active response found")
        self._end(reply, "cancelled", "client_cancelled")

    def interrupt(self) -> None:
        """Speech over the reply."""
        self.playing_until_s = 0.0
        if self.active is not None:
            self._end(self.active, "cancelled", "turn_detected")

    def doom(self, status: str, details: wire.StatusDetails) -> None:
        """Ends the running response so, or else the next one: a fault on demand."""
        reply = self.active or next(iter(self._replies.values()), None)
        if reply is None:
            self._doom.append((status, details))
        else:
            self._out.order(Hush(reply.id))
            self._close(reply, status, details)

    def _fail(self, reply: Reply, code: str, message: str) -> None:
        kind = "server_error" if code == "server_error" else "invalid_request_error"
        error = wire.ErrorDetail(kind, message, code)
        self._close(reply, "failed", wire.StatusDetails("failed", error=error))

    def _end(self, reply: Reply, status: str, reason: str) -> None:
        self._out.order(Hush(reply.id))
        self._close(reply, status, wire.StatusDetails(status, reason))

    def _close(self, reply: Reply, status: str, details: wire.StatusDetails | None) -> None:
        del self._replies[reply.id]
        if self.active is reply:
            self.active = None
        reply.finish(status, details)
        now_s, rates = self._now_s(), self._bounds.rates
        rates.spend((reply.prompt + reply.counted).total, now_s)
        self._out.send(
            wire.RateLimitsUpdated(
                rate_limits=[
                    wire.RateLimit(
                        name=left.name, limit=left.limit, remaining=left.remaining, reset_seconds=left.reset_s
                    )
                    for left in rates.left(now_s)
                ]
            )
        )
