"""No value of an argument leaves the place where its owner put it, whatever characters it has."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import hypothesis.strategies as st
import pytest
from hypothesis import assume, example, given

from oyez.home import filling
from oyez.home.arguments import ToolRefused

NAMES = {"a": None, "b": None}
NASTY = [
    "/", "..", ".", "../../etc/passwd", "a/b", "#", "+", "$SYS", "?x=1", "&x=1", "%2e%2e", "%00", "\0", "\r\nX-Evil: 1",
    '"', "\\", '","evil":"', "{b}", "{a}", "light.all", "all", "a,b",
    "kitchen,lock.front_door", "\x85", "\u2028", "é", " ",
]  # fmt: skip
TEXTS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = TEXTS | st.booleans() | st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)


@given(VALUES, VALUES)
def test_a_value_stays_in_its_level_of_the_topic(a: Any, b: Any) -> None:
    try:
        topic = filling.topic("house/{a}/x{b}/set", NAMES, {"a": a, "b": b})
    except ToolRefused:
        return
    first, second, third, last = topic.split("/")
    assert (first, last) == ("house", "set")
    assert second
    assert third.startswith("x")
    assert not set("+#\0") & set(topic)
    assert topic.isprintable()


@given(VALUES, VALUES)
def test_a_value_stays_in_its_segment_of_the_path_and_in_its_value_of_the_query(a: Any, b: Any) -> None:
    """As the client that sends it, and the server that takes it apart, understand the address."""
    try:
        url = filling.url("https://host.example/v1/{a}/x{b}", {"q": "{a}!", "r": "1"}, NAMES, {"a": a, "b": b})
    except ToolRefused:
        return
    sent = httpx.URL(url)
    assert (sent.scheme, sent.host, sent.port, sent.userinfo) == ("https", "host.example", None, b"")
    path = sent.raw_path.decode().partition("?")[0]
    assert path.count("/") == 3
    version, first, second = path[1:].split("/")
    assert version == "v1"
    assert first not in ("", ".", "..")
    assert (unquote(first), unquote(second)) == (filling._in_url(a), f"x{filling._in_url(b)}")
    query = parse_qsl(urlsplit(str(sent)).query, keep_blank_values=True)
    assert query == [("q", f"{filling._in_url(a)}!"), ("r", "1")]


@pytest.mark.parametrize("a", ["..", ".", ""])
def test_a_value_that_would_be_another_path_is_refused(a: str) -> None:
    with pytest.raises(ToolRefused):
        filling.url("http://h/v1/{a}/x", {}, NAMES, {"a": a})


@given(st.sampled_from(["", ".", ".."]), st.sampled_from(["", ".", ".."]))
def test_two_values_together_are_no_other_path_either(a: str, b: str) -> None:
    assume(a + b in ("", ".", ".."))
    with pytest.raises(ToolRefused):
        filling.url("http://h/v1/{a}{b}/x", {}, NAMES, {"a": a, "b": b})


@given(VALUES, VALUES)
@example('","evil":"1', True)
@example("{b}", '"')
def test_a_payload_that_is_json_keeps_its_form(a: Any, b: Any) -> None:
    made = json.loads(filling.payload('{"name": "lamp {a}", "level": {b}, "on": "\\"{b}"}', NAMES, {"a": a, "b": b}))
    assert made == {"name": f"lamp {filling.plain(a)}", "level": b, "on": f'"{filling.plain(b)}'}


@given(VALUES)
def test_a_payload_that_is_one_value_is_that_value_and_one_in_quotes_stays_in_them(a: Any) -> None:
    assert filling.payload("{a}", NAMES, {"a": a}) == filling.plain(a)
    assert json.loads(filling.payload('"{a}"', NAMES, {"a": a})) == filling.plain(a)


@given(VALUES)
def test_a_value_stays_on_its_line_among_headers(a: Any) -> None:
    try:
        made = filling.headers({"X-Name": "name={a}", "X-Other": "{b}"}, NAMES, {"a": a})
    except ToolRefused:
        return
    assert list(made) == ["X-Name"], "what was left out sends no header"
    assert made["X-Name"].isascii()
    assert made["X-Name"].isprintable()


@given(VALUES, VALUES)
def test_a_tree_keeps_its_form_and_a_whole_text_the_type_of_its_value(a: Any, b: Any) -> None:
    made = filling.tree({"x": "{a}", "y": ["{b}", 1], "z": {"text": "<{a}>"}}, NAMES, {"a": a, "b": b})
    assert made == {"x": a, "y": [b, 1], "z": {"text": f"<{filling.spoken(a)}>"}}


def test_what_was_left_out_is_left_out() -> None:
    assert filling.tree({"x": "{a}", "y": ["{a}", 1], "z": "<{a}>"}, NAMES, {}) == {"y": [1], "z": "<>"}
    assert filling.url("http://h/x", {"q": "{a}", "r": "{b}"}, NAMES, {"b": 2}) == "http://h/x?r=2"
    assert json.loads(filling.payload('{"x": {a}, "y": "{a}"}', NAMES, {})) == {"x": None, "y": ""}


@given(VALUES)
@example("kitchen,lock.front_door")
@example("all")
def test_whom_a_service_is_done_to_is_one_thing_and_no_other(a: Any) -> None:
    try:
        made = filling.service_data({"entity_id": "light.{a}", "area_id": "{a}"}, NAMES, {"a": a})
    except ToolRefused:
        return
    domain, name = made["entity_id"].split(".")
    assert domain == "light"
    assert name.isidentifier() or name.replace("_", "0").isalnum()
    assert name.isascii()
    assert made["area_id"] not in ("all", "none")
    assert "," not in made["area_id"]


@pytest.mark.parametrize("entity", ["all", "ALL ", "none", "light.a,lock.b", "light.a.b", "light.", ""])
def test_an_entity_that_is_none_or_many_is_refused(entity: str) -> None:
    with pytest.raises(ToolRefused):
        filling.service_data({}, {"entity_id": None}, {"entity_id": entity})


def test_names_become_ids_as_home_assistant_makes_them() -> None:
    assert filling.object_id(" Küche links ") == "kuche_links"
    assert filling.service("light.turn_{a}", NAMES, {"a": False}) == ("light", "turn_off")


@given(TEXTS, TEXTS)
def test_a_value_that_looks_like_an_argument_is_only_a_value(a: str, b: str) -> None:
    assert filling.text("<{a}|{b}|{c}>", NAMES, {"a": a, "b": b}) == f"<{a}|{b}|{{c}}>"
