"""Entities of what conversations cost. Pure."""

from oyez.home.entities.entity import Entity, Known, attributes, reading, sensor

BUDGET = ("ok", "warned", "spent")


def entities(root: str, known: Known) -> list[Entity]:
    amount = {"device_class": "monetary", "unit_of_measurement": known.currency, "suggested_display_precision": 2}
    budget = {
        "device_class": "enum",
        "options": list(BUDGET),
        "state_topic": f"{root}/state",
        "value_template": "{{ " + reading("budget") + " }}",
        **attributes(root, day="money.budget_day", month="money.budget_month", currency="money.currency"),
    }
    return [
        sensor(root, "money_today", "Spent today", "mdi:cash", "money.today", **amount),
        sensor(root, "money_month", "Spent this month", "mdi:cash-multiple", "money.month", **amount),
        Entity("budget", "sensor", "Budget", "mdi:piggy-bank-outline", budget),
    ]
