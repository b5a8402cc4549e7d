"""The MQTT contract: the code, docs/mqtt.md and Home Assistant's document say the same. What one side lacks is named.

A new topic, order, event or key of the state document is given a row in docs/mqtt.md, where its kind stands.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oyez.home import discovery, topics
from oyez.home.entities.catalogue import possible
from oyez.home.entities.entity import Known
from oyez.home.orders import ORDERS
from oyez.view import View

ROOT = Path(__file__).parents[4]
DOCS = (ROOT / "docs" / "mqtt.md").read_text()
SOURCE = ROOT / "daemon" / "oyez"
EVERYTHING = Known(("alexa",), "EUR", True, frozenset(e.needs for e in possible("", Known(("a",), "EUR", True))))


def same(here: set[str], there: set[str], named_here: str, named_there: str) -> None:
    lacks = [f"{named_there} lacks {name}" for name in sorted(here - there)]
    lacks += [f"{named_here} lacks {name}" for name in sorted(there - here)]
    assert not lacks, "; ".join(lacks)


def rows(by: str) -> dict[str, str]:
    """Topic and whether it is retained, of the table of topics."""
    found = re.findall(r"^\| `([a-z_/<>]+)` \| (device|you) \| (yes|no|never) \|", DOCS, re.MULTILINE)
    return {name: retained for name, who, retained in found if who == by}


def state_rows() -> dict[str, str]:
    """Key and its description."""
    table = DOCS.split("## The state document")[1].split("\n## ")[0]
    found = re.findall(r"^\| (`.*?`) \| (.*) \|$", table, re.MULTILINE)
    return {key: text for keys, text in found for key in re.findall(r"`(\w+)`", keys)}


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Of methods and functions with one of these names, anywhere in the daemon."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in names:
                    yield path, node


def emitted() -> set[str]:
    firsts = [call.args[0] for _, call in calls("emit", "_emit", "Reply") if call.args]
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


def state_keys() -> set[str]:
    """The view's own, and what the house adds to them."""
    added = {
        key.value
        for path, call in calls("show")
        if path.name == "house.py"
        for argument in call.args
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert added, "the house shows nothing of its own: this test looks in the wrong place"
    return set(topics.document(View(), {})) | added


def components() -> dict[str, dict[str, Any]]:
    message = discovery.announcement("homeassistant", "k", "K", "1", EVERYTHING)
    found = json.loads(message.payload)["components"]
    assert isinstance(found, dict)
    return found


def test_every_topic_of_the_device_has_a_row_and_says_whether_it_is_retained() -> None:
    said = {name: "yes" if retained else "no" for name, retained in topics.TOPICS.items()}
    said |= {f"event/{name}": "no" for name in topics.EVENTS}
    documented = rows("device")
    same(set(said), set(documented), "the code (topics.TOPICS, EVENTS)", "docs/mqtt.md")
    wrong = [name for name in said if said[name] != documented[name]]
    assert wrong == [], "retained in one place and not in the other"


def test_every_order_has_a_row_and_is_never_retained() -> None:
    same(set(ORDERS), set(rows("you")), "the code (home/orders.py)", "docs/mqtt.md")
    assert set(rows("you").values()) == {"never"}


def test_every_event_that_is_emitted_is_declared_and_the_other_way_round() -> None:
    same(emitted(), set(topics.EVENTS), "the code that emits", "topics.EVENTS")


def test_every_topic_that_is_written_below_the_device_is_declared() -> None:
    """Found by how it is written, `{root}/name` or `{base(...)}/name`; below `answer` write those whom a tool asked."""
    known = {name.partition("/")[0] for name in (*topics.TOPICS, *ORDERS)} | {"event", "answer"}
    pattern = r"\{(?:root|self\._root|(?:topics\.)?base\([^)]*\))\}/([a-z_]+)"
    written = {
        name: path.name for path in (SOURCE / "home").rglob("*.py") for name in re.findall(pattern, path.read_text())
    }
    assert written, "nothing is found any more: the pattern is out of date"
    unknown = {name: where for name, where in written.items() if name not in known}
    assert unknown == {}, "topics that topics.TOPICS lacks"


def test_every_key_of_the_state_document_has_a_row() -> None:
    same(state_keys(), set(state_rows()), "the code (topics.document, house.show)", "docs/mqtt.md")


def test_all_that_an_onlooker_may_know_is_in_the_state_document() -> None:
    shown = {"trouble" if name == "troubles" else name for name in View.__struct_fields__}
    same(shown, set(topics.document(View(), {})), "view.View", "topics.document")


def test_the_plain_topics_are_keys_of_the_state_document_and_named_in_the_docs() -> None:
    assert set(topics.PLAIN.values()) <= set(topics.document(View(), {}))
    row = next(line for line in DOCS.splitlines() if line.startswith("| `status/<key>`"))
    same(set(topics.PLAIN), set(re.findall(r"`([a-z_]+)`", row.split("|")[4])), "topics.PLAIN", "the row status/<key>")


def test_home_assistant_reads_only_keys_that_there_are() -> None:
    """A template that reads another one shows nothing, for ever, and says nothing of it."""
    keys = state_keys()
    for name, component in components().items():
        if component.get("state_topic", "").endswith("/state"):
            templates = component.get("value_template", "") + component.get("json_attributes_template", "")
            read = set(re.findall(r"value_json\.get\('(\w+)'\)", templates))
            read |= set(re.findall(r"value_json\.(?!get\()(\w+)", templates))
            assert read, f"{name} shows nothing"
            assert read <= keys, f"{name} reads {read - keys}"


def test_home_assistant_listens_to_and_commands_only_topics_that_there_are() -> None:
    for name, component in components().items():
        said = {component.get(key) for key in ("state_topic", "json_attributes_topic")} - {None}
        assert {topic.removeprefix("oyez/k/") for topic in said} <= {
            "state",
            *(f"event/{event}" for event in topics.EVENTS),
        }, name
        if "command_topic" in component:
            assert component["command_topic"].removeprefix("oyez/k/") in ORDERS, name


def test_what_an_entity_waits_for_is_described_in_its_row() -> None:
    described = state_rows()
    for entity in possible("", EVERYTHING):
        key, _, inner = entity.needs.partition(".")
        assert not key or key in described, f"{entity.key} waits for {key}, of which docs/mqtt.md says nothing"
        assert not inner or f"`{inner}`" in described[key], f"docs/mqtt.md lacks `{inner}` in the row {key}"
