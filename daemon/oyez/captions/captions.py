"""From the events of a transcription session to the lines that people read. Pure.

Transcripts of two turns may finish in any order (API guide "Realtime transcription"): a finished line waits for those
before it. A turn that could not be written down stands as `[unintelligible]` and holds up nobody.
"""

from dataclasses import dataclass, field

from oyez_realtime import messages as wire
from oyez_realtime.wire import given

UNINTELLIGIBLE = "[unintelligible]"


@dataclass(frozen=True, slots=True)
class Caption:
    item_id: str
    text: str
    final: bool
    """False: what is understood so far; the next caption replaces it."""


@dataclass(slots=True)
class _Turn:
    text: str = ""
    done: bool = False


@dataclass(slots=True)
class Captions:
    """`take` every event, in order."""

    speaking: bool = False
    """The service hears somebody."""
    _turns: dict[str, _Turn] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Nobody speaks, and every turn that was begun is a finished line."""
        return not self.speaking and not self._turns

    def take(self, event: wire.ServerEvent) -> list[Caption]:
        match event:
            case wire.InputAudioBufferSpeechStarted():
                self.speaking = True
            case wire.InputAudioBufferSpeechStopped():
                self.speaking = False
            case wire.InputAudioBufferCommitted(item_id=item_id):
                self.speaking = False
                self._turns.setdefault(item_id, _Turn())
            case wire.ConversationItemInputAudioTranscriptionDelta(item_id=item_id):
                return self._grow(item_id, given(event.delta) or "")
            case wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id, transcript=text):
                return self._finish(item_id, text.strip())
            case wire.ConversationItemInputAudioTranscriptionFailed(item_id=item_id):
                return self._finish(item_id, UNINTELLIGIBLE)
            case _:
                pass
        return []

    def give_up(self) -> list[Caption]:
        """The session is over: what was understood of open turns is all there will be."""
        for turn in self._turns.values():
            turn.text, turn.done = (turn.text.strip() or UNINTELLIGIBLE), True
        self.speaking = False
        return self._ready()

    def forget_open(self) -> None:
        """Turns that were begun will be heard anew, in another session."""
        self._turns.clear()
        self.speaking = False

    def _grow(self, item_id: str, delta: str) -> list[Caption]:
        turn = self._turns.setdefault(item_id, _Turn())
        if turn.done or not delta:
            return []
        turn.text += delta
        first = next(iter(self._turns))
        return [Caption(item_id, turn.text.strip(), final=False)] if item_id == first else []

    def _finish(self, item_id: str, text: str) -> list[Caption]:
        turn = self._turns.setdefault(item_id, _Turn())
        turn.text, turn.done = text, True
        return self._ready()

    def _ready(self) -> list[Caption]:
        ready: list[Caption] = []
        while self._turns:
            item_id, turn = next(iter(self._turns.items()))
            if not turn.done:
                break
            del self._turns[item_id]
            if turn.text:
                ready.append(Caption(item_id, turn.text, final=True))
        return ready
