"""The conversation so far, kept on the device so that the next session can be told of it. Pure.

From the service's events and from what the line did: what the user said (its words, or its sound while they are not
there), what the room *heard* of the replies (never what was only generated), calls of tools with their outputs. Answers
that stand outside the conversation (announcements, fillers) are no part of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oyez.session.entries import Entry, Part, tokens
from oyez.session.errands import Create, Delete
from oyez_realtime import messages as wire

MOST_ENTRIES = 400
LONGEST_AUDIO_BYTES = 60 * 48_000
"""Of all users' turns together; past it the oldest lose their sound."""


@dataclass(frozen=True, slots=True)
class _Told:
    item: wire.Item
    tokens: int


class Mirror:
    """`take` never raises for what the service sends. version: rises with everything that changes a replay."""

    def __init__(self, tokens_max: int, output_bytes_per_ms: int, audio_of: Callable[[bytes], bytes]) -> None:
        """tokens_max: of a replay. audio_of: PCM16 at 24 kHz to the session's input format."""
        self._tokens_max, self._output_bytes_per_ms, self._audio_of = tokens_max, output_bytes_per_ms, audio_of
        self._entries: list[Entry] = []
        self._here: set[str] = set()
        """Ids that the present session knows."""
        self._replayed: set[str] = set()
        """Of these, those that were told to it and not made by it."""
        self._beside: set[str] = set()
        """Responses outside the conversation."""
        self.version = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def running_calls(self) -> set[str]:
        """Calls of tools that have no output yet, of those that are whole."""
        answered = {entry.call_id for entry in self._entries if entry.kind == "output"}
        return {entry.call_id for entry in self._entries if entry.kind == "call" and entry.call_id} - answered

    @property
    def wordless(self) -> bool:
        """What was said last has sound and no words yet."""
        users = [entry for entry in self._entries if entry.kind == "user"]
        return bool(users) and users[-1].transcript is None and bool(users[-1].pcm)

    # --- what happens -------------------------------------------------------------------------------------------------

    def take(self, event: wire.ServerEvent, turn: bytes = b"") -> None:
        """turn: with `input_audio_buffer.committed`, the sound of it, PCM16 at 24 kHz."""
        match event:
            case wire.InputAudioBufferCommitted(item_id=item_id, previous_item_id=previous):
                entry = self._place(Entry(item_id, "user"), previous)
                entry.pcm = turn or entry.pcm
                self._forget_sound()
            case wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id, transcript=text):
                self._written_down(item_id, text.strip())
            case wire.ConversationItemDeleted(item_id=item_id):
                self._remove(item_id)
            case wire.ConversationItemAdded() | wire.ConversationItemDone() | wire.ConversationItemCreated():
                self._item(event.item, event.previous_item_id)
            case wire.ResponseCreated(response=response):
                if response.conversation_id is None:
                    self._beside.add(response.id)
            case wire.ResponseDone(response=response):
                self._done(response)
            case _:
                self._within(event)

    def _within(self, event: wire.ServerEvent) -> None:
        if getattr(event, "response_id", None) in self._beside:
            return
        match event:
            case wire.ResponseOutputItemAdded(item=item) | wire.ResponseOutputItemDone(item=item):
                self._item(item, None)
            case wire.ResponseOutputAudioDelta(delta=delta):
                self._part(event).received_ms += len(delta) / self._output_bytes_per_ms
            case wire.ResponseOutputAudioDone():
                self._part(event).finished = True
            case wire.ResponseOutputAudioTranscriptDelta(delta=text):
                self._part(event).text += text
            case wire.ResponseOutputAudioTranscriptDone(transcript=text):
                self._part(event).text = text
            case wire.ResponseOutputTextDone(item_id=item_id, text=text):
                self._assistant(item_id).written = text
            case wire.ResponseFunctionCallArgumentsDone():
                self._called(event)
            case _:
                return
        self.version += 1

    def _part(
        self,
        event: wire.ResponseOutputAudioDelta
        | wire.ResponseOutputAudioDone
        | wire.ResponseOutputAudioTranscriptDelta
        | wire.ResponseOutputAudioTranscriptDone,
    ) -> Part:
        return self._assistant(event.item_id).parts.setdefault(event.content_index, Part())

    def _assistant(self, item_id: str) -> Entry:
        return self._find(item_id) or self._place(Entry(item_id, "assistant"), None)

    def _called(self, event: wire.ResponseFunctionCallArgumentsDone) -> None:
        """Only now is the call whole, and told to the house."""
        item = wire.FunctionCall(wire.given(event.name) or "", event.arguments, event.call_id)
        known = self._call(event.call_id) or self._find(event.item_id)
        entry = known or self._place(Entry(event.item_id, "call"), None)
        entry.item = item

    def _item(self, item: wire.Item, previous: wire.Maybe[str]) -> None:
        item_id = wire.given(getattr(item, "id", None)) or ""
        if not item_id:
            return
        if isinstance(item, wire.FunctionCallOutput):
            entry = self._output(item.call_id) or Entry(item_id, "output", item)
            entry.id = entry.id or item_id
            self._place(entry, previous)
        elif isinstance(item, wire.FunctionCall):
            # Its arguments may still be coming: `_called` makes it whole.
            self._place(self._call(wire.given(item.call_id) or "") or Entry(item_id, "call"), previous)
        elif isinstance(item, wire.Message):
            spoken = any(isinstance(part, wire.InputAudio | wire.OutputAudio) for part in item.content)
            written = item if item.content and not spoken and item.role != "assistant" else None
            self._place(Entry(item_id, item.role, written), previous)

    def _written_down(self, item_id: str, text: str) -> None:
        entry = self._find(item_id)
        if entry is not None and entry.kind == "user":
            entry.transcript = text
            self.version += 1

    def _done(self, response: wire.Response) -> None:
        """What was asked has been answered: its words will do from here on."""
        if response.id in self._beside:
            self._beside.discard(response.id)
            return
        for entry in self._entries:
            if entry.transcript is not None:
                entry.pcm = b""
        self.version += 1

    def answer(self, call_id: str, output: str) -> list[Create]:
        """A tool has answered: what the session is to be told, the call too if it does not know it."""
        item = wire.FunctionCallOutput(call_id=call_id, output=output)
        call = self._call(call_id)
        if call is None or self._output(call_id) is not None:
            return [Create(item)] if call is None else []
        at = self._entries.index(call) + 1
        self._entries.insert(at, Entry("", "output", item))
        self.version += 1
        known = call.replay_id in self._here
        again = None if known else call.again(self._audio_of)
        return [Create(item)] if again is None else [Create(again), Create(item)]

    def heard(self, item_id: str, content_index: int, heard_ms: int) -> list[Create | Delete] | None:
        """So much of an item was audible. None: the present session made it and is to be told as usual; else what
        corrects the copy that the present session was given."""
        entry = self._find(item_id)
        if entry is None or entry.kind != "assistant":
            return None
        entry.parts.setdefault(content_index, Part()).heard_ms = heard_ms
        self.version += 1
        if entry.replay_id in self._replayed:
            return self._corrected(entry)
        return None if entry.replay_id in self._here else []

    def _corrected(self, entry: Entry) -> list[Create | Delete]:
        corrected: list[Create | Delete] = [Delete(entry.replay_id)]
        shorter = entry.again(self._audio_of)
        if shorter is not None:
            earlier = self._entries[: self._entries.index(entry)]
            before = [other.replay_id for other in earlier if other.replay_id in self._here]
            corrected.append(Create(shorter, before[-1] if before else "root"))
        return corrected

    # --- the next session ---------------------------------------------------------------------------------------------

    def replay(self, unanswered: bool = False) -> list[wire.Item]:
        """What another session is to be told, oldest first, within the bound: the oldest turns are left out whole,
        the last never. unanswered: what was said last is still to be answered, so its sound is told and not its words.
        """
        turns = self._turns(unanswered)
        spent = sum(told.tokens for told in turns[0])
        kept: list[list[_Told]] = []
        for turn in reversed(turns[1:]):
            spent += sum(told.tokens for told in turn)
            if kept and spent > self._tokens_max:
                break
            kept.insert(0, turn)
        items = [told.item for turn in [turns[0], *kept] for told in turn]
        calls = {wire.given(item.call_id) for item in items if isinstance(item, wire.FunctionCall)}
        return [item for item in items if not isinstance(item, wire.FunctionCallOutput) or item.call_id in calls]

    def _turns(self, unanswered: bool) -> list[list[_Told]]:
        """First what the system said, wherever; then turn by turn, each from what the user said."""
        users = [entry for entry in self._entries if entry.kind == "user"]
        last = users[-1] if unanswered and users else None
        turns: list[list[_Told]] = [[], []]
        for entry in self._entries:
            item = entry.again(self._audio_of, prefer_audio=entry is last)
            if item is None:
                continue
            told = _Told(item, tokens(item, len(entry.pcm)))
            if entry.kind == "user" and turns[-1]:
                turns.append([])
            turns[0 if entry.kind == "system" else -1].append(told)
        return turns

    def moved(self, items: Sequence[wire.Item]) -> None:
        """The present session is another now, and was told these."""
        told = {wire.given(item.id) for item in items}
        self._here = {item_id for item_id in told if item_id}
        self._replayed = set(self._here)
        self._beside.clear()

    # --- inside -------------------------------------------------------------------------------------------------------

    def _find(self, item_id: str) -> Entry | None:
        latest = reversed(self._entries)  # of which mostly the talk is
        return next((entry for entry in latest if item_id and item_id in (entry.id, entry.replay_id)), None)

    def _call(self, call_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.kind == "call" and entry.call_id == call_id), None)

    def _output(self, call_id: str) -> Entry | None:
        return next((entry for entry in self._entries if entry.kind == "output" and entry.call_id == call_id), None)

    def _place(self, entry: Entry, previous: wire.Maybe[str]) -> Entry:
        """Where the service says, once; a later word about the same item moves nothing."""
        self.version += 1
        known = self._find(entry.id) or (entry if entry in self._entries else None)
        if known is None:
            self._entries.insert(self._index(previous), entry)
        self._here.add((known or entry).replay_id)
        if len(self._entries) > MOST_ENTRIES:
            del self._entries[: len(self._entries) - MOST_ENTRIES]
        return known or entry

    def _index(self, previous: wire.Maybe[str]) -> int:
        before = self._find(wire.given(previous) or "")
        return len(self._entries) if before is None else self._entries.index(before) + 1

    def _remove(self, item_id: str) -> None:
        """Unless it was we who took it out to put a shorter one in its place."""
        entry = self._find(item_id)
        if entry is not None and entry.replay_id not in self._replayed:
            self._entries.remove(entry)
            self.version += 1

    def _forget_sound(self) -> None:
        left = LONGEST_AUDIO_BYTES
        for entry in reversed(self._entries):
            left -= len(entry.pcm)
            if left < 0:
                entry.pcm = b""
