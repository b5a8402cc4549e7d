"""What calls cost: exact, by day, across restarts; and the tools they may use."""

import logging
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from oyez_backend.call_book import CallBook, Kept
from oyez_backend.call_meter import DayMeter, Verdict
from oyez_backend.call_settings import CallPrices
from oyez_backend.call_tools import Narrowed, ToolsError, load
from oyez_backend.device_store import StoreError
from oyez_realtime import messages as m
from oyez_realtime.tools import ToolRegistry

DAY, NEXT = date(2026, 11, 21), date(2026, 11, 22)
SPOKEN = m.Usage(
    input_tokens=1000,
    output_tokens=1000,
    input_token_details=m.InputTokenDetails(audio_tokens=1000),
    output_token_details=m.OutputTokenDetails(audio_tokens=1000),
)
"""At list prices 0.032 and 0.064 dollars."""


def meter(directory: Path, budget: str, today: date = DAY) -> DayMeter:
    return DayMeter(CallBook(directory), "kitchen", Decimal(budget), CallPrices().exact(), lambda: today)


def test_the_budget_is_spent_by_the_cent_and_not_a_token_later(tmp_path: Path) -> None:
    purse = meter(tmp_path, "0.288")
    assert [purse.spent(SPOKEN) for _ in range(3)] == [Verdict.WITHIN, Verdict.WITHIN, Verdict.SPENT]


def test_a_restart_forgets_nothing_and_the_next_day_forgives(tmp_path: Path) -> None:
    assert meter(tmp_path, "0.096").spent(SPOKEN) is Verdict.SPENT
    assert meter(tmp_path, "0.096").spent(m.Usage()) is Verdict.SPENT
    assert meter(tmp_path, "0.096", NEXT).spent(m.Usage()) is Verdict.WITHIN


def test_a_clock_that_went_back_renews_nothing(tmp_path: Path) -> None:
    assert meter(tmp_path, "0.096", NEXT).spent(SPOKEN) is Verdict.SPENT
    assert meter(tmp_path, "0.096", DAY).spent(m.Usage()) is Verdict.SPENT


def test_a_transcript_costs_too(tmp_path: Path) -> None:
    assert meter(tmp_path, "0.006").spent(m.DurationUsage(seconds=59.9)) is Verdict.WITHIN
    assert meter(tmp_path, "0.0059").spent(m.DurationUsage(seconds=0.1)) is Verdict.SPENT


def test_devices_have_purses_of_their_own(tmp_path: Path) -> None:
    book = CallBook(tmp_path)
    assert book.spend("kitchen", Decimal("0.1"), DAY) == Decimal("0.1")
    assert book.spend("door", Decimal("0.2"), DAY) == Decimal("0.2")
    assert CallBook(tmp_path).kept == Kept(on=DAY, spent={"kitchen": Decimal("0.1"), "door": Decimal("0.2")})


def test_live_calls_are_known_to_the_next_process_until_they_end(tmp_path: Path) -> None:
    book = CallBook(tmp_path)
    book.begin("rtc_1")
    book.begin("rtc_2")
    book.end("rtc_1")
    book.end("rtc_unknown")
    assert CallBook(tmp_path).kept.live == ("rtc_2",)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version":2}', b'{"spent":{"a":"x"}}', b"[" * 100_000])
def test_a_damaged_book_is_named_and_no_budget_begins_anew_unseen(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "calls.json").write_bytes(damage)
    with pytest.raises(StoreError, match=r"calls\.json: cannot be read"):
        CallBook(tmp_path)


def test_a_disk_that_fails_is_told_once_and_the_money_is_counted_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "data"
    book = CallBook(directory)
    directory.write_text("a file where the directory should be")
    with caplog.at_level(logging.ERROR):
        book.spend("kitchen", Decimal(1), DAY)
        assert book.spend("kitchen", Decimal(1), DAY) == 2
    assert len(caplog.records) == 1


def registry() -> ToolRegistry:
    tools = ToolRegistry()

    @tools.tool
    def light(on: bool) -> str:
        """Switch the light."""
        return f"light {on}"

    @tools.tool
    def door() -> str:
        """Open the door."""
        return "open"

    return tools


async def test_a_device_that_may_not_open_the_door_neither_sees_nor_reaches_it() -> None:
    narrowed = Narrowed(registry(), ("light", "unknown"))
    assert [tool.name for tool in narrowed.declarations()] == ["light"]
    assert (await narrowed.call("light", '{"on":true}')).output == "light True"
    refused = await narrowed.call("door", "{}")
    assert not refused.ok
    assert "no tool named 'door'" in refused.output
    assert len(Narrowed(registry(), None).declarations()) == 2
    assert Narrowed(registry(), ()).declarations() == []


def test_a_registry_is_found_by_its_name_and_what_is_none_is_said(tmp_path: Path) -> None:
    assert load("").declarations() == []
    (tmp_path / "our_tools_of_the_test.py").write_text(
        "from oyez_realtime.tools import ToolRegistry\nregistry = ToolRegistry()\nother = 3\n"
    )
    (tmp_path / "our_broken_tools.py").write_text("1 / 0\n")
    sys.path.insert(0, str(tmp_path))
    try:
        assert isinstance(load("our_tools_of_the_test:registry"), ToolRegistry)
        for place, says in [
            ("our_tools_of_the_test:other", "is a int, no registry"),
            ("our_tools_of_the_test:absent", "AttributeError"),
            ("our_absent_tools:registry", "ModuleNotFoundError"),
            ("our_broken_tools:registry", "ZeroDivisionError"),
        ]:
            with pytest.raises(ToolsError, match=says):
                load(place)
    finally:
        sys.path.remove(str(tmp_path))
