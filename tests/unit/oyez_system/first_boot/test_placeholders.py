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
    """Addresses are told where all are judged."""
    marked = [line for line in text.splitlines() if "(!)" in line and not line.startswith("#")]
    found = [re.sub(r"\[\d+\]$", "", one.path).rpartition(".")[2] for one in placeholder_mistakes(tomllib.loads(text))]
    assert sorted(found) == sorted(name for line in marked if (name := line.partition(" = ")[0]) not in ADDRESSES)
    assert found


ADDRESSES = ("backend_url", "source")


@pytest.mark.parametrize(
    "table", [{"wifi": 1}, {"wifi": {"networks": [1]}}, {"system": {"ssh_keys": 5}}, {"secrets": []}]
)
def test_what_is_no_table_is_for_others_to_tell(table: dict[str, object]) -> None:
    assert list(placeholder_mistakes(table)) == []


def test_it_says_what_belongs_there() -> None:
    (told,) = placeholder_mistakes({"secrets": {"device_key": "oyez_..._..."}})
    assert told.sentence == f"{STILL} write what `oyez-backend device add kitchen` printed."
