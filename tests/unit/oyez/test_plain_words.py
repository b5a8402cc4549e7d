"""What is wrong with a value, and what to write: of every type that a setting may have."""

import re
import tomllib
from datetime import time
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, strategies as st
from msgspec import Meta

from oyez.config_section import Clock, Identifier
from oyez.plain_words import wrong

CASES: list[tuple[Any, Any, str]] = [
    ("1883", int, "must stand without quotes: write x = 1883."),
    ("2,5", float, "must stand without quotes: write x = 2.5."),
    ("007", int, "must stand without quotes: write x = 7."),
    ("many", int, "is 'many': it must be a whole number."),
    (1.5, int, "is 1.5: it must be a whole number."),
    (True, int, "is true: it must be a whole number."),
    ("Yes", bool, "must stand without quotes: write x = true."),
    ("off", bool, "must stand without quotes: write x = false."),
    ("ja", bool, "is 'ja': it must be true or false."),
    (1, bool, "is 1: it must be true or false."),
    (5, str, 'must stand between quotes: write x = "5".'),
    (True, str, 'must stand between quotes: write x = "true".'),
    (time(22, 0), Clock, 'must stand between quotes: write x = "22:00".'),
    (["a"], str, 'must be one text, without [ ]: write x = "...".'),
    ("a", list[str], 'is a list: put it between [ ]: x = ["..."].'),
    (5, list[int], "is a list: put it between [ ]: x = [...]."),
    ("25:00", Clock, "is '25:00': it must be a time of day, such as \"22:00\"."),
    ("my kitchen", Identifier, "is 'my kitchen': it must be 1 to 64 letters, digits, _ and -, such as \"kitchen\"."),
    ("", Annotated[str, Meta(min_length=1)], "is empty: write something between the quotes."),
    ("abc", Annotated[str, Meta(max_length=2)], "has 3 characters; 2 are the most."),
    (70000, Annotated[int, Meta(ge=1, le=65535)], "is 70000: it must be from 1 to 65535."),
    (0.0, Annotated[float, Meta(gt=0.0, lt=1.0)], "is 0.0: it must be above 0 and below 1."),
    (-1, Annotated[int, Meta(ge=0)] | None, "is -1: it must be at least 0."),
    ("mqtt", Literal["mqqt", "http"], "is 'mqtt': it must be one of mqqt, http. Did you mean mqqt?"),
    ("htp", Literal["mqtt", "http"], "is 'htp': it must be one of http, mqtt. Did you mean http?"),
    (17, Literal[16, 24], "is 17: it must be one of 16, 24."),
    ("16", Literal[16, 24], "must stand without quotes: write x = 16."),
    (5, Literal["a", "b"], 'is 5: it must be "a" or "b".'),
    ("secure", bool | Literal["security"], "it must be one of security, true, false. Did you mean security?"),
    ("true", bool | Literal["security"], "must stand without quotes: write x = true."),
    (float("inf"), float, "is inf: it must be a finite number."),
    (1, dict[str, str], "is 1: it must be a table."),
    ([1.0], tuple[float, float] | None, "is [1.0]: it must be a list of 2."),
]


@pytest.mark.parametrize(("value", "kind", "told"), CASES)
def test_it_is_told_what_to_write(value: Any, kind: Any, told: str) -> None:
    assert wrong("x", value, kind).endswith(told)


def test_an_element_of_a_list_has_no_name() -> None:
    assert wrong("", 5, str) == 'must stand between quotes: write "5".'


KINDS = st.sampled_from([case[1] for case in CASES] + [Clock | None, list[int], tuple[str, ...], int, float, bool, str])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.times() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(VALUES, KINDS)
def test_whatever_the_value_is_it_is_right_or_one_sentence_and_never_a_pattern(value: Any, kind: Any) -> None:
    told = wrong("x", value, kind)
    assert told == "" or (told.endswith((".", "?")) and "\n" not in told)
    assert not re.search(r"matching|`str`|regex|\^\(", told) or "regex" in repr(value)


@given(st.one_of(st.integers(), st.booleans(), st.times(), st.sampled_from(["1", "-5", "2.5", "yes", "no"])), KINDS)
def test_what_it_says_to_write_is_not_of_the_wrong_type_again(value: Any, kind: Any) -> None:
    found = re.search(r"write (x = [^.\"]*(\"[^\"]*\")?)\.$", wrong("x", value, kind))
    if found and "..." not in found[1]:
        again = wrong("x", tomllib.loads(found[1])["x"], kind)
        assert "quotes" not in again
