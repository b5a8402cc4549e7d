"""What the line must remember of a conversation, because it outlives every session: what was said, the sound of the
running turn, what is owed. Pure: orders of the house and events of the service in, what a session is to be told out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.session import errands as do
from oyez.session.codec import bytes_per_ms, whole
from oyez.session.dictation import Dictation
from oyez.session.mirror import Mirror
from oyez.session.owing import Owing
from oyez.session.rotation import Moment
from oyez.session.settings import Turns, filler, going_on, spoken, turn_maker, turns_only
from oyez.session.turn_audio import TurnAudio
from oyez_realtime import messages as wire


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the next session is told of the conversation so far."""

    items: Sequence[wire.Item]
    version: int
    """Of the conversation: another one, and this is no longer all."""


class Story:
    """One a conversation. Orders return what the present session is to be told; without one it may be thrown away."""

    def __init__(self, config: LineConfig, turns: Turns) -> None:
        audio_format = config.audio_format
        self._config, self.turns = config, turn_maker(config, turns)
        self._mirror = Mirror(
            config.context_tokens_max, bytes_per_ms(audio_format), lambda pcm: whole(pcm, audio_format)
        )
        self._audio, self._owing = TurnAudio(), Owing()
        self._dictation = Dictation(bool(config.transcription_model))
        self._audio.by_device = self.turns == "device"
        self._approvals: set[str] = set()
        """Asked for by the present session, and not answered."""
        self._committed_s = 0.0

    # --- orders -------------------------------------------------------------------------------------------------------

    def put(self, pcm: bytes) -> bool:
        """Sound to be sent; False: too much waits already, it was not taken."""
        return self._audio.put(pcm)

    def unwanted(self) -> None:
        """Nothing more of the running reply is wanted."""
        self._owing.unwanted()

    def cancel(self) -> list[do.Outgoing]:
        self._owing.unwanted()
        return [do.Cancel()]

    def heard(self, item_id: str, content_index: int, heard_ms: int) -> list[do.Outgoing]:
        corrections = self._mirror.heard(item_id, content_index, heard_ms)
        return [do.Heard(item_id, content_index, heard_ms)] if corrections is None else [*corrections]

    def answer_tool(self, call_id: str, output: str) -> list[do.Outgoing]:
        return [*self._mirror.answer(call_id, output)]

    def ask(self) -> list[do.Outgoing]:
        self._owing.asked()
        return [do.Ask()]

    def say(self, text: str) -> list[do.Outgoing]:
        self._owing.to_say(text)
        return [do.Ask(spoken(text))]

    def say_filler(self) -> list[do.Outgoing]:
        self._owing.to_say("", filler=True)
        return [do.Ask(filler(self._config))]

    def take_turns(self, by: Turns) -> list[do.Outgoing]:
        maker = turn_maker(self._config, by)
        if maker == self.turns:
            return []
        self.turns, self._audio.by_device = maker, maker == "device"
        return [self.configure()]

    def configure(self) -> do.Configure:
        """Who takes the turns."""
        return do.Configure(turns_only(self._config, self.turns))

    def commit_turn(self, answered: bool = True) -> list[do.Outgoing]:
        self._audio.cut(answered)
        return [do.Commit(answered)]

    def forget_turn(self) -> list[do.Outgoing]:
        self._audio.forget()
        return [do.Forget()]

    def approve_tool(self, request_id: str, approve: bool, why: str) -> list[do.Outgoing]:
        """A session other than the one that asked knows nothing of the wish: it is told to go on, and asks anew."""
        if request_id not in self._approvals:
            return self.ask()
        self._approvals.discard(request_id)
        answer = wire.McpApprovalResponse(
            id=f"ok_{request_id}"[:32], approval_request_id=request_id, approve=approve, reason=why or None
        )
        return [do.Create(answer), *self.ask()]

    # --- what the present session tells -------------------------------------------------------------------------------

    def take(self, event: wire.ServerEvent, cause: str | None, now: float) -> list[ev.Event]:
        """What the house should know beyond what the event says of itself. cause: see `Link`."""
        written = self._write_down(event)
        self._mirror.take(event, self._turn_of(event, now))
        if isinstance(event, wire.ResponseOutputItemDone) and isinstance(event.item, wire.McpApprovalRequest):
            self._approvals.add(event.item.id)
        objected = self._owing.objected(event, cause) if isinstance(event, wire.ErrorEvent) else []
        return [*written, *objected]

    def _write_down(self, event: wire.ServerEvent) -> list[ev.Event]:
        """Nobody owes an answer to a turn that is only written down."""
        if isinstance(event, wire.InputAudioBufferCommitted) and not self._audio.answered:
            return self._dictation.committed(event.item_id)
        self._owing.take(event)
        return self._dictation.take(event)

    def _turn_of(self, event: wire.ServerEvent, now: float) -> bytes:
        match event:
            case wire.InputAudioBufferSpeechStarted(audio_start_ms=start_ms):
                self._audio.began(start_ms)
            case wire.InputAudioBufferSpeechStopped(audio_end_ms=end_ms):
                self._audio.ended(end_ms)
            case wire.InputAudioBufferCommitted():
                self._committed_s = now
                return self._audio.committed()
        return b""

    def sent(self, size: int) -> None:
        """So many bytes of sound went out."""
        self._audio.sent(size)

    def turn_too_short(self) -> list[ev.Event]:
        """A turn of the device was none."""
        answered = self._audio.answered
        self._audio.unmade()
        return self._owing.nothing_said() if answered else self._dictation.too_short()

    # --- from session to session --------------------------------------------------------------------------------------

    @property
    def owed(self) -> bool:
        """Something was asked or said that has not been answered to its end."""
        return self._owing.busy or self._audio.speaking

    def moment(self, errands: int, now: float) -> Moment:
        """errands: orders that wait to be sent."""
        wordless = bool(self._config.transcription_model) and self._mirror.wordless
        return Moment(
            speaking=self._audio.speaking,
            reply_due=self._owing.busy,
            tools_running=bool(self._mirror.running_calls or self._approvals),
            unsent_s=self._audio.unsent_s,
            errands=errands,
            wordless_s=now - self._committed_s if wordless else None,
        )

    def lost(self) -> list[ev.Event]:
        """The present session is lost. Told: replies that ended with it and will not be gone on with."""
        return [*self._dictation.lost(), *self._owing.lost()]

    def rehearse(self) -> Rehearsal:
        return Rehearsal(self._mirror.replay(unanswered=self._owing.answer_due), self._mirror.version)

    def is_whole(self, rehearsal: Rehearsal) -> bool:
        return rehearsal.version == self._mirror.version

    def move(self, rehearsal: Rehearsal) -> list[do.Outgoing]:
        """Another session is the present one from here on, and was told this: what it is to be told behind it.

        In order: a wish for what is owed, unless somebody is speaking, whose turn will be answered; texts to be said
        beside it; the sound of the running turn, and what waits behind that.
        """
        told: list[do.Outgoing] = []
        if not self._audio.speaking:
            if self._owing.rest_due:
                told.append(do.Ask(going_on(self._config, self._owing.rest_may_call)))
            elif self._owing.answer_due:
                told.append(do.Ask())
        for text, is_filler in self._owing.texts():
            told.append(do.Ask(filler(self._config) if is_filler else spoken(text)))
        self._mirror.moved(rehearsal.items)
        self._approvals.clear()
        return [*told, *self._audio.restart()]
