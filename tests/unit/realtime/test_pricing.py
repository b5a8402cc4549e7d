"""Costs are exact, and where the service leaves something out they err on the dear side."""

from decimal import Decimal

import msgspec
from hypothesis import given, strategies as st

from oyez_realtime.pricing import Prices, Tokens, cost, tokens_of, transcription_cost
from oyez_realtime.responses import DurationUsage, TokenUsage, Usage

PRICES = Prices(
    text_input=Decimal("4"),
    text_cached=Decimal("0.4"),
    text_output=Decimal("16"),
    audio_input=Decimal("32"),
    audio_cached=Decimal("0.4"),
    audio_output=Decimal("64"),
    transcript_minute=Decimal("0.006"),
)

count = st.integers(0, 30_000)


def usage(**fields: object) -> Usage:
    return msgspec.convert(fields, Usage)


def test_a_response_costs_what_its_tokens_cost_by_kind() -> None:
    used = usage(
        total_tokens=1900,
        input_tokens=1500,
        output_tokens=400,
        input_token_details={
            "text_tokens": 500,
            "audio_tokens": 1000,
            "cached_tokens": 700,
            "cached_tokens_details": {"text_tokens": 300, "audio_tokens": 400},
        },
        output_token_details={"text_tokens": 100, "audio_tokens": 300},
    )
    assert tokens_of(used) == Tokens(
        text_input=200, text_cached=300, audio_input=600, audio_cached=400, text_output=100, audio_output=300
    )
    # 200*4 + 300*0.4 + 600*32 + 400*0.4 + 100*16 + 300*64 = 41080 millionths
    assert cost(tokens_of(used), PRICES) == Decimal("0.04108")


def test_tokens_without_details_cost_as_audio() -> None:
    assert tokens_of(usage(input_tokens=100, output_tokens=10)) == Tokens(audio_input=100, audio_output=10)


def test_a_bare_sum_of_cached_tokens_saves_the_least_it_can() -> None:
    used = usage(input_tokens=100, input_token_details={"text_tokens": 40, "audio_tokens": 60, "cached_tokens": 50})
    assert tokens_of(used) == Tokens(text_cached=40, audio_cached=10, audio_input=50)


def test_nonsense_costs_nothing_and_never_pays_back() -> None:
    used = usage(input_tokens=-5, output_tokens=-1, input_token_details={"text_tokens": -9, "cached_tokens": 70})
    assert tokens_of(used) == Tokens()
    assert transcription_cost(DurationUsage(-3.0), PRICES) == 0


def test_a_transcript_is_billed_by_duration_or_by_tokens() -> None:
    assert transcription_cost(DurationUsage(30.0), PRICES) == Decimal("0.003")
    assert transcription_cost(TokenUsage(1000, 10, 1010), PRICES) == Decimal("0.03216")


@given(text=count, audio=count, cached_text=count, cached_audio=count, out_text=count, out_audio=count)
def test_no_token_is_counted_twice_or_lost(
    text: int, audio: int, cached_text: int, cached_audio: int, out_text: int, out_audio: int
) -> None:
    """Fresh and cached add up to what was read, whatever the service says of the cache."""
    used = usage(
        input_tokens=text + audio,
        output_tokens=out_text + out_audio,
        input_token_details={
            "text_tokens": text,
            "audio_tokens": audio,
            "cached_tokens_details": {"text_tokens": cached_text, "audio_tokens": cached_audio},
        },
        output_token_details={"text_tokens": out_text, "audio_tokens": out_audio},
    )
    tokens = tokens_of(used)
    assert tokens.total == text + audio + out_text + out_audio
    assert tokens.text_input + tokens.text_cached == text
    assert min(getattr(tokens, kind) for kind in tokens.__struct_fields__) >= 0


@given(st.lists(st.tuples(count, count), max_size=50))
def test_the_sum_of_costs_is_the_cost_of_the_sum(responses: list[tuple[int, int]]) -> None:
    """Exact arithmetic: a month of responses adds up to the last digit."""
    each = [Tokens(audio_input=read, audio_output=said) for read, said in responses]
    assert sum((cost(one, PRICES) for one in each), Decimal(0)) == cost(sum(each, Tokens()), PRICES)
