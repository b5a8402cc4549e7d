"""What a prompt and an answer count in tokens, what of it was seen before, and what of it fits. Pure.

Counted by the service's published rates: a user's audio 1 token for each 100 ms, the model's 1 for each 50 ms, text
about 1 for each 4 characters; every begun token counts. Images are not looked at and cost nothing here.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import msgspec

from oyez_local.conversation import Stored
from oyez_realtime import messages as wire

USER_AUDIO_TOKEN_MS = 100
MODEL_AUDIO_TOKEN_MS = 50
TEXT_TOKEN_CHARACTERS = 4
DEFAULT_CONTEXT_TOKENS = 28_672
"""32,768 of context less the 4,096 of the longest answer."""

Truncation: TypeAlias = Literal["auto", "disabled"] | wire.RetentionRatio


@dataclass(frozen=True, slots=True)
class Count:
    text: int = 0
    audio: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.text + other.text, self.audio + other.audio)

    @property
    def total(self) -> int:
        return self.text + self.audio


NOTHING = Count()

Prompt: TypeAlias = tuple[tuple[str, Count], ...]
"""Its parts in order, each by a name that changes when its content does."""


def of_text(text: str) -> Count:
    return Count(text=math.ceil(len(text) / TEXT_TOKEN_CHARACTERS))


def of_model_audio(duration_ms: float) -> Count:
    return Count(audio=math.ceil(duration_ms / MODEL_AUDIO_TOKEN_MS))


def of_item(stored: Stored) -> Count:
    """A user's audio counts as audio alone; the model's with its transcript, as far as that was not truncated."""
    item = stored.item
    if not isinstance(item, wire.Message):
        return of_text(" ".join(_texts(item)))
    words = of_text("".join(_text(part) for part in item.content))
    if stored.pcm:
        return Count(words.text, math.ceil(len(stored.pcm) * 1000 / (2 * stored.rate_hz) / USER_AUDIO_TOKEN_MS))
    return words + of_model_audio(stored.audio_ms)


def _texts(item: wire.Item) -> list[str]:
    plain: dict[str, Any] = msgspec.to_builtins(item)
    counted = ("name", "arguments", "output", "tools", "reason")
    return [value if isinstance(value, str) else json.dumps(value) for n in counted if (value := plain.get(n))]


def _text(part: wire.Content) -> str:
    if isinstance(part, wire.InputText | wire.OutputText):
        return part.text
    return (wire.given(part.transcript) or "") if isinstance(part, wire.OutputAudio) else ""


def prompt_of(instructions: str, tools: Sequence[Mapping[str, Any]], context: Sequence[Stored]) -> Prompt:
    setup = instructions + (json.dumps(tools) if tools else "")
    items = tuple((f"{stored.id}:{stored.audio_ms}", of_item(stored)) for stored in context)
    return ((f"setup:{setup}", of_text(setup)), *items)


def total_of(prompt: Prompt) -> Count:
    return sum((count for _, count in prompt), Count())


def seen_in(prompt: Prompt, earlier: Sequence[Prompt]) -> Count:
    """The longest beginning that an earlier prompt had as well: what a cache saves."""
    best = 0
    for other in earlier:
        pairs = zip(prompt, other, strict=False)
        best = max(best, next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(prompt), len(other))))
    return total_of(prompt[:best])


def items_to_drop(prompt: Prompt, truncation: Truncation, most_tokens: int) -> int:
    """How many of the oldest items have to go; the newest always stays. `disabled` drops none: see `overfull`.

    A retention ratio drops more at once, down to that share of the limit, so that the beginning changes seldom.
    """
    limit = limit_of(prompt, truncation, most_tokens)
    total = total_of(prompt).total
    if truncation == "disabled" or total <= limit:
        return 0
    target = limit * truncation.retention_ratio if isinstance(truncation, wire.RetentionRatio) else limit
    dropped = 0
    for _, count in prompt[1:-1]:
        if total <= target:
            break
        total -= count.total
        dropped += 1
    return dropped


def limit_of(prompt: Prompt, truncation: Truncation, most_tokens: int) -> int:
    """token_limits.post_instructions bounds what follows the instructions and tools."""
    limits = wire.given(truncation.token_limits) if isinstance(truncation, wire.RetentionRatio) else None
    own = wire.given(limits.post_instructions) if limits else None
    return most_tokens if own is None else min(most_tokens, own + prompt[0][1].total)


def overfull(prompt: Prompt, truncation: Truncation, most_tokens: int) -> bool:
    return truncation == "disabled" and total_of(prompt).total > most_tokens


def usage(prompt: Count, cached: Count, answer: Count) -> wire.Usage:
    """As `response.done` tells it. The parts add up to the sums exactly."""
    return wire.Usage(
        total_tokens=prompt.total + answer.total,
        input_tokens=prompt.total,
        output_tokens=answer.total,
        input_token_details=wire.InputTokenDetails(
            text_tokens=prompt.text,
            audio_tokens=prompt.audio,
            image_tokens=0,
            cached_tokens=cached.total,
            cached_tokens_details=wire.CachedTokensDetails(
                text_tokens=cached.text, audio_tokens=cached.audio, image_tokens=0
            ),
        ),
        output_token_details=wire.OutputTokenDetails(text_tokens=answer.text, audio_tokens=answer.audio),
    )
