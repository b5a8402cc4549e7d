"""The examples for other programs speak of topics that there are."""

import json
import re
from pathlib import Path

import pytest

from oyez.home import topics
from oyez.home.order_fields import Refusal
from oyez.home.orders import ORDERS, parse

FOLDER = Path(__file__).parents[4] / "docs" / "examples"
FILES = sorted(path.name for path in FOLDER.iterdir() if path.is_file())
KNOWN = {
    *(name for name in topics.TOPICS if "<" not in name),
    *(f"status/{key}" for key in topics.PLAIN),
    *(f"event/{name}" for name in topics.EVENTS),
    *ORDERS,
}


@pytest.mark.parametrize("name", FILES)
def test_every_topic_of_an_example_is_one_of_the_device(name: str) -> None:
    named = set(re.findall(r"oyez/kitchen/([a-z_]+(?:/[a-z_]+)?)", (FOLDER / name).read_text()))
    assert named or name in ("README.md", "openhab.items")
    assert named <= KNOWN, named - KNOWN


def test_every_file_is_named_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert [name for name in FILES if name != "README.md" and f"`{name}`" not in readme] == []


def test_every_item_of_openhab_has_a_channel_and_each_command_is_understood() -> None:
    things = (FOLDER / "openhab.things").read_text()
    channels = dict(re.findall(r"Type \w+ : (\w+) +\"[^\"]*\" +\[ (.*) \]", things))
    items = re.findall(r"kitchen_voice:(\w+)\"", (FOLDER / "openhab.items").read_text())
    assert set(items) == {name for name, settings in channels.items() if "trigger=true" not in settings}
    sent = {"mute": "ON", "volume": "35", "follow_up": "OFF", "wake_words": "alexa", "sensitivity": "low"}
    sent |= {"say": "Dinner is ready.", "ask": "Tea?", "listen": "PRESS", "stop": "PRESS"}
    commanded = {
        name: match[1] for name, text in channels.items() if (match := re.search(r'commandTopic="(.*?)"', text))
    }
    assert set(commanded) == set(sent)
    for name, topic in commanded.items():
        assert not isinstance(parse("kitchen", topic, sent[name].encode(), False), Refusal), name


def test_what_jeedom_sends_is_understood() -> None:
    rows = re.findall(r"\| action \| .*? \| `(.*?)` \| `(.*?)` \|", (FOLDER / "jeedom.md").read_text())
    assert rows
    for topic, value in rows:
        payload = value.replace("#slider#", "35").replace("#message#", "Tea?").encode()
        assert not isinstance(parse("kitchen", topic, payload, False), Refusal), topic


def test_the_flow_of_node_red_is_json_whose_wires_end_somewhere() -> None:
    nodes = json.loads((FOLDER / "node-red.json").read_text())
    ids = {node["id"] for node in nodes}
    assert {target for node in nodes for wire in node.get("wires", []) for target in wire} <= ids
