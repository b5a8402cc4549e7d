"""What becomes of the user's sound in one session: turns, items, captions. Pure.

A turn ends in: speech_stopped, committed, item added, item done, and, where asked for, a response. What was said in it
is found out beside that, and may be looked at while it is still being said: for captions, and for semantic_vad.
"""

from collections.abc import Callable

import msgspec

from oyez_local import settings
from oyez_local.captions import Captions
from oyez_local.completeness import wait_ms
from oyez_local.conversation import Conversation, Stored
from oyez_local.listening import Change, Listening, SpeechBegan, SpeechPaused
from oyez_local.orders import Outgoing, Overhear, Transcribe
from oyez_local.turns import TurnRules, rules_of
from oyez_realtime import messages as wire

LONGEST_LOOK_S = 20
"""Of a longer turn only the end is looked at to judge whether it is over."""


class Hearing:
    """interrupt: called when somebody begins to speak; answer: when a turn ended that wants a response."""

    def __init__(
        self,
        out: Outgoing,
        conversation: Conversation,
        config: wire.Session,
        interrupt: Callable[[], None],
        answer: Callable[[], None],
    ) -> None:
        self._out, self._conversation, self._config = out, conversation, config
        self._interrupt, self._answer = interrupt, answer
        self._listening = Listening()
        self._captions = Captions(out.new_id("item"))
        self._known: tuple[int, str] | None = None
        """A pause of this turn, and all that was said up to it."""
        self.configure(config)

    def configure(self, config: wire.Session) -> None:
        self._config = config
        self._listening.configure(settings.input_format(config), self.rules)

    @property
    def rules(self) -> TurnRules | None:
        return rules_of(settings.turn_detection(self._config))

    @property
    def speaking(self) -> bool:
        return self._listening.speaking

    def append(self, audio: bytes) -> None:
        """Raises Refusal when the buffer is full."""
        for change in self._listening.append(audio):
            self._change(change)
        self._maybe_look()

    def _change(self, change: Change) -> None:
        rules, item_id = self.rules, self._captions.item_id
        if isinstance(change, SpeechBegan):
            self._out.send(wire.InputAudioBufferSpeechStarted(item_id=item_id, audio_start_ms=change.start_ms))
            if rules is not None and rules.interrupt_response:
                self._interrupt()
        elif isinstance(change, SpeechPaused):
            end = change.pcm[-2 * LONGEST_LOOK_S * self._listening.rate_hz :]
            self._out.order(Overhear(item_id, end, self._listening.rate_hz, change.number))
        else:
            self._out.send(wire.InputAudioBufferSpeechStopped(item_id=item_id, audio_end_ms=change.end_ms))
            known = self._known if self._known and self._known[0] == change.pause else None
            respond = rules is not None and rules.create_response
            self._committed(change.pcm, respond, known[1] if known else "")

    def _maybe_look(self) -> None:
        """Captions while somebody speaks are for those who came for captions."""
        if not isinstance(self._config, wire.TranscriptionSession):
            return
        if self.rules is not None and not self._listening.speaking:
            return
        if self._captions.due(self._listening.turn_ms):
            pcm = self._listening.turn_so_far()
            self._out.order(Overhear(self._captions.item_id, pcm, self._listening.rate_hz, None))

    def overheard(self, item_id: str, text: str, pause: int | None) -> None:
        """What was said up to then, of a turn that may be over by now."""
        if item_id != self._captions.item_id:
            return
        rules = self.rules
        if pause is None:
            delta = self._captions.hypothesis(text)
            if delta:
                self._out.send(
                    wire.ConversationItemInputAudioTranscriptionDelta(item_id=item_id, content_index=0, delta=delta)
                )
        elif rules is not None and rules.eagerness is not None:
            whole = self._listening.turn_ms < LONGEST_LOOK_S * 1000
            self._known = (pause, text) if whole else None
            for change in self._listening.judge(pause, wait_ms(text, rules.eagerness)):
                self._change(change)

    def commit(self) -> None:
        """Raises Refusal below 100 ms."""
        self._committed(self._listening.commit(), respond=False)

    def clear(self) -> None:
        self._listening.clear()
        self._captions = Captions(self._out.new_id("item"))
        self._out.send(wire.InputAudioBufferCleared())

    def time_out(self) -> None:
        """A turn of silence."""
        start_ms, end_ms, pcm = self._listening.take_idle()
        self._out.send(
            wire.InputAudioBufferTimeoutTriggered(
                item_id=self._captions.item_id, audio_start_ms=start_ms, audio_end_ms=end_ms
            )
        )
        self._committed(pcm, respond=True)

    def _committed(self, pcm: bytes, respond: bool, known: str = "") -> None:
        """known: all that was said in it, where somebody listened in; empty: it has to be found out."""
        captions, self._captions, self._known = self._captions, Captions(self._out.new_id("item")), None
        item = wire.Message("user", [wire.InputAudio(transcript=None)], captions.item_id, "realtime.item", "completed")
        stored = Stored(item, pcm, self._listening.rate_hz, captions=captions)
        before = self._conversation.last_id
        self._out.send(wire.InputAudioBufferCommitted(item_id=stored.id, previous_item_id=before))
        self._conversation.add(stored)
        self.tell_item(stored, before)
        if known:
            self.transcribed(stored.id, known, len(pcm) / 2 / stored.rate_hz, None)
        else:
            self.recognise(stored)
        if respond and isinstance(self._config, wire.RealtimeSession):
            self._answer()

    def tell_item(self, stored: Stored, before: str | None) -> None:
        self._out.send(wire.ConversationItemAdded(item=stored.item, previous_item_id=before))
        self._out.send(wire.ConversationItemDone(item=stored.item, previous_item_id=before))

    def recognise(self, stored: Stored) -> None:
        if stored.pcm:
            self._out.order(Transcribe(stored.id, stored.pcm, stored.rate_hz))
        else:
            stored.heard = ""

    def stored(self, item: wire.Item) -> Stored:
        """An item that a client made, its audio decoded."""
        parts = item.content if isinstance(item, wire.Message) else []
        audio = b"".join(wire.given(part.audio) or b"" for part in parts if isinstance(part, wire.InputAudio))
        return Stored(item, self._listening.pcm_of(audio), self._listening.rate_hz)

    def whole(self, stored: Stored) -> wire.Item:
        """The item with its audio, for the client who asks for it."""
        item = stored.item
        if not isinstance(item, wire.Message) or not stored.pcm:
            return item
        content: list[wire.Content] = [wire.InputAudio(self._listening.audio_of(stored.pcm), stored.heard)]
        return msgspec.structs.replace(item, content=content)

    def transcribed(self, item_id: str, text: str, duration_s: float, error: str | None) -> None:
        """What was said in an item of the conversation, or why nobody knows."""
        stored = next((one for one in self._conversation if one.id == item_id), None)
        if stored is None:
            return
        stored.heard = text
        if not settings.transcribes(self._config):
            return
        if error is not None:
            detail = wire.ErrorDetail("server_error", error, "transcription_failed")
            self._out.send(
                wire.ConversationItemInputAudioTranscriptionFailed(item_id=item_id, content_index=0, error=detail)
            )
            return
        delta = text if stored.captions is None else stored.captions.finish(text)
        if delta:
            self._out.send(
                wire.ConversationItemInputAudioTranscriptionDelta(item_id=item_id, content_index=0, delta=delta)
            )
        self._out.send(
            wire.ConversationItemInputAudioTranscriptionCompleted(
                item_id=item_id,
                content_index=0,
                transcript=text,
                usage=wire.DurationUsage(duration_s),
                languages=settings.languages_told(self._config),
            )
        )
        if isinstance(stored.item, wire.Message):
            content: list[wire.Content] = [wire.InputAudio(transcript=text)]
            stored.item = msgspec.structs.replace(stored.item, content=content)
