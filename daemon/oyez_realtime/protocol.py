"""A client's side of a session, without I/O: text in, events out; wishes in, text out. Nothing here waits.

Rules:
- Nothing that comes over the wire raises. What cannot be taken is counted and reported once per kind.
- One `session.update` is in flight. `session.updated` names no update, so they are matched in order; an error names
  the event that caused it.
- One response runs at a time in the conversation: a `response.create` waits for `response.done`.
- Deltas of a response that was cancelled are dropped, however late they come.
- A truncation never exceeds what arrived.
- After every call to `receive` or to a send that may wait, send what `data_to_send` returns, in order.
"""

from oyez_realtime import response_events as response, server_events as server
from oyez_realtime.closing import Verdict, judge_close, judge_error
from oyez_realtime.errors import WireError
from oyez_realtime.responses import ErrorDetail, Response
from oyez_realtime.sending import Sending, SettledUpdate
from oyez_realtime.session_objects import AudioFormat, bytes_per_ms
from oyez_realtime.state import CLOSING, State, after
from oyez_realtime.tolerance import ServerEvent, UnknownEvent, read_server_event
from oyez_realtime.wire import given

DELTAS = (
    response.ResponseOutputAudioDelta
    | response.ResponseOutputAudioTranscriptDelta
    | response.ResponseOutputTextDelta
    | response.ResponseFunctionCallArgumentsDelta
    | response.ResponseMcpCallArgumentsDelta
)


class RealtimeProtocol(Sending):
    """`id_prefix` begins the event ids of this session, so that those of two sessions can be told apart in a log."""

    def receive(self, text: str | bytes) -> list[ServerEvent]:
        """The events of one frame: one, or none when it is unknown, malformed or late. Never raises."""
        if self.state is State.CLOSED:
            return []
        try:
            event, dropped = read_server_event(text)
        except WireError as error:
            self.oddities.note(error.code, f"{error.message}; it was ignored")
            return []
        if isinstance(event, UnknownEvent):
            self._note_unknown(event)
            return []
        for path in dropped:
            sentence = f"The server's {event.type} has a part that we do not know, {path}; it is left out"
            self.oddities.note(f"{event.type} {path}", sentence)
        return [event] if self._take(event) else []

    def connection_closed(self, code: int, reason: str = "", verdict: Verdict | None = None) -> Verdict:
        """The socket is gone. verdict: of one who knows better than the close code; that of an error which came before
        counts for more than either. Only the first call counts."""
        if self.state is State.CLOSED and self.verdict is not None:
            return self.verdict
        self.state = after(self.state, CLOSING)
        if self.verdict is None or not self.verdict.ends_session:
            self.verdict = verdict or judge_close(code, reason)
        self._out.clear()
        self._creates.abandon()
        lost = ErrorDetail("connection_lost", "The session closed before the server answered this update.")
        self._settled += [SettledUpdate(event_id, lost) for event_id in self._updates.abandon()]
        self._active_id = self._cancel_ahead = None
        return self.verdict

    def _note_unknown(self, event: UnknownEvent) -> None:
        if event.why:
            sentence = f"A {event.type} of the server cannot be read: {event.why}; it was ignored"
            self.oddities.note(f"malformed {event.type}", sentence)
        else:
            sentence = f"The server sends events of a type that we do not know, {event.type}; they are ignored"
            self.oddities.note(f"unknown {event.type}", sentence)

    def _take(self, event: ServerEvent) -> bool:
        """Keeps the books; False when the event is to be dropped."""
        if isinstance(event, DELTAS) and event.response_id in self._cancelled:
            self.dropped_deltas += 1
            return False
        self.state = after(self.state, event.type)
        match event:
            case response.ResponseOutputAudioDelta():
                self._audio_delta(event)
            case response.ResponseOutputAudioDone():
                self._audio.complete(event.item_id, event.content_index)
            case response.ResponseCreated():
                self._response_created(event.response)
            case response.ResponseDone():
                self._response_done(event.response)
            case server.SessionCreated():
                self.session = event.session
            case server.SessionUpdated():
                self.session = event.session
                self._update_answered(None, None)
            case server.ErrorEvent():
                self._error(event.error)
            case server.InputAudioBufferCommitted() | server.InputAudioBufferCleared():
                self._uncommitted_bytes = 0
            case _:
                pass
        return True

    def _audio_delta(self, delta: response.ResponseOutputAudioDelta) -> None:
        rate = bytes_per_ms(self.output_format_of(delta.response_id))
        self._audio.add(delta.item_id, delta.content_index, len(delta.delta), rate)

    def _response_created(self, created: Response) -> None:
        sound = given(created.audio)
        sink = given(sound.output) if sound is not None else None
        named = sink.format if sink is not None else None
        self._formats.put(created.id, named if isinstance(named, AudioFormat) else self._output_format())
        if created.conversation_id is not None:
            self._creates.answered()
            self._active_id, self._unseen_active = created.id, False
            if self._cancel_ahead is not None:
                self.forget_response(created.id)
                self._cancel_ahead = None

    def _response_done(self, done: Response) -> None:
        if done.status == "cancelled":
            self._cancelled.put(done.id, True)
        self._unseen_active = False
        if done.id == self._active_id:
            self._active_id = None
        self._let_creates_pass()

    def _error(self, detail: ErrorDetail) -> None:
        verdict = judge_error(detail)
        if verdict.ends_session:
            self.verdict = verdict
        event_id = given(detail.event_id)
        if event_id is None:
            return
        if event_id == self._cancel_ahead:
            self._cancel_ahead = None
        if detail.code == "conversation_already_has_active_response":
            self._creates.back(event_id)
            self._unseen_active = self._active_id is None
        elif self._creates.answered(event_id):
            self._cancel_ahead = None
            self._let_creates_pass()
        self._update_answered(event_id, detail)

    def _update_answered(self, event_id: str | None, refusal: ErrorDetail | None) -> None:
        answered = self._updates.answered(event_id)
        if answered is not None:
            self._settled.append(SettledUpdate(answered, refusal))
            self._queue(self._updates.next())

    def _let_creates_pass(self) -> None:
        self._queue(self._creates.next(blocked=self._busy))

    def _queue(self, text: str | None) -> None:
        if text is not None:
            self._out.append(text)
