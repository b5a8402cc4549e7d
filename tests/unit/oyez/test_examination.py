"""A table held against its struct: mistakes down to the leaves, and what is right of it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from oyez.config import AnyTool, Config
from oyez.config_section import Section
from oyez.examination import NOTHING, apart, examine, sound
from oyez.mistake import Mistake


class Inner(Section, frozen=True, kw_only=True):
    needed: int
    note: str = ""


class Outer(Section, frozen=True, kw_only=True):
    one: Inner | None = None
    many: list[Inner] = []  # noqa: RUF012
    words: tuple[str, ...] = ()
    named: dict[str, Inner] = {}  # noqa: RUF012
    flag: bool = False


def told(table: Any, kind: Any = Outer) -> list[str]:
    return [f"{one.path} {one.sentence}" for one in examine("", table, kind)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"flga": True}, "flga is unknown. Did you mean flag?"),
        ({"words": ["a", 5]}, 'words[1] must stand between quotes: write "5".'),
        ({"words": "a"}, 'words is a list: put it between [ ]: words = ["..."].'),
        ({"many": {"needed": 1}}, "many may stand here several times: write [[many]], with two brackets on each side."),
        ({"many": [{"needed": 1}, {}]}, "many[1].needed is missing."),
        ({"named": {"a": {"needed": "1"}}}, "named.a.needed must stand without quotes: write needed = 1."),
        ({"named": 5}, "named is 5: it must be a table."),
    ],
)
def test_a_mistake_is_told_where_it_is(table: dict[str, Any], expected: str) -> None:
    assert told(table) == [expected]


def test_a_table_that_stands_there_several_times_is_told_from_a_value() -> None:
    assert told({"home": [{}]}, Config) == ["home stands here once: write [home], with one bracket on each side."]
    assert told({"home": 5}, Config) == ["home must be a table, [home], and not 5."]


def test_of_several_kinds_the_named_one_is_meant_and_else_the_first() -> None:
    tool = {"name": "a", "description": "b", "topic": "c"}
    assert sound(tool, AnyTool) == {**tool, "kind": "mqtt"}
    assert [one.path for one in examine("t", {**tool, "kind": "http"}, AnyTool)] == ["t.topic", "t.url"]
    assert [one.path for one in examine("t", {**tool, "kind": 5}, AnyTool)] == ["t.kind"]
    assert sound({**tool, "kind": "htp"}, AnyTool) is NOTHING


def test_what_is_right_is_kept_and_a_list_keeps_its_places_or_goes_as_a_whole() -> None:
    assert sound({"flag": "x", "words": ["a"], "odd": 1}, Outer) == {"words": ["a"]}
    assert sound({"many": [{"needed": 1, "note": 5}]}, Outer) == {"many": [{"needed": 1}]}
    assert sound({"many": [{"needed": 1}, {"needed": "x"}]}, Outer) == {}
    assert sound({"named": {"a": {}, "b": {"needed": 1}}}, Outer) == {"named": {"b": {"needed": 1}}}
    assert sound([], Outer) is NOTHING


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["needed", "note", "one", "many", "words", "named", "flag", "x"]), inner, max_size=4
        )
    ),
)


@given(VALUES)
def test_what_is_right_can_be_converted_and_has_no_mistake(value: Any) -> None:
    right = sound(value, Outer)
    if right is not NOTHING:
        assert told(right) == []
        msgspec.convert(right, Outer)
    assert (not told(value)) == (right == value and right is not NOTHING and type(right) is type(value))


def test_who_knows_half_of_a_setting_does_not_judge_the_other_half() -> None:
    found = [
        Mistake("home.quiet_until", "is odd."),
        Mistake("wifi.networks[0].ssid", "is odd."),
        Mistake("tools", "are."),
    ]
    later = [
        Mistake("home.quiet_from", "needs home.quiet_until."),
        Mistake("home.host", "is wrong."),
        Mistake("wifi.networks[0].ssid", "is missing."),
        Mistake("wifi.networks[1].ssid", "is missing."),
        Mistake("tools[0].topic", "is wrong."),
    ]
    assert [one.path for one in apart(later, found)] == ["home.host", "wifi.networks[1].ssid"]
