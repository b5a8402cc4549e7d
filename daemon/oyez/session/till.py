"""The till: keeps the books of what conversations cost, in a file that survives a restart. The shell of `meter`."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from oyez.config import Line, ModelPrices, Money as MoneyConfig
from oyez.pen import Later, at_once, write_whole
from oyez.session.meter import Meter, Spending, Told, dearest, prices_of
from oyez_realtime import messages as wire
from oyez_realtime.pricing import Money, Prices, Tokens, cost, tokens_of, transcription_cost
from oyez_realtime.responses import DurationUsage, TokenUsage, Usage
from oyez_realtime.wire import given

log = logging.getLogger(__name__)

CALENDAR_S = 30.0
"""So often it looks whether a new day has begun."""


class Till:
    """Loop only. `usage` for what the service tells, `run` as a long-lived task.

    tell: warned, spent, renewed. today: the local date.
    """

    def __init__(
        self,
        config: MoneyConfig,
        line: Line,
        folder: Path | None,
        tell: Callable[[Told], None],
        today: Callable[[], date] = date.today,
        on_change: Callable[[], None] = lambda: None,
        calendar_s: float = CALENDAR_S,
        later: Later = at_once,
    ) -> None:
        """on_change: called whenever `report` tells something new. calendar_s: it looks so often for a new day.
        later: when and where the file is written."""
        self._later = later
        self._config, self._tell, self._today, self._on_change = config, tell, today, on_change
        self._calendar_s = calendar_s
        self._path = folder / "spending.json" if folder else None
        self._prices = _known(line.model, config.prices)
        self._transcript_prices = _known(line.transcription_model, config.prices)
        self._meter = Meter(config, _recall(self._path), today())
        self._kept: Spending | None = self._meter.spending
        """In the file, or on its way there."""
        self.tokens = Tokens()
        """Used in the running conversation, or in the last."""

    async def run(self) -> None:
        """Tells at once what is used up already, and renews at midnight."""
        while True:
            self._pass_on(self._meter.now_is(self._today()))
            await asyncio.sleep(self._calendar_s)

    def begin_conversation(self) -> None:
        self.tokens = Tokens()
        self._meter.begin_conversation()

    def usage(self, event: wire.ServerEvent) -> None:
        """Counts what a finished response or transcript cost; other events cost nothing."""
        match event:
            case wire.ResponseDone(response=response):
                used = given(response.usage)
                if used is not None:
                    self._spend(self._response_cost(response.id, used))
            case wire.ConversationItemInputAudioTranscriptionCompleted():
                if isinstance(event.usage, DurationUsage | TokenUsage):
                    amount = transcription_cost(event.usage, self._transcript_prices)
                    log.info("%s: written down, %s %s.", event.item_id, plain(amount), self._config.currency)
                    self._spend(amount)
            case _:
                pass

    def report(self) -> dict[str, Any]:
        """For people: exact sums as decimal text, in the currency of the configuration."""
        spending = self._meter.spending
        return {
            "currency": self._config.currency,
            "conversation": plain(self._meter.conversation),
            "today": plain(spending.day),
            "month": plain(spending.month),
            "budget_day": self._config.budget_day,
            "budget_month": self._config.budget_month,
            "tokens": self.tokens.total,
        }

    def _response_cost(self, response_id: str, used: Usage) -> Money:
        tokens = tokens_of(used)
        self.tokens += tokens
        amount = cost(tokens, self._prices)
        log.info("%s: %d tokens, %s %s.", response_id, tokens.total, plain(amount), self._config.currency)
        return amount

    def _spend(self, amount: Money) -> None:
        self._pass_on(self._meter.spend(amount, self._today()))
        self._on_change()

    def _pass_on(self, told: list[Told]) -> None:
        self._keep()
        for event in told:
            self._tell(event)

    def _keep(self) -> None:
        if self._meter.spending == self._kept or self._path is None:
            return
        self._kept = spending = self._meter.spending
        self._later(lambda: self._write(spending), newest_of=self)

    def _write(self, spending: Spending) -> None:
        assert self._path is not None
        try:
            write_whole(self._path, msgspec.json.encode(spending))
        except OSError as error:
            self._kept = None  # the next look at the calendar tries again
            log.warning("%s cannot be written (%s): what was spent is forgotten at a restart.", self._path, error)


def plain(amount: Money) -> str:
    """`0.0123`: no exponent, no zeros behind."""
    return f"{amount.normalize():f}" if amount else "0"


def _known(model: str, listed: Sequence[ModelPrices]) -> Prices:
    known = prices_of(model, listed)
    if known is None and model:
        log.warning("No price of %s is configured ([[money.prices]]): it is counted as the dearest one.", model)
    return dearest(listed) if known is None else known


def _recall(path: Path | None) -> Spending:
    """What was spent before the restart. A file that cannot be read counts as nothing spent, and says so."""
    if path is None or not path.exists():
        return Spending()
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Spending)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        log.error("%s cannot be read (%s): what was spent before is not known, counting begins anew.", path, error)
        return Spending()
    if not all(amount.is_finite() and amount >= Decimal(0) for amount in (kept.day, kept.month)):
        log.error("%s holds sums that cannot be: counting begins anew.", path)
        return Spending()
    return kept
