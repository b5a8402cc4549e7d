"""The conversation as the server holds it: items in order, what was heard in them, how much audio they got. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from oyez_local.captions import Captions
from oyez_local.mind import Entry
from oyez_local.orders import Refusal
from oyez_realtime.messages import (
    FunctionCall,
    FunctionCallOutput,
    InputAudio,
    InputText,
    Item,
    McpApprovalRequest,
    McpApprovalResponse,
    McpCall,
    McpError,
    Message,
    OutputAudio,
    OutputText,
    given,
)

ROOT = "root"
DECLINED = "All right, I will not do that."


@dataclass(slots=True, eq=False)
class Stored:
    """One item and what only the server knows of it."""

    item: Item
    pcm: bytes = b""
    """User audio, int16 mono."""
    rate_hz: int = 24_000
    heard: str | None = None
    """What was recognised in `pcm`; None: not yet."""
    audio_ms: int = 0
    """Assistant audio generated so far."""
    captions: Captions | None = None
    """What was told of it while it was being said."""
    forgotten: bool = False
    """It fell out of the context when that was full; a client can still ask for it."""

    @property
    def id(self) -> str:
        return given(self.item.id) or ""

    @property
    def pending(self) -> bool:
        return bool(self.pcm) and self.heard is None


class Conversation:
    """The default conversation of one session."""

    def __init__(self) -> None:
        self._items: list[Stored] = []

    def __iter__(self) -> Iterator[Stored]:
        return iter(self._items)

    @property
    def last_id(self) -> str | None:
        return self._items[-1].id if self._items else None

    def find(self, item_id: str) -> Stored:
        """Raises Refusal when there is none."""
        for stored in self._items:
            if stored.id == item_id:
                return stored
        raise Refusal("item_not_found", f"There is no item '{item_id}' in this conversation.", "item_id")

    def add(self, stored: Stored, after: str | None = None) -> str | None:
        """Puts it after that item (None: at the end, `root`: in front); tells the id before it."""
        if any(other.id == stored.id for other in self._items):
            raise Refusal("item_already_exists", f"There is already an item '{stored.id}'.", "item.id")
        index = len(self._items)
        if after == ROOT:
            index = 0
        elif after is not None:
            index = self._items.index(self._previous(after)) + 1
        self._items.insert(index, stored)
        return self._items[index - 1].id if index else None

    def _previous(self, item_id: str) -> Stored:
        try:
            return self.find(item_id)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.message, "previous_item_id") from None

    def previous_id(self, item_id: str) -> str | None:
        index = self._items.index(self.find(item_id))
        return self._items[index - 1].id if index else None

    def delete(self, item_id: str) -> None:
        self._items.remove(self.find(item_id))

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Forgets the words of that part: nobody knows which of them were heard. Raises Refusal."""
        stored = self.find(item_id)
        if not isinstance(stored.item, Message) or stored.item.role != "assistant":
            raise Refusal("invalid_value", "Only model output audio messages can be truncated.", "item_id")
        if content_index >= len(stored.item.content):
            raise Refusal("invalid_value", f"The item has no content at index {content_index}.", "content_index")
        if not isinstance(stored.item.content[content_index], OutputAudio):
            raise Refusal("invalid_value", "Only model output audio messages can be truncated.", "content_index")
        if audio_end_ms > stored.audio_ms:
            message = f"Audio content of {stored.audio_ms}ms is already shorter than {audio_end_ms}ms"
            raise Refusal("invalid_value", message, "audio_end_ms")
        stored.audio_ms = audio_end_ms
        content = [OutputAudio() if i == content_index else part for i, part in enumerate(stored.item.content)]
        stored.item = msgspec.structs.replace(stored.item, content=content)

    def has_call(self, call_id: str) -> bool:
        return any(isinstance(s.item, FunctionCall) and given(s.item.call_id) == call_id for s in self._items)

    def has_request(self, request_id: str) -> bool:
        return any(isinstance(s.item, McpApprovalRequest) and s.item.id == request_id for s in self._items)

    def context(self) -> list[Stored]:
        """What a response is made from, but for what fell out of it."""
        return [stored for stored in self._items if not stored.forgotten]

    def forget(self, stored: Sequence[Stored]) -> None:
        """These, and the outputs of calls among them: an output without its call says nothing."""
        for one in stored:
            one.forgotten = True
        calls = {given(s.item.call_id) for s in self._items if isinstance(s.item, FunctionCall) and not s.forgotten}
        for one in self._items[:-1]:
            if isinstance(one.item, FunctionCallOutput) and one.item.call_id not in calls:
                one.forgotten = True


def history(context: Iterable[Stored]) -> list[Entry]:
    """The context as the mind reads it; parts without words are left out."""
    return [entry for stored in context for entry in _entries(stored)]


def _entries(stored: Stored) -> list[Entry]:
    if isinstance(stored.item, McpCall):
        return _of_mcp_call(stored.item)
    entry = _entry(stored)
    return [] if entry is None else [entry]


def _of_mcp_call(item: McpCall) -> list[Entry]:
    """The call and its output; after an approval the call is known already."""
    failed = item.error if isinstance(item.error, McpError) else None
    output = given(item.output) if failed is None else f"That did not work: {failed.message}"
    call_id = given(item.approval_request_id) or item.id
    return [Entry("call", item.arguments, item.name, call_id), Entry("output", output or "", call_id=call_id)]


def _entry(stored: Stored) -> Entry | None:
    item = stored.item
    if isinstance(item, FunctionCall):
        return Entry("call", item.arguments, item.name, given(item.call_id) or "")
    if isinstance(item, FunctionCallOutput):
        return Entry("output", item.output, call_id=item.call_id)
    if isinstance(item, McpApprovalRequest):
        return Entry("call", item.arguments, item.name, item.id)
    if isinstance(item, McpApprovalResponse):
        return None if item.approve else Entry("output", DECLINED, call_id=item.approval_request_id)
    if not isinstance(item, Message):
        return None
    text = " ".join(words for part in item.content if (words := _words(stored, part)))
    return Entry(item.role, text) if text or item.role == "user" else None


def _words(stored: Stored, part: object) -> str:
    if isinstance(part, InputText | OutputText):
        return part.text
    if isinstance(part, OutputAudio):
        return given(part.transcript) or ""
    if isinstance(part, InputAudio):
        return stored.heard or given(part.transcript) or ""
    return ""
