"""Timers and alarms by voice: with the very tools that a device declares, and with nobody else to understand them."""

from typing import Any

import msgspec
import pytest

from oyez.home.builtin import Insight, builtin
from oyez.home.timekeeper import Timekeeper
from oyez.home.timer_dues import Moment
from oyez.home.timer_tools import timer_tools
from oyez_local.calling import Call
from tests.unit.local.test_mind import NOON, SET_LIGHT, ask


class Nobody:
    def emit(self, name: str, body: Any) -> None: ...

    def answer(self, order_id: str | None, ok: bool, why: str = "") -> None: ...


def of_the_device() -> list[dict[str, Any]]:
    keeper = Timekeeper(lambda: Moment("b", 0.0, 1.8e9), None, print, Nobody())
    registries = (
        builtin(print, lambda: NOON, Insight(lambda: "", lambda: "", lambda: [], lambda: 0.5)),
        timer_tools(keeper),
    )
    return [msgspec.to_builtins(tool) for registry in registries for tool in registry.declarations()] + [SET_LIGHT]


TOOLS = of_the_device()


@pytest.mark.parametrize(
    ("sentence", "call"),
    [
        ("Set a timer for five minutes.", Call("set_timer", {"seconds": 300, "label": "timer"})),
        ("Set a timer for 5 seconds", Call("set_timer", {"seconds": 5, "label": "timer"})),
        ("Set an egg timer for ten minutes", Call("set_timer", {"seconds": 600, "label": "egg"})),
        ("Wake me up in ten minutes", Call("set_timer", {"seconds": 600, "label": "timer"})),
        ("Set an alarm for seven thirty.", Call("set_alarm", {"time": "07:30"})),
        ("Set an alarm for 7:30 a.m.", Call("set_alarm", {"time": "07:30"})),
        ("Set an alarm for 7 PM", Call("set_alarm", {"time": "19:00"})),
        ("Wake me up at six tomorrow morning", Call("set_alarm", {"time": "06:00"})),
        ("Set a school alarm for quarter past seven", Call("set_alarm", {"time": "07:15", "label": "school"})),
        ("Cancel the timer.", Call("cancel_timer", {"which": "timer"})),
        ("Stop the timer", Call("cancel_timer", {"which": "timer"})),
        ("Cancel the egg timer", Call("cancel_timer", {"which": "egg"})),
        ("Cancel the five minute timer", Call("cancel_timer", {"which": "5 minute"})),
        ("Cancel all timers", Call("cancel_timer", {"which": "all"})),
        ("Cancel the alarm", Call("cancel_timer", {"which": "alarm"})),
        ("Turn off my alarm", Call("cancel_timer", {"which": "alarm"})),
        ("Cancel the alarm for 7:30", Call("cancel_timer", {"which": "07:30"})),
        ("How long is left on the timer?", Call("list_timers")),
        ("How much time is left on the egg timer?", Call("list_timers")),
        ("How much time is left?", Call("list_timers")),
        ("Which timers are set?", Call("list_timers")),
        ("What alarms do I have?", Call("list_timers")),
        ("List my timers", Call("list_timers")),
        ("What time is it?", Call("get_time")),
        ("Why did you wake?", Call("why_did_you_wake")),
        ("Turn off the kitchen light", Call("set_light", {"name": "kitchen light", "on": False})),
    ],
)
def test_it_is_understood(sentence: str, call: Call | None) -> None:
    decision = ask(sentence, *TOOLS)
    assert decision.calls == (() if call is None else (call,)), decision


def test_without_such_tools_it_says_so() -> None:
    assert "no tool for alarms" in ask("Set an alarm for seven", SET_LIGHT).text
