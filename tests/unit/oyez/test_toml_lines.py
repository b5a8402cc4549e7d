"""Lines of keys, in every way of writing TOML that a configuration uses."""

import tomllib
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from oyez.toml_lines import key_lines, line_of

TEXT = '''# oyez
[device]
id = "kitchen"
"name" = "K"

[home]  # broker
host = """
port = 1
"""
port = 2
line.model = "x"

[[tools]]
name = "a"
[tools.parameters.on]
type = "boolean"
[[tools]]
name = "b"
parameters = { x = { type = "string" } }
'''


def test_each_key_is_found_on_its_line() -> None:
    lines = key_lines(TEXT)
    assert lines["device.id"] == 3
    assert lines["device.name"] == 4
    assert lines["home.host"] == 7
    assert lines["home.port"] == 10
    assert lines["home.line.model"] == 11
    assert lines["tools[0].name"] == 14
    assert lines["tools[0].parameters.on.type"] == 16
    assert lines["tools[1].name"] == 18


def test_what_stands_inside_a_line_is_found_on_the_line_around_it() -> None:
    assert line_of("tools[1].parameters.x.type", key_lines(TEXT)) == 19
    assert line_of("tools[1].topic", key_lines(TEXT)) == 17
    assert line_of("nowhere.at.all", key_lines(TEXT)) is None


KEYS = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
TABLES = st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers() | st.booleans(), max_size=4), max_size=4)


@given(TABLES)
def test_every_key_of_a_written_file_is_found_where_it_was_written(tables: dict[str, dict[str, Any]]) -> None:
    written: list[str] = []
    where: dict[str, int] = {}
    for table, keys in tables.items():
        written.append(f"[{table}]")
        where[table] = len(written)
        for key, value in keys.items():
            written.append(f"{key} = {str(value).lower()}")
            where[f"{table}.{key}"] = len(written)
    text = "\n".join(written)
    assert tomllib.loads(text) == tables
    assert key_lines(text) == where
