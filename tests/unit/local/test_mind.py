"""The mind answers with the session's own tools, whatever their names and schemas are."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oyez_local.calling import Call
from oyez_local.mind import Decision, Entry, Request, decide

NOON = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)


def tool(name: str, description: str = "", required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": {
            "type": "object",
            "properties": properties,
            "required": list(properties) if required is None else required,
        },
    }


def ask(text: str, *tools: dict[str, Any], **more: Any) -> Decision:
    return decide(Request([Entry("user", text)], tools=tools, **more), NOON)


STRING, NUMBER, INTEGER, BOOLEAN = ({"type": kind} for kind in ("string", "number", "integer", "boolean"))
SET_LIGHT = tool("set_light", "Switch a light", name=STRING, on=BOOLEAN)
TIMER = tool("set_timer", "Start a timer", seconds=INTEGER, label=STRING)
VOLUME = tool("set_volume", "Set the loudspeaker's volume.", percent={"type": "integer", "minimum": 0, "maximum": 100})
CLOCK = tool("get_time", "The local date and time.")
LOUDER = tool("change_volume", "Make the loudspeaker louder (10) or quieter (-10) by so many percent.", step=INTEGER)
OF_ITSELF = (
    tool("mute_microphone", "Hear nothing any more, from the end of this conversation on."),
    tool("why_did_you_wake", "Why this device woke up: which wake word it heard."),
    tool("what_did_you_hear", "What this device understood of what was said to it lately, and when."),
    tool("what_is_wrong", "Which troubles this device has, and what to do about them."),
)
TURN_ON, TURN_OFF = (
    tool(
        f"intent__HassTurn{way}",
        "Turns a device.",
        [],
        name=STRING,
        area=STRING,
        floor=STRING,
        domain={"type": "array"},
    )
    for way in ("On", "Off")
)
ALL = (CLOCK, VOLUME, SET_LIGHT, TIMER)


@pytest.mark.parametrize(
    ("sentence", "tools", "call"),
    [
        ("Turn on the kitchen light.", ALL, Call("set_light", {"name": "kitchen light", "on": True})),
        ("Switch off the lights.", ALL, Call("set_light", {"name": "all", "on": False})),
        (
            "Turn the kitchen light off",
            (tool("light", room={"type": "string", "enum": ["Kitchen", "Hall"]}, state={"enum": ["ON", "OFF"]}),),
            Call("light", {"room": "Kitchen", "state": "OFF"}),
        ),
        (
            "Turn on the hall lamp",
            (tool("switchLight", area=STRING, on=BOOLEAN),),
            Call("switchLight", {"area": "hall", "on": True}),
        ),
        (
            # As Home Assistant declares it: who names the lamp names neither an area nor a floor.
            "Turn on the hall lamp",
            (tool("intent__HassTurnOn", "Turns on a device", [], name=STRING, area=STRING, floor=STRING),),
            Call("intent__HassTurnOn", {"name": "hall lamp"}),
        ),
        (
            "Turn on the fan",
            (tool("home_control", "Controls the house", text=STRING),),
            Call("home_control", {"text": "Turn on the fan"}),
        ),
        ("Set a timer for five minutes", ALL, Call("set_timer", {"seconds": 300, "label": "timer"})),
        (
            "Set a pizza timer for ten minutes",
            (tool("timer", minutes=NUMBER, name=STRING),),
            Call("timer", {"minutes": 10, "name": "pizza"}),
        ),
        ("Set the volume to thirty percent", ALL, Call("set_volume", {"percent": 30})),
        (
            "Set the volume to thirty percent",
            (tool("set_volume", level={"type": "number", "maximum": 1}),),
            Call("set_volume", {"level": 0.3}),
        ),
        (
            "Dim the hall light to 50%",
            (tool("dim_light", name=STRING, brightness={"type": "integer", "maximum": 255}),),
            Call("dim_light", {"name": "hall light", "brightness": 128}),
        ),
        ("What time is it?", ALL, Call("get_time")),
        ("Stop.", (tool("stop"), *ALL), Call("stop")),
    ],
)
def test_a_wish_becomes_a_call_of_the_sessions_tool(sentence: str, tools: tuple[Any, ...], call: Call) -> None:
    """The tool is found by its words and filled by its schema."""
    assert ask(sentence, *tools) == Decision("", (call,))


def test_two_wishes_are_two_calls() -> None:
    """A sentence with two orders calls two functions in one response."""
    decision = ask("Turn on the kitchen light and set a timer for one minute", *ALL)
    assert [call.name for call in decision.calls] == ["set_light", "set_timer"]


def test_without_a_fitting_tool_it_says_so() -> None:
    """No tool: the wish is repeated and refused honestly, and no other tool is abused for it."""
    decision = ask("Turn on the kitchen light", VOLUME, CLOCK)
    assert decision.calls == ()
    assert "Turn on the kitchen light" in decision.text


def test_an_unknown_room_names_the_known_ones() -> None:
    """A value outside a required enum is not sent; the allowed ones are said."""
    decision = ask("Turn on the cellar light", tool("set_light", room={"type": "string", "enum": ["Hall"]}, on=BOOLEAN))
    assert decision.calls == ()
    assert "Hall" in decision.text


def test_tool_choice_none_calls_nothing() -> None:
    """tool_choice `none` is honoured even where a tool would fit."""
    assert ask("What time is it?", CLOCK, tool_choice="none") == Decision("It is 12:05.")


def test_tool_choice_names_the_only_tool() -> None:
    """A named function leaves no other."""
    assert ask("Set a timer for one minute", *ALL, tool_choice={"type": "function", "name": "set_volume"}).calls == ()


@pytest.mark.parametrize("prefix", ["Say exactly: ", "Say exactly this, word for word: ", "Speak verbatim:\n"])
def test_verbatim_instructions_are_spoken_verbatim(prefix: str) -> None:
    """The device's own announcements are spoken word for word, whatever the conversation was."""
    decision = ask("Turn on the kitchen light", SET_LIGHT, instructions=f"{prefix}The pasta is ready: come and eat.")
    assert decision == Decision("The pasta is ready: come and eat.")


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ('{"ok": true, "message": "The kitchen light is on."}', "The kitchen light is on."),
        ('{"speech": "Done and done"}', "Done and done."),
        ('{"temperature": 21.5}', "Temperature is 21.5."),
        ('{"ok": false}', "That did not work."),
        ("it is raining", "It is raining."),
        ('{"ok": true}', "Done."),
        # Home Assistant's own, as it comes and as our device wraps it.
        (
            '{"speech": {}, "response_type": "action_done", "data": {"success": [{"name": "Lamp"}], "failed": []}}',
            "Done.",
        ),
        ('{"ok": true, "message": "{\\"speech\\": {}, \\"response_type\\": \\"action_done\\"}"}', "Done."),
        (
            '{"speech": {"plain": {"speech": "Turned on the lamp"}}, "response_type": "query_answer"}',
            "Turned on the lamp.",
        ),
        ('{"speech": {}, "response_type": "error", "data": {}}', "That did not work."),
        ('{"response_type": "action_done", "data": {"success": [], "failed": [{"name": "x"}]}}', "That did not work."),
        ('{"message": "{no JSON"}', "{no JSON."),
        ("[1, 2]", "1, 2."),
    ],
)
def test_a_tools_output_is_told(output: str, text: str) -> None:
    """After a call its output is spoken, in its own words where it has some."""
    history = [Entry("user", "x"), Entry("call", "{}", "set_light", "c1"), Entry("output", output, call_id="c1")]
    assert decide(Request(history, tools=ALL), NOON) == Decision(text)


