"""One item of the mirrored conversation: what of it is worth telling the next session, and what that costs. Pure."""

from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import UNSET

from oyez_realtime import messages as wire

Kind = Literal["system", "user", "assistant", "call", "output"]
LONGEST_ID = 32
"""The service takes no longer ids from a client."""
CHARACTERS_PER_S = 15.0
"""Of speech, about. Words of a part that was not finished may have come before their sound."""
CHARACTERS_PER_TOKEN = 4
AUDIO_MS_PER_TOKEN = 100
"""Of user audio."""
TOKENS_PER_ITEM = 4


@dataclass(slots=True)
class Part:
    """One part of what the model said, as it arrived."""

    text: str = ""
    received_ms: float = 0.0
    finished: bool = False
    """All of its sound came."""
    heard_ms: int | None = None
    """None: it was not cut, so what came of it is or will be heard."""

    def heard_text(self) -> str:
        """The words whose sound was heard, in proportion; whole words only."""
        if not self.received_ms:
            return ""
        total_ms = self.received_ms
        if not self.finished:
            total_ms = max(total_ms, len(self.text) / CHARACTERS_PER_S * 1000)
        heard_ms = self.received_ms if self.heard_ms is None else min(self.heard_ms, self.received_ms)
        if heard_ms >= total_ms:
            return self.text.strip()
        return whole_words(self.text, int(len(self.text) * heard_ms / total_ms))


def whole_words(text: str, length: int) -> str:
    """The first `length` characters without the word that they cut."""
    if length >= len(text) or text[length].isspace():
        return text[:length].strip()
    return text[:length].rpartition(" ")[0].strip()


@dataclass(slots=True, eq=False)
class Entry:
    id: str
    """The service's; empty while it has told none."""
    kind: Kind
    item: wire.Item | None = None
    """As it was told or created; None: what it says is in the fields below."""
    transcript: str | None = None
    """Of user audio; None: not (yet) written down."""
    pcm: bytes = b""
    """User audio, PCM16 mono at 24 kHz, while there may be need of it."""
    parts: dict[int, Part] = field(default_factory=dict)
    """Of the assistant, by content_index."""
    written: str = ""
    """Of the assistant, in text: it makes no sound and counts as read."""

    @property
    def replay_id(self) -> str:
        """By which another session knows it: the same, unless that is too long to be told."""
        return self.id if len(self.id) <= LONGEST_ID else f"item_{crc32(self.id.encode()):08x}"

    @property
    def call_id(self) -> str:
        if isinstance(self.item, wire.FunctionCall | wire.FunctionCallOutput):
            return wire.given(self.item.call_id) or ""
        return ""

    def heard_text(self) -> str:
        said = [self.parts[index].heard_text() for index in sorted(self.parts)]
        return " ".join(words for words in [*said, self.written.strip()] if words)

    def again(self, audio_of: Callable[[bytes], bytes], prefer_audio: bool = False) -> wire.Item | None:
        """The item that tells it to another session; None: there is nothing to tell.

        audio_of: PCM16 mono at 24 kHz to the session's input format. prefer_audio: the sound rather than its words.
        """
        own_id = self.replay_id or UNSET
        if self.kind == "assistant":
            text = self.heard_text()
            return wire.Message("assistant", [wire.OutputText(text)], id=own_id) if text else None
        if self.kind == "user" and self.item is None:
            content = self._user_content(audio_of, prefer_audio)
            return wire.Message("user", [content], id=own_id) if content is not None else None
        if self.item is None:
            return None
        return msgspec.structs.replace(self.item, id=own_id, object=UNSET, status=UNSET)

    def _user_content(self, audio_of: Callable[[bytes], bytes], prefer_audio: bool) -> wire.Content | None:
        if self.pcm and (prefer_audio or self.transcript is None):
            return wire.InputAudio(audio_of(self.pcm))
        return wire.InputText(self.transcript) if self.transcript else None


def tokens(item: wire.Item, pcm_bytes: int) -> int:
    """What the model reads for it, about. pcm_bytes: of the user's audio at 24 kHz."""
    if isinstance(item, wire.FunctionCall):
        return TOKENS_PER_ITEM + (len(item.name) + len(item.arguments)) // CHARACTERS_PER_TOKEN
    if isinstance(item, wire.FunctionCallOutput):
        return TOKENS_PER_ITEM + len(item.output) // CHARACTERS_PER_TOKEN
    if not isinstance(item, wire.Message):
        return TOKENS_PER_ITEM
    count = TOKENS_PER_ITEM
    for part in item.content:
        if isinstance(part, wire.InputText | wire.OutputText):
            count += len(part.text) // CHARACTERS_PER_TOKEN
        elif isinstance(part, wire.InputAudio):
            count += pcm_bytes // 48 // AUDIO_MS_PER_TOKEN
    return count
