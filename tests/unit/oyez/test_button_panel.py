"""All contacts together: buttons, and a mute switch that is never guessed to be off."""

from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from oyez import events as ev
from oyez.button_panel import ButtonPanel
from oyez.config import Buttons
from oyez.view import View
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.ports import Edge

ACTION, SWITCH, LOUDER = 0, 1, 2
LINES = (ButtonLine(line=17), ButtonLine(line=27, use="mute_switch"), ButtonLine(line=22, use="volume_up"))
OPEN = {ACTION: False, SWITCH: False, LOUDER: False}
V = View(volume=0.5)


def panel(closed: dict[int, bool] = OPEN) -> ButtonPanel:
    made = ButtonPanel(LINES, Buttons())
    made.begin(closed)
    return made


def test_a_switch_that_stands_on_at_the_start_is_told_and_one_that_is_off_is_not() -> None:
    assert ButtonPanel(LINES, Buttons()).begin({**OPEN, SWITCH: True}) == [ev.MuteSwitched(True)]
    assert ButtonPanel(LINES, Buttons()).begin(OPEN) == []


def test_a_switch_is_told_when_it_has_stood_for_long_enough() -> None:
    ours = panel()
    assert ours.edge(Edge(SWITCH, True, 1.0), V) == []
    assert ours.next_s == 1.02
    assert ours.at(1.01, V) == []
    assert ours.at(1.02, V) == [ev.MuteSwitched(True)]
    assert ours.mute_switch_on
    assert ours.next_s is None


def test_two_buttons_at_once_are_told_each_for_itself() -> None:
    ours = panel()
    told = ours.edge(Edge(ACTION, True, 1.0), V) + ours.edge(Edge(LOUDER, True, 1.1), V)
    told += ours.edge(Edge(LOUDER, False, 1.2), V) + ours.at(1.3, V) + ours.at(1.5, V)
    told += ours.edge(Edge(ACTION, False, 2.0), V) + ours.at(3.0, V)
    assert told == [ev.VolumeAsked(0.6), ev.TalkPressed(since_s=1.0), ev.TalkReleased()]


def test_a_switch_that_cannot_be_read_counts_as_on_and_a_talk_button_as_let_go() -> None:
    ours = panel()
    ours.edge(Edge(ACTION, True, 1.0), V)
    assert ours.at(2.0, V) == [ev.TalkPressed(since_s=1.0)]
    assert ours.lost(3.0, V) == [ev.TalkReleased(), ev.MuteSwitched(True)]
    assert ours.lost(4.0, V) == []
    assert ours.next_s is None
    assert ours.begin(OPEN) == [ev.MuteSwitched(False)]


def test_without_a_switch_nothing_mutes_when_the_buttons_are_gone() -> None:
    ours = ButtonPanel(LINES[:1], Buttons())
    assert ours.lost(1.0, V) == []
    assert not ours.mute_switch_on


MOVES = st.lists(st.tuples(st.sampled_from(["edge", "lost", "begin"]), st.booleans(), st.floats(0.0, 1.0)), max_size=30)


@given(MOVES)
def test_whatever_happens_what_was_told_last_is_how_the_switch_stands(moves: list[tuple[str, bool, float]]) -> None:
    ours, now, line, readable, told = ButtonPanel(LINES, Buttons()), 0.0, False, False, list[ev.Event]()
    for move, level, later_s in moves:
        now += later_s
        if move == "lost" or (move == "edge" and not readable):
            readable = False
            told += ours.lost(now, V)
        elif move == "begin":
            readable, line = True, level
            told += ours.begin({**OPEN, SWITCH: level})
        else:
            line = level
            told += ours.edge(Edge(SWITCH, level, now), V)
    if readable:
        told += ours.at(now + 1.0, V)
    switched = [event.on for event in told if isinstance(event, ev.MuteSwitched)]
    assert all(one is not other for one, other in pairwise(switched)), "told twice"
    wanted = line if readable else bool(told)
    assert ours.mute_switch_on == (wanted if moves else False)
    assert (switched[-1] if switched else False) == ours.mute_switch_on
