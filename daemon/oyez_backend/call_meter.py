"""What a call costs and when it is enough."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from oyez_backend.call_book import CallBook
from oyez_realtime.pricing import Prices, cost, tokens_of, transcription_cost
from oyez_realtime.responses import TranscriptionUsage, Usage

AnyUsage: TypeAlias = Usage | TranscriptionUsage


class Verdict(StrEnum):
    WITHIN = "within"
    SPENT = "spent"
    """The budget is used up: say farewell."""


class Meter(Protocol):
    def spent(self, usage: AnyUsage) -> Verdict:
        """Counts what a response or a transcript used; an empty Usage only asks."""
        ...


class DayMeter:
    """A budget of dollars a day on one device's account, for all calls together."""

    def __init__(
        self, book: CallBook, device: str, budget_usd: Decimal, prices: Prices, today: Callable[[], date]
    ) -> None:
        self._book, self._device, self._budget_usd = book, device, budget_usd
        self._prices, self._today = prices, today

    def spent(self, usage: AnyUsage) -> Verdict:
        if isinstance(usage, Usage):
            amount = cost(tokens_of(usage), self._prices)
        else:
            amount = transcription_cost(usage, self._prices)
        total = self._book.spend(self._device, amount, self._today())
        return Verdict.SPENT if total >= self._budget_usd else Verdict.WITHIN
