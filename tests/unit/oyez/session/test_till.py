"""The till counts what the service tells, and what it counted survives a restart."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from oyez.config import Line, Money
from oyez.events import BudgetSpent
from oyez.session.meter import Told
from oyez.session.till import Till, plain
from oyez_realtime import messages as wire
from oyez_realtime.tolerance import UnknownEvent, read_server_event

TODAY = date(2026, 3, 30)


def event(**fields: object) -> wire.ServerEvent:
    read, _ = read_server_event(msgspec.json.encode(fields))
    assert not isinstance(read, UnknownEvent)
    return read


RESPONSE = event(
    type="response.done",
    event_id="e",
    response={
        "id": "resp_1",
        "status": "completed",
        "usage": {
            "total_tokens": 3000,
            "input_tokens": 2000,
            "output_tokens": 1000,
            "input_token_details": {"audio_tokens": 2000},
            "output_token_details": {"audio_tokens": 1000},
        },
    },
)
"""2000 * 32 + 1000 * 64 millionths: 0.128."""
TRANSCRIPT = event(
    type="conversation.item.input_audio_transcription.completed",
    event_id="e",
    item_id="i",
    content_index=0,
    transcript="hello",
    usage={"type": "duration", "seconds": 60},
)


def till(folder: Path | None, told: list[Told], config: Money | None = None, line: Line | None = None) -> Till:
    return Till(config or Money(), line or Line(), folder, told.append, lambda: TODAY)


def test_responses_and_transcripts_are_counted_at_the_models_prices(tmp_path: Path) -> None:
    books = till(tmp_path, [])
    books.usage(RESPONSE)
    books.usage(TRANSCRIPT)
    assert books.report() == {
        "currency": "USD",
        "conversation": "0.1325",
        "today": "0.1325",
        "month": "0.1325",
        "budget_day": 2.0,
        "budget_month": 20.0,
        "tokens": 3000,
    }


def test_what_was_spent_survives_a_restart_to_the_last_digit(tmp_path: Path) -> None:
    first = till(tmp_path, [])
    for _ in range(7):
        first.usage(RESPONSE)
    again = till(tmp_path, [])
    assert Decimal(again.report()["today"]) == 7 * Decimal("0.128")
    again.usage(RESPONSE)
    assert till(tmp_path, []).report()["month"] == "1.024"


def test_a_used_up_budget_is_told_when_it_happens(tmp_path: Path) -> None:
    told: list[Told] = []
    till(tmp_path, told, Money(budget_day=0.1, cap_conversation=10.0)).usage(RESPONSE)
    assert [one.scope for one in told if isinstance(one, BudgetSpent)] == ["day"]


def test_a_damaged_file_is_named_and_counting_goes_on(tmp_path: Path) -> None:
    """Power cuts and curious people: neither stops the device."""
    for damage in (b"", b'{"day": "NaN"}', b'{"day": "-4"}', b"\xff\xfe", b'{"on": "yesterday"}'):
        (tmp_path / "spending.json").write_bytes(damage)
        books = till(tmp_path, [])
        books.usage(RESPONSE)
        assert books.report()["today"] == "0.128"


def test_an_unknown_model_is_counted_as_the_dearest() -> None:
    books = till(None, [], line=Line(model="gpt-realtime-9"))
    books.usage(RESPONSE)
    assert books.report()["today"] == "0.128"


def test_a_response_without_usage_costs_nothing() -> None:
    books = till(None, [])
    books.usage(event(type="response.done", event_id="e", response={"id": "r", "status": "cancelled"}))
    assert books.report()["today"] == "0"


def test_sums_are_written_plainly() -> None:
    assert plain(Decimal("0.000000420")) == "0.00000042"
    assert plain(Decimal("20")) == "20"
