"""What conversations cost and what they may cost. Pure and exact; today's date is an argument.

A day begins at local midnight. A date that goes back (a Pi without a clock starts in the past) renews nothing:
the later day counts until the calendar has passed it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from oyez.config import ModelPrices, Money as MoneyConfig
from oyez.events import BudgetRenewed, BudgetSpent, BudgetWarned
from oyez_realtime.pricing import Money, Prices

Scope: TypeAlias = Literal["session", "day", "month"]
Told: TypeAlias = BudgetWarned | BudgetSpent | BudgetRenewed

LASTING: tuple[Scope, ...] = ("day", "month")
NOTHING = Decimal(0)


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What must survive a restart."""

    on: date = date.min
    """The day that is counted."""
    day: Money = NOTHING
    month: Money = NOTHING
    warned: tuple[Scope, ...] = ()
    """Of these people were warned already."""


class Meter:
    """`spend` for each cost, `now_is` at the start and whenever the date may have changed."""

    def __init__(self, config: MoneyConfig, kept: Spending, today: date) -> None:
        self._config = config
        self._warn_at = exact(config.warn_at)
        self._limits: dict[Scope, Money] = {
            "session": exact(config.cap_conversation),
            "day": exact(config.budget_day),
            "month": exact(config.budget_month),
        }
        self.spending = turned(kept, today)
        self.conversation = NOTHING
        """Spent in the running conversation, or in the last."""
        self._spent: set[Scope] = set()
        """Budgets of which it was told that they are used up."""

    def spend(self, amount: Money, today: date) -> list[Told]:
        """A response or transcript was paid for."""
        told = self.now_is(today)
        self.conversation += amount
        kept = self.spending
        self.spending = msgspec.structs.replace(kept, day=kept.day + amount, month=kept.month + amount)
        return [*told, *self._judge(("session", *LASTING))]

    def begin_conversation(self) -> None:
        self.conversation = NOTHING
        self._spent.discard("session")

    def now_is(self, today: date) -> list[Told]:
        """Midnight may have passed. At the start: whether a budget is used up already."""
        self.spending = turned(self.spending, today)
        over = {scope for scope in LASTING if self._of(scope) >= self._limits[scope]}
        told: list[Told] = []
        if self._spent & set(LASTING) and not over:
            told.append(BudgetRenewed())
        self._spent = (self._spent & {"session"}) | (self._spent & over)
        return [*told, *self._judge(LASTING)]

    def _of(self, scope: Scope) -> Money:
        return {"session": self.conversation, "day": self.spending.day, "month": self.spending.month}[scope]

    def _judge(self, scopes: Sequence[Scope]) -> list[Told]:
        told: list[Told] = []
        for scope in scopes:
            spent, limit = self._of(scope), self._limits[scope]
            if spent >= limit and scope not in self._spent:
                self._spent.add(scope)
                told.append(BudgetSpent(scope, SPENT[scope]))
            elif scope != "session" and limit > spent >= limit * self._warn_at and scope not in self.spending.warned:
                warned = (*self.spending.warned, scope)
                self.spending = msgspec.structs.replace(self.spending, warned=warned)
                told.append(BudgetWarned(WARNED[scope].format(percent=int(100 * spent / limit))))
        return told


SPENT: dict[Scope, str] = {
    "session": "We have talked for as much as one conversation may cost. Say the wake word to begin another.",
    "day": "Today's budget for talking is used up. I will talk again tomorrow.",
    "month": "This month's budget for talking is used up. I will talk again next month.",
}
WARNED: dict[Scope, str] = {
    "day": "By the way, {percent} percent of today's budget for talking is used up.",
    "month": "By the way, {percent} percent of this month's budget for talking is used up.",
}


def turned(kept: Spending, today: date) -> Spending:
    """The books on this day: yesterday's sum is closed, and last month's."""
    if today <= kept.on:
        return kept
    if (today.year, today.month) != (kept.on.year, kept.on.month):
        return Spending(on=today)
    return Spending(on=today, month=kept.month, warned=tuple(scope for scope in kept.warned if scope == "month"))


def prices_of(model: str, listed: Sequence[ModelPrices]) -> Prices | None:
    """Of the longest name that the model's name begins with; None: there is none."""
    fitting = [one for one in listed if model.startswith(one.model)]
    return _exact_prices(max(fitting, key=lambda one: len(one.model))) if fitting else None


def dearest(listed: Sequence[ModelPrices]) -> Prices:
    """For a model of which no price is known: of each kind the highest."""
    all_prices = [_exact_prices(one) for one in listed] or [Prices()]
    return Prices(**{kind: max(getattr(one, kind) for one in all_prices) for kind in Prices.__struct_fields__})


def _exact_prices(listed: ModelPrices) -> Prices:
    return Prices(**{kind: exact(getattr(listed, kind)) for kind in Prices.__struct_fields__})


def exact(value: float) -> Money:
    """The decimal that the configuration spells, not the binary fraction next to it."""
    return Decimal(str(value))
