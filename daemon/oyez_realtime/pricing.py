"""What a response and a transcript cost, from the tokens that the service says it used. Pure and exact: decimals only.

Every response reads the whole conversation again; what the service had cached of it is cheap (API guide "Managing
costs"). Where the service leaves out a detail the dearer reading is taken, so that a budget is never overrun unseen.
"""

from decimal import Decimal
from typing import TypeAlias

import msgspec

from oyez_realtime.responses import DurationUsage, InputTokenDetails, TokenUsage, TranscriptionUsage, Usage
from oyez_realtime.wire import Maybe, given

Money: TypeAlias = Decimal
MILLION = Decimal(1_000_000)
SECONDS_A_MINUTE = Decimal(60)
NOTHING = Decimal(0)


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """Of one model, in the account's currency for a million tokens."""

    text_input: Money = NOTHING
    text_cached: Money = NOTHING
    text_output: Money = NOTHING
    audio_input: Money = NOTHING
    audio_cached: Money = NOTHING
    audio_output: Money = NOTHING
    image_input: Money = NOTHING
    image_cached: Money = NOTHING
    transcript_minute: Money = NOTHING
    """For a minute of speech written down, where the service bills that by duration."""


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What was used, by kind; what was cached is not counted among the fresh."""

    text_input: int = 0
    text_cached: int = 0
    text_output: int = 0
    audio_input: int = 0
    audio_cached: int = 0
    audio_output: int = 0
    image_input: int = 0
    image_cached: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__}
        return Tokens(**sums)

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in self.__struct_fields__)


def tokens_of(usage: Usage) -> Tokens:
    """The usage of a `response.done`, by kind. Nonsense (negative counts, more cached than read) is taken for nothing.

    Tokens that the details do not explain count as fresh audio, the dearest kind.
    """
    fresh = _input_tokens(given(usage.input_token_details), _count(usage.input_tokens))
    details = given(usage.output_token_details)
    text = _count(details.text_tokens) if details else 0
    audio = _count(details.audio_tokens) if details else 0
    unexplained = max(0, _count(usage.output_tokens) - text - audio)
    return fresh + Tokens(text_output=text, audio_output=audio + unexplained)


def transcription_tokens_of(usage: TokenUsage) -> Tokens:
    """What a transcript used, where the service bills it by tokens."""
    fresh = _input_tokens(given(usage.input_token_details), max(0, usage.input_tokens))
    return fresh + Tokens(text_output=max(0, usage.output_tokens))


def cost(tokens: Tokens, prices: Prices) -> Money:
    """In the currency of the prices, exact."""
    return sum((getattr(tokens, kind) * getattr(prices, kind) for kind in tokens.__struct_fields__), NOTHING) / MILLION


def transcription_cost(usage: TranscriptionUsage, prices: Prices) -> Money:
    if isinstance(usage, DurationUsage):
        return max(NOTHING, Decimal(str(usage.seconds))) * prices.transcript_minute / SECONDS_A_MINUTE
    return cost(transcription_tokens_of(usage), prices)


def _input_tokens(details: InputTokenDetails | None, total: int) -> Tokens:
    if details is None:
        return Tokens(audio_input=total)
    text, audio, image = (_count(n) for n in (details.text_tokens, details.audio_tokens, details.image_tokens))
    audio += max(0, total - text - audio - image)
    text_cached, audio_cached, image_cached = _cached(details, text, audio, image)
    return Tokens(
        text_input=text - text_cached,
        text_cached=text_cached,
        audio_input=audio - audio_cached,
        audio_cached=audio_cached,
        image_input=image - image_cached,
        image_cached=image_cached,
    )


def _cached(details: InputTokenDetails, text: int, audio: int, image: int) -> tuple[int, int, int]:
    """By kind; a bare sum is taken for text as far as there is text, the kind that saves the least."""
    kinds = given(details.cached_tokens_details)
    if kinds is not None:
        named = (_count(kinds.text_tokens), _count(kinds.audio_tokens), _count(kinds.image_tokens))
        return min(named[0], text), min(named[1], audio), min(named[2], image)
    left = _count(details.cached_tokens)
    of_text = min(left, text)
    of_image = min(left - of_text, image)
    return of_text, min(left - of_text - of_image, audio), of_image


def _count(value: Maybe[int]) -> int:
    return max(0, given(value) or 0)
