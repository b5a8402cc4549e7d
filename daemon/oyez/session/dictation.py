"""Turns that are only to be written down, since a program had asked and nobody wants an answer. Pure.

Each ends in one TextHeard: the transcript, or no text where there is none and never will be.
"""

from oyez import events as ev
from oyez_realtime import messages as wire


class Dictation:
    def __init__(self, written: bool) -> None:
        """written: the service writes down what it hears."""
        self._written = written
        self._awaited: set[str] = set()
        """Items that are turns of this kind, without a transcript so far."""

    def committed(self, item_id: str) -> list[ev.Event]:
        """The service made this item of such a turn."""
        if not self._written:
            return [ev.TextHeard(item_id, "")]
        self._awaited.add(item_id)
        return []

    def take(self, event: wire.ServerEvent) -> list[ev.Event]:
        """What the house should know beyond the transcript, which is told wherever it comes."""
        match event:
            case wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id):
                self._awaited.discard(item_id)
            case wire.ConversationItemInputAudioTranscriptionFailed(item_id=item_id) if item_id in self._awaited:
                self._awaited.discard(item_id)
                return [ev.TextHeard(item_id, "")]
        return []

    def too_short(self) -> list[ev.Event]:
        """There was hardly a sound in it."""
        return [ev.TextHeard("", "")]

    def lost(self) -> list[ev.Event]:
        """The session is lost: another writes down no sound that it is told of."""
        awaited, self._awaited = self._awaited, set()
        return [ev.TextHeard(item_id, "") for item_id in sorted(awaited)]
