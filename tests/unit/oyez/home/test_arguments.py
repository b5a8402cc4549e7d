"""Arguments of configured tools: what the model is told of them and what it may then send."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config import Parameter
from oyez.home.arguments import ToolRefused, checked, schema

PERCENT = Parameter(type="integer", minimum=0, maximum=100)
ROOM = Parameter(description="Which room.", choices=["Kitchen", "Bath"], max_length=20)


def test_the_model_is_told_types_choices_bounds_and_what_must_be_given() -> None:
    assert schema({"percent": PERCENT, "room": ROOM, "note": Parameter(required=False)}) == {
        "type": "object",
        "properties": {
            "percent": {"type": "integer", "minimum": 0, "maximum": 100},
            "room": {"type": "string", "description": "Which room.", "enum": ["Kitchen", "Bath"], "maxLength": 20},
            "note": {"type": "string"},
        },
        "required": ["percent", "room"],
    }


@pytest.mark.parametrize(
    ("parameter", "value", "why"),
    [
        (PERCENT, 101, "at most 100"),
        (PERCENT, -1, "at least 0"),
        (PERCENT, 1.5, "must be a integer"),
        (PERCENT, True, "must be a integer"),
        (PERCENT, 10**400, "no number that can be used"),
        (Parameter(type="number"), float("nan"), "no number that can be used"),
        (Parameter(type="number"), float("inf"), "no number that can be used"),
        (ROOM, "Cellar", "one of Kitchen, Bath"),
        (Parameter(max_length=3), "four", "longer than 3"),
        (Parameter(), "half \ud800", "halves of characters"),
        (Parameter(), None, "must be a string"),
        (Parameter(type="boolean"), 1, "must be a boolean"),
    ],
)
def test_what_does_not_fit_is_refused_with_why(parameter: Parameter, value: Any, why: str) -> None:
    with pytest.raises(ToolRefused, match=why):
        checked("tool", {"x": parameter}, {"x": value})


def test_a_choice_is_understood_however_it_is_written_and_a_whole_number_is_an_integer() -> None:
    assert checked("tool", {"x": ROOM, "n": PERCENT}, {"x": " kitchen ", "n": 30.0}) == {"x": "Kitchen", "n": 30}


@given(st.dictionaries(st.sampled_from(["n", "s", "b", "z"]), st.from_type(object) | st.text() | st.floats()))
def test_whatever_is_sent_is_either_of_the_declared_kind_or_refused(arguments: dict[str, Any]) -> None:
    parameters = {"n": PERCENT, "s": Parameter(), "b": Parameter(type="boolean", required=False)}
    try:
        values = checked("tool", parameters, arguments)
    except ToolRefused:
        return
    assert set(values) <= set(parameters)
    assert type(values["n"]) is int
    assert 0 <= values["n"] <= 100
    assert len(values["s"]) <= 256
