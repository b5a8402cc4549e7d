"""rig.toml: what is right becomes a Rig; what is wrong is told with its line, its path and what to do."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests.hardware.rig.rig_file import TABLES, Rig, RigError, parse

EXAMPLE = Path(__file__).parents[2] / "hardware" / "rig" / "rig.example.toml"
MOUTH = '[mouth]\ndevice = "hw:CARD=Mouth"\ndistance_m = 1.0\nlevel_65_dbfs = -25.0\n'


def told(text: str) -> list[str]:
    with pytest.raises(RigError) as caught:
        parse(text, "rig.toml")
    return caught.value.mistakes


def judged(text: str) -> tuple[Rig | None, list[str]]:
    """Any other error is the test's end."""
    try:
        return parse(text, "rig.toml"), []
    except RigError as error:
        return None, error.mistakes


def test_the_example_of_the_documentation_is_whole_and_right() -> None:
    rig = parse(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.name)
    assert all(getattr(rig, table) is not None for table in TABLES), "each table is shown"


def test_a_file_of_nothing_is_a_bench_of_nothing() -> None:
    assert parse("", "rig.toml") == Rig()


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    mistakes = told('[mouth]\ndevice = "hw:1"\ndistanc_m = 1.0\n[power]\noff = "relay off"\non = ["relay", "on"]\n')
    assert mistakes == [
        "rig.toml, line 1: mouth lacks distance_m: add it, or leave out the whole table.",
        "rig.toml, line 1: mouth lacks level_65_dbfs: add it, or leave out the whole table.",
        "rig.toml, line 3: mouth.distanc_m is unknown. Did you mean distance_m?",
        "rig.toml, line 5: power.off cannot be used: expected `array`, got `str`.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[mouht]\n", "mouht is unknown. Did you mean mouth?"),
        ("mouth = 3\n", "mouth is no table: write [mouth] on a line of its own."),
        ("[mouth\n", "this is no TOML"),
        (MOUTH.replace("-25.0", "3.0"), "mouth.level_65_dbfs cannot be used"),
        ('[power]\noff = ["a"]\non = ["b"]\n', "would cut off the bench machine itself"),
        ('[ssh]\nhost = "-oProxyCommand=x"\nuser = "pi"\nkey = "k"\n', "ssh.host cannot be used"),
        ('[broker]\ndevice_id = "a/b"\n', "broker.device_id cannot be used"),
        ('[broker]\ndevice_id = "a"\nusername = "b"\n', "needs username and password_file, or neither"),
        ('[broker]\ndevice_id = "a"\n[wires]\n', "names no line"),
        ('[broker]\ndevice_id = "a"\n[wires]\nmute = 4\nlight = 4\n', "gives one line to two uses"),
        ("[wires]\nmute = 4\n", "needs [broker]"),
        ('[ear]\ndevice = "hw:2"\ndistance_m = 0.3\nchannel = 1\n', "is 1, and the device has 1, counted from 0"),
        ('[usb]\noff = []\non = ["b"]\n', "usb.off cannot be used"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(text: str, sentence: str) -> None:
    (mistake,) = told(text)
    assert sentence in mistake
    assert mistake.startswith("rig.toml")


@given(st.text())
def test_any_text_is_a_rig_or_a_mistake(text: str) -> None:
    rig, mistakes = judged(text)
    assert (rig is None) == bool(mistakes)


KEYS = sorted({key for table in TABLES.values() for key in table.__struct_fields__})
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4)


@given(st.dictionaries(st.sampled_from(sorted(TABLES)), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)))
def test_any_table_is_taken_or_told(tree: dict[str, dict[str, object]]) -> None:
    """Of TOML's own kinds: what this test cannot write in TOML it leaves out."""
    lines = []
    for table, keys in tree.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None]
    _, mistakes = judged("\n".join(lines))
    assert all(mistake.startswith("rig.toml") and mistake.endswith((".", "?")) for mistake in mistakes)


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return '"' + "".join(f"\\U{ord(one):08X}" for one in value if not 0xD800 <= ord(one) < 0xE000) + '"'
        case list():
            return "[" + ", ".join(_toml(one) for one in value if one is not None) + "]"
    raise TypeError(value)
