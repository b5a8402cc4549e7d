"""Responses of one session: one at a time in the conversation, any number out of band. Pure.

A response waits until the speech in its context is recognised, then until the mind has decided, then it is spoken.
"""

from dataclasses import replace

import msgspec

from oyez_local.conversation import Conversation, Stored, history
from oyez_local.mind import Decision, Request
from oyez_local.orders import Hush, Outgoing, Refusal, Speak, Think
from oyez_local.reply import Reply
from oyez_local.settings import audio_output, functions
from oyez_realtime import messages as wire

NOMINAL_TOKEN_LIMIT = 1_000_000
"""Nothing is limited here; clients that read `rate_limits.updated` get the form of it."""


class Responding:
    """`active` is the response of the conversation; those out of band stand beside it in `_replies`."""

    def __init__(self, out: Outgoing, conversation: Conversation, conversation_id: str) -> None:
        self._out, self._conversation, self._conversation_id = out, conversation, conversation_id
        self._replies: dict[str, Reply] = {}
        self.active: Reply | None = None
        self.has_spoken = False
        self.playing_until_s = 0.0
        """When the audio that was sent would have been played."""

    def create(self, session: wire.RealtimeSession, asked: wire.ResponseParameters | None) -> None:
        """Begins a response. Raises Refusal."""
        asked = asked or wire.ResponseParameters()
        in_conversation = wire.given(asked.conversation) != "none"
        if in_conversation and self.active is not None:
            raise Refusal(
                "conversation_already_has_active_response",
                f"Conversation already has an active response in progress: {self.active.id}. "
                "Wait until it is finished.",
            )
        context = self._conversation.context(wire.given(asked.input))
        reply = self._reply(session, asked, context, in_conversation)
        self._replies[reply.id] = reply
        if in_conversation:
            self.active = reply
        reply.create()
        self._maybe_think(reply)

    def _reply(
        self,
        session: wire.RealtimeSession,
        asked: wire.ResponseParameters,
        context: list[Stored],
        in_conversation: bool,
    ) -> Reply:
        modalities = wire.given(asked.output_modalities) or wire.given(session.output_modalities) or ["audio"]
        tools = wire.given(asked.tools)
        limit = wire.given(asked.max_output_tokens) or wire.given(session.max_output_tokens) or "inf"
        choice = wire.given(asked.tool_choice) or wire.given(session.tool_choice) or "auto"
        own_instructions = wire.given(asked.instructions)
        return Reply(
            id=self._out.new_id("resp"),
            out=self._out,
            audio="audio" in modalities,
            output=_output(session, asked),
            conversation=self._conversation if in_conversation else None,
            conversation_id=self._conversation_id if in_conversation else None,
            request=Request(
                history=(),
                instructions=(own_instructions if own_instructions is not None else wire.given(session.instructions))
                or "",
                tools=functions(wire.given(session.tools) if tools is None else tools),
                tool_choice=choice if isinstance(choice, str) else {"name": getattr(choice, "name", None)},
            ),
            max_output_tokens=None if limit == "inf" else int(str(limit)),
            metadata=wire.given(asked.metadata),
            context=context,
            waiting={stored.id for stored in context if stored.pending},
        )

    def recognised(self, item_id: str) -> None:
        """The speech of that item is known, or was given up."""
        for reply in list(self._replies.values()):
            if item_id in reply.waiting:
                reply.waiting.discard(item_id)
                self._maybe_think(reply)

    def _maybe_think(self, reply: Reply) -> None:
        if not reply.waiting:
            reply.request = replace(reply.request, history=history(reply.context))
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

    def spoken(self, response_id: str, text: str, audio: bytes, duration_ms: float, now_s: float) -> None:
        """A piece was synthesised; it goes out unless its response is over."""
        reply = self._replies.get(response_id)
        if reply is None:
            return
        reply.say(text, audio, duration_ms)
        self.has_spoken = True
        self.playing_until_s = max(now_s, self.playing_until_s) + duration_ms / 1000
        if reply.max_output_tokens is not None and reply.tokens >= reply.max_output_tokens:
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
            error = wire.ErrorDetail("server_error", message, "server_error")
            self._close(reply, "failed", wire.StatusDetails("failed", error=error))

    def _complete(self, reply: Reply) -> None:
        reply.end_message("completed")
        for call in reply.calls:
            reply.call(call)
        self._close(reply, "completed", None)

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

    def _end(self, reply: Reply, status: str, reason: str) -> None:
        self._out.order(Hush(reply.id))
        self._close(reply, status, wire.StatusDetails(status, reason))

    def _close(self, reply: Reply, status: str, details: wire.StatusDetails | None) -> None:
        del self._replies[reply.id]
        if self.active is reply:
            self.active = None
        reply.finish(status, details)
        remaining = NOMINAL_TOKEN_LIMIT - reply.tokens
        limit = wire.RateLimit(name="tokens", limit=NOMINAL_TOKEN_LIMIT, remaining=remaining, reset_seconds=0.0)
        self._out.send(wire.RateLimitsUpdated(rate_limits=[limit]))


def _output(session: wire.RealtimeSession, asked: wire.ResponseParameters) -> wire.AudioOutput:
    own, audio = audio_output(session), wire.given(asked.audio)
    output = wire.given(audio.output) if audio else None
    if output is None:
        return own
    stated = {name: value for name, value in msgspec.to_builtins(output).items() if value is not None}
    return msgspec.convert({**msgspec.to_builtins(own), **stated}, wire.AudioOutput)
