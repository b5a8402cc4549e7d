"""What a conversation told is known as long as its items are there, whoever put them there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from oyez_local import memory
from oyez_local.calling import Call
from oyez_local.mind import Decision, Entry, Request, decide

NOON = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)
LIGHT: dict[str, Any] = {
    "type": "function",
    "name": "set_light",
    "parameters": {"type": "object", "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}}},
}


def user(text: str) -> Entry:
    return Entry("user", text)


def voice(text: str) -> Entry:
    return Entry("assistant", text)


CALL = Entry("call", '{"name": "hall light", "on": true}', "set_light", "c1")
OUTPUT = Entry("output", '{"message": "The hall light is on."}', call_id="c1")


def answer(*history: Entry) -> Decision:
    return decide(Request(history, tools=[LIGHT]), NOON)


@pytest.mark.parametrize(
    ("told", "asked", "known"),
    [
        ("My name is Ada.", "What is my name?", "Your name is Ada."),
        ("Hello, my name's Ada and I live in Rome.", "Do you remember my name?", "Your name is Ada."),
        ("Call me Ishmael.", "What's my name?", "Your name is Ishmael."),
        ("My favourite colour is green.", "What is my favourite colour?", "Your favourite colour is green."),
        ("My dog is called Rex, by the way.", "What is my dog called?", "Your dog is Rex."),
        ("My sister lives far. My keys are on the shelf.", "Where are my keys?", "Your keys is on the shelf."),
    ],
)
def test_facts_are_remembered(told: str, asked: str, known: str) -> None:
    """Said in an earlier item, known in a later one."""
    assert answer(user(told), voice("I see."), user(asked)).text.replace(" are ", " is ") == known


def test_the_newest_fact_counts() -> None:
    """Who corrects himself is believed."""
    history = user("My name is Anna."), voice("Nice."), user("My name is Ada."), voice("Nice."), user("What's my name?")
    assert answer(*history).text == "Your name is Ada."


def test_a_system_message_can_bring_the_memory() -> None:
    """A client that replays a summary is understood as well."""
    assert answer(Entry("system", "The user's name is Ada."), user("What is my name?")).text == "Your name is Ada."


def test_what_was_not_told_is_not_known() -> None:
    """No invention, neither of names nor of other facts."""
    assert answer(user("What is my name?")).text == "You have not told me your name."
    assert answer(user("What is my shoe size?")).text == "You have not told me your shoe size."


def test_a_past_result_is_told_again_without_a_call() -> None:
    """What a tool answered before can be asked for."""
    history = (
        user("How warm is it?"),
        Entry("call", "{}", "get_weather", "c1"),
        Entry("output", '{"temperature": 21}', call_id="c1"),
        voice("Temperature is 21."),
        user("What was the temperature again?"),
    )
    assert answer(*history) == Decision("Temperature is 21.")


def test_an_output_at_the_end_is_told_and_its_call_not_repeated() -> None:
    """A replayed call with its output: the output is the answer."""
    assert answer(user("Turn on the hall light."), CALL, OUTPUT) == Decision("The hall light is on.")


def test_a_call_that_waits_for_its_output_is_not_made_again() -> None:
    """Asked to speak while a tool still works: patience, no second call."""
    assert answer(user("Turn on the hall light."), CALL) == Decision("One moment, please.")


def test_a_cut_answer_goes_on_without_the_tool() -> None:
    """After a replayed answer that was cut: said again, no tool called; a known text goes on where it stopped."""
    assert answer(user("Turn on the hall light."), CALL, OUTPUT, voice("The hall")) == Decision("The hall")
    begun = "Once upon a time there was a small lighthouse"
    rest = answer(user("Tell me a story."), voice(begun)).text
    assert rest.startswith("at the end of a long stone pier.")


def test_an_output_that_came_while_the_voice_said_something_else_is_told() -> None:
    """As where a person's "yes" was answered before what they agreed to was done."""
    history = [user("Turn on the hall light."), CALL, user("Yes."), OUTPUT, voice("All right.")]
    assert answer(*history) == Decision("The hall light is on.")


def test_a_new_wish_after_all_that_is_fulfilled() -> None:
    """The rules for replays do not outlive the next thing that the user says."""
    decision = answer(user("Turn on the hall light."), CALL, OUTPUT, voice("It is on."), user("Turn on the hall light"))
    assert decision.calls == (Call("set_light", {"name": "hall light", "on": True}),)


@given(st.lists(st.builds(Entry, st.sampled_from(["system", "user", "assistant", "call", "output"]), st.text())))
def test_any_history_can_be_read(history: list[Entry]) -> None:
    """No text breaks the memory, and what it knows was said."""
    for entry in history:
        assert all(value in entry.text.replace("’", "'") for value in memory.facts_in(entry).values())
    memory.recalled("name", history)
    memory.past_result("What was that again?", history)
