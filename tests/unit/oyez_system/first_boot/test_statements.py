"""A TOML text, taken apart without touching what is left."""

import tomllib

from hypothesis import given, strategies as st

from oyez_system.first_boot.statements import blanked, hidden, statements, without

TEXT = '''# In front.

top = 1
wifi.country = "DE"   # dotted

[wifi]
ssid = "a"
note = """
[secrets]
not a header"""
list = [
  "x",  # one
  "]",
]

# Of the daemon.
[home]
host = "b"

[[wifi.networks]]
ssid = "c"
'''
NAMES = st.sampled_from(["wifi", "home", "secrets", "device"])
KEYS = st.sampled_from(["a", "b", '"c d"', "e"])
VALUES = st.sampled_from(
    ["1", '"#"', "'[x]'", "[\n 1,\n # r\n 2 ]", '"""\n[wifi]\nx = 1\n"""', "{ a = 1 }", '"\u2028\x85"']
)
REMARKS = st.lists(st.sampled_from(["", "# a remark", "#[wifi]", "   "]), max_size=2)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """TOML whose tables each have a heading of their own, in any order, with remarks anywhere."""
    lines = draw(REMARKS)
    for name in draw(st.lists(NAMES, unique=True)):
        lines += [*draw(REMARKS), f"[{name}]"]
        for key in draw(st.lists(KEYS, unique=True)):
            lines += [*draw(REMARKS), f"{key} = {draw(VALUES)}"]
    return "\n".join(lines) + "\n"


@given(texts())
def test_all_statements_together_are_the_text(text: str) -> None:
    assert "".join(one.text for one in statements(text)) == text


@given(texts(), st.sets(NAMES))
def test_what_is_left_means_what_it_meant(text: str, tables: set[str]) -> None:
    left = {name: value for name, value in tomllib.loads(text).items() if name not in tables}
    assert tomllib.loads(without(text, tables)) == left
    assert tomllib.loads(blanked(text, tables)) == left


@given(texts(), st.sets(NAMES))
def test_a_blanked_text_has_as_many_lines(text: str, tables: set[str]) -> None:
    kept = blanked(text, tables).split("\n")
    assert len(kept) == len(text.split("\n"))
    assert all(one in ("", was) for one, was in zip(kept, text.split("\n"), strict=True))


def test_tables_go_with_their_remarks_and_nothing_else_does() -> None:
    assert without(TEXT, ("wifi",)) == '# In front.\n\ntop = 1\n\n# Of the daemon.\n[home]\nhost = "b"\n'


def test_what_is_hidden_is_named() -> None:
    told = hidden(TEXT, lambda one: one.table == "wifi" and one.kind == "key", "{}: hidden")
    assert "# wifi.country: hidden\n" in told
    assert "not a header" not in told
    assert tomllib.loads(told) == {"top": 1, "wifi": {"networks": [{}]}, "home": {"host": "b"}}
