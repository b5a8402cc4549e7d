"""The example on the card: what is left of it as it was is told, line by line."""

import re
import tomllib

import pytest

from oyez_system.first_boot.placeholders import STILL, placeholder_mistakes
from tests.unit.oyez_system.first_boot.device import GOOD
from tests.unit.oyez_system.first_boot.example import EXAMPLE, uncommented


def test_a_file_of_ones_own_has_none() -> None:
    assert list(placeholder_mistakes(tomllib.loads(GOOD))) == []


@pytest.mark.parametrize("text", [EXAMPLE, uncommented()])
def test_every_line_that_the_example_marks_is_told_and_no_other(text: str) -> None:
    marked = [line for line in text.splitlines() if "(!)" in line and not line.startswith("#")]
    found = [re.sub(r"\[\d+\]$", "", one.path).rpartition(".")[2] for one in placeholder_mistakes(tomllib.loads(text))]
    assert sorted(found) == sorted(line.partition(" = ")[0] for line in marked)
    assert found


@pytest.mark.parametrize(
    "table", [{"wifi": 1}, {"wifi": {"networks": [1]}}, {"system": {"ssh_keys": 5}}, {"secrets": []}]
)
def test_what_is_no_table_is_for_others_to_tell(table: dict[str, object]) -> None:
    assert list(placeholder_mistakes(table)) == []


def test_it_says_what_belongs_there() -> None:
    (told,) = placeholder_mistakes({"secrets": {"device_key": "oyez_..._..."}})
    assert told.sentence == f"{STILL} write what `oyez-backend device add kitchen` printed."


@pytest.mark.parametrize(
    ("table", "name", "address"),
    [
        ("line", "backend_url", "https://tokens.example.org"),
        ("line", "backend_url", "http://EXAMPLE.com:8700/oyez"),
        ("home", "host", "mqtt.example.net"),
        ("updates", "source", "https://updates.example.org/release.json"),
    ],
)
def test_a_domain_that_is_nobodys_was_left_there(table: str, name: str, address: str) -> None:
    assert [one.path for one in placeholder_mistakes({table: {name: address}})] == [f"{table}.{name}"]


@pytest.mark.parametrize("address", ["https://example.org.mine.net", "http://192.168.1.5:8700", "", 5])
def test_all_others_may_be_somebodys(address: object) -> None:
    assert list(placeholder_mistakes({"line": {"backend_url": address}})) == []