def test_an_output_is_told_only_once() -> None:
    """An output that was spoken about does not answer the next question."""
    history = [Entry("output", '{"message": "Old."}'), Entry("assistant", "Old."), Entry("user", "Who are you?")]
    assert "Oyez" in decide(Request(history), NOON).text


def test_a_name_is_remembered_from_the_conversation() -> None:
    """What the user said earlier in the session is known later."""
    history = [Entry("user", "My name is anna."), Entry("assistant", "Nice."), Entry("user", "What is my name?")]
    assert decide(Request(history), NOON).text == "Your name is Anna."


def test_a_story_is_long_enough_to_be_interrupted() -> None:
    """A story has several sentences and over a hundred words: more than 15 s of speech."""
    assert len(ask("Tell me a story.").text.split()) > 100


def test_what_is_not_understood_is_said_to_be_so() -> None:
    """No pretence: the words are repeated and declared not understood."""
    assert ask("Colourless green ideas", *ALL).text.startswith("I am only the local voice. I did not understand")


@pytest.mark.parametrize("said", ["Yes.", "Yes,", "Okay.", "No, thanks."])
def test_an_answer_to_the_devices_own_question_is_acknowledged(said: str) -> None:
    """Whether a remote tool may be used is settled between the device and who is in the room."""
    assert ask(said, *ALL) == Decision("All right.")


def test_a_first_turn_without_words_is_left_unanswered_and_a_later_one_is_asked_about() -> None:
    """It may be the end of a wake phrase: talking into the pause behind it would be talking over who has not asked
    yet."""
    assert decide(Request([Entry("user", " ")]), NOON) == Decision("")
    later = [Entry("user", "Hello."), Entry("assistant", "Hello."), Entry("user", "")]
    assert "did not hear" in decide(Request(later), NOON).text


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("What did you hear?", "what_did_you_hear"),
        ("Why did you wake up?", "why_did_you_wake"),
        ("What's wrong?", "what_is_wrong"),
        ("Is anything wrong with you?", "what_is_wrong"),
        ("Stop listening.", "mute_microphone"),
        ("Turn off the microphone, please.", "mute_microphone"),
    ],
)
def test_what_is_asked_of_the_device_itself_is_asked_of_its_own_tools(sentence: str, name: str) -> None:
    assert ask(sentence, *ALL, *OF_ITSELF).calls == (Call(name),)


@pytest.mark.parametrize("sentence", ["Stop.", "Be quiet.", "Goodbye.", "Never mind."])
def test_who_only_wants_silence_does_not_switch_the_microphone_off(sentence: str) -> None:
    assert ask(sentence, *ALL, *OF_ITSELF).calls == ()


@pytest.mark.parametrize(
    ("sentence", "call"),
    [
        ("Louder!", Call("change_volume", {"step": 10})),
        ("Turn the volume down.", Call("change_volume", {"step": -10})),
        ("Set the volume to thirty percent", Call("set_volume", {"percent": 30})),
    ],
)
@pytest.mark.parametrize("tools", [(VOLUME, LOUDER), (LOUDER, VOLUME)])
def test_louder_is_a_step_and_a_volume_is_a_volume(sentence: str, call: Call, tools: Any) -> None:
    assert ask(sentence, *tools).calls == (call,)


@pytest.mark.parametrize(("state", "tool_name"), [("on", "intent__HassTurnOn"), ("off", "intent__HassTurnOff")])
@pytest.mark.parametrize("tools", [(TURN_ON, TURN_OFF), (TURN_OFF, TURN_ON)])
def test_two_tools_for_on_and_off_are_told_apart_and_a_thing_is_named_once(
    state: str, tool_name: str, tools: Any
) -> None:
    assert ask(f"Turn {state} the kitchen light", *tools).calls == (Call(tool_name, {"name": "kitchen light"}),)
