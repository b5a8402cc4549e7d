"""The tables [money] and [[money.prices]]: what conversations may cost."""

from typing import Annotated

from msgspec import Meta

from oyez.config_section import Positive, Section

Price = Annotated[float, Meta(ge=0.0, le=1_000_000.0)]


class ModelPrices(Section, frozen=True, kw_only=True):
    """What a model costs for a million tokens, by kind, in `money.currency`."""

    model: Annotated[str, Meta(min_length=1, max_length=64)]
    """Its name, or how its name begins; the longest that fits counts."""
    text_input: Price = 0.0
    text_cached: Price = 0.0
    text_output: Price = 0.0
    audio_input: Price = 0.0
    audio_cached: Price = 0.0
    audio_output: Price = 0.0
    image_input: Price = 0.0
    image_cached: Price = 0.0
    transcript_minute: Price = 0.0
    """For a minute of speech written down."""


LIST_PRICES = (
    ModelPrices(
        model="gpt-realtime-2.1",
        text_input=4.0,
        text_cached=0.4,
        text_output=24.0,
        audio_input=32.0,
        audio_cached=0.4,
        audio_output=64.0,
        image_input=5.0,
        image_cached=0.5,
    ),
    ModelPrices(
        model="gpt-realtime-2.1-mini",
        text_input=0.6,
        text_cached=0.06,
        text_output=2.4,
        audio_input=10.0,
        audio_cached=0.3,
        audio_output=20.0,
        image_input=0.8,
        image_cached=0.08,
    ),
    ModelPrices(model="gpt-transcribe", transcript_minute=0.0045),
    ModelPrices(model="oyez-local"),
)
"""The service's list prices in dollars, from its model pages, read on 2026-11-21
(developers.openai.com/api/docs/models/gpt-realtime-2.1, .../gpt-realtime-2.1-mini, .../gpt-transcribe)."""


class Money(Section, frozen=True, kw_only=True):
    """What conversations may cost. The service bills the account; this device counts along and stops in time."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="three capital letters", examples=["EUR"])] = "USD"
    budget_day: Positive = 2.0
    """Used up: a polite word, then nothing more is begun until midnight."""
    budget_month: Positive = 20.0
    cap_conversation: Positive = 0.5
    """One conversation ends politely when it has cost so much."""
    warn_at: Annotated[float, Meta(gt=0.0, le=1.0)] = 0.8
    """A budget used up to this fraction is spoken of once."""
    prices: tuple[ModelPrices, ...] = LIST_PRICES
    """`[[money.prices]]`, one a model. A model without prices is counted as the dearest of them."""
