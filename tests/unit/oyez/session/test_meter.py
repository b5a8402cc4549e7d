"""Budgets: exact sums, one warning, one end, renewed by the calendar and by nothing else."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st

from oyez.config import LIST_PRICES, Money
from oyez.events import BudgetRenewed, BudgetSpent, BudgetWarned
from oyez.session.meter import Meter, Spending, dearest, exact, prices_of

DAY = date(2026, 3, 30)
CONFIG = Money(budget_day=2.0, budget_month=3.0, cap_conversation=1.5, warn_at=0.8)


def meter(kept: Spending | None = None, config: Money = CONFIG) -> Meter:
    return Meter(config, kept or Spending(), DAY)


def test_a_budget_warns_once_and_ends_once() -> None:
    books = meter(config=Money(budget_day=2.0, budget_month=100.0, cap_conversation=50.0))
    assert books.spend(Decimal("1.59"), DAY) == []
    assert books.spend(Decimal("0.01"), DAY) == [
        BudgetWarned("By the way, 80 percent of today's budget for talking is used up.")
    ]
    assert books.spend(Decimal("0.1"), DAY) == []
    (spent,) = books.spend(Decimal("0.4"), DAY)
    assert isinstance(spent, BudgetSpent)
    assert spent.scope == "day"
    assert books.spend(Decimal("0.4"), DAY) == []


def test_a_conversation_has_a_cap_of_its_own() -> None:
    books = meter()
    (spent,) = [told for told in books.spend(Decimal("1.5"), DAY) if isinstance(told, BudgetSpent)]
    assert spent.scope == "session"
    books.begin_conversation()
    assert books.conversation == 0
    assert books.spending.day == Decimal("1.5")


def test_midnight_renews_the_day_and_the_first_renews_the_month() -> None:
    books = meter()
    assert [told.scope for told in books.spend(Decimal(2), DAY) if isinstance(told, BudgetSpent)] == ["session", "day"]
    assert books.now_is(DAY) == []
    assert books.now_is(DAY + timedelta(days=1)) == [BudgetRenewed()]
    assert [told.scope for told in books.spend(Decimal(1), date(2026, 3, 31)) if isinstance(told, BudgetSpent)] == [
        "month"
    ]
    assert books.now_is(date(2026, 4, 1)) == [BudgetRenewed()]
    assert books.spending == Spending(on=date(2026, 4, 1))


def test_a_clock_that_goes_back_renews_nothing() -> None:
    """A Raspberry Pi that starts in 1970 must not spend the day's budget a second time."""
    books = meter()
    books.spend(Decimal(2), DAY)
    assert books.now_is(date(1970, 1, 1)) == []
    assert books.spending.day == Decimal(2)


def test_after_a_restart_a_spent_budget_is_told_again_and_a_warning_is_not() -> None:
    books = meter()
    books.spend(Decimal("1.7"), DAY)
    again = meter(books.spending)
    assert again.now_is(DAY) == []
    again.spend(Decimal("0.3"), DAY)
    (spent,) = meter(again.spending).now_is(DAY)
    assert isinstance(spent, BudgetSpent)


def test_a_model_is_priced_by_the_longest_name_that_fits_and_an_unknown_one_as_the_dearest() -> None:
    mini = prices_of("gpt-realtime-2.1-mini-2026-07-01", LIST_PRICES)
    assert mini is not None
    assert mini.audio_input == 10
    assert prices_of("gpt-realtime-9", LIST_PRICES) is None
    assert dearest(LIST_PRICES).audio_output == 64


def test_a_price_is_the_decimal_that_was_written() -> None:
    assert exact(0.1) + exact(0.2) == Decimal("0.3")


amounts = st.integers(0, 900_000).map(lambda millionths: Decimal(millionths) / 1_000_000)


@given(st.lists(st.tuples(amounts, st.integers(0, 3)), max_size=60))
def test_the_sums_are_exact_and_no_end_is_untold(history: list[tuple[Decimal, int]]) -> None:
    """Whatever is spent on whatever days: the sums are those of the calendar, and a device whose budget is used up
    was told so and not renewed since."""
    books, today, spent_by_day, dead = meter(), DAY, dict[date, Decimal](), False
    for amount, days in history:
        today += timedelta(days=days)
        for told in books.spend(amount, today):
            dead = (dead or (isinstance(told, BudgetSpent) and told.scope != "session")) and told != BudgetRenewed()
        spent_by_day[today] = spent_by_day.get(today, Decimal(0)) + amount
        month = sum(sum_ for day, sum_ in spent_by_day.items() if (day.year, day.month) == (today.year, today.month))
        assert (books.spending.day, books.spending.month) == (spent_by_day[today], month)
        assert dead == (books.spending.day >= 2 or month >= 3)
