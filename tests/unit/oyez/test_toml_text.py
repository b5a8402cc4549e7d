"""A text that is no TOML: every line that cannot be read is told, and everything else is read all the same."""

import tomllib

import pytest
from hypothesis import given, strategies as st

from oyez.mistake import Mistake
from oyez.toml_text import MOST_UNREADABLE, read_toml


def told(text: str) -> list[str]:
    return read_toml(text).tell("oyez.toml", [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ssid = My network", 'write ssid = "..." for a text.'),
        ('ssid = "My network', 'the quote at the end is missing: write ssid = "...".'),
        ("ssid = 'My network", "the quote at the end is missing: write ssid = '...'."),
        ("ssid = “My network”", "these are a word processor's quotes"),
        ('ssid = "my "big" network"', "behind the value of ssid stands something more"),
        ('ssid = "a\\k"', "write ssid = '...', with single quotes."),
        ('ssid = "a\x01"', "a sign that nobody sees"),
        ('ssid = """a', "the three quotes at the end of ssid are missing."),
        ('ssid: "My network"', "stands = and no colon: write ssid = ..."),
        ('ssid "My network"', "this is no setting"),
        ("ssid =", "behind ssid = its value is missing."),
        ("my ssid = 'a'", "in front of = stands one name"),
        ("hidden = True", "write hidden = true, in small letters."),
        ("hidden = yes # really", "write hidden = true, in small letters."),
        ("quiet_from = 7:00", 'a time of day stands between quotes: write quiet_from = "07:00".'),
        ("host = 192.168.1.2", 'write host = "..." for a text.'),
        ("keys = ['a', 'b'", "the list of keys must end with ]"),
        ("x = {a = 1", "must stand on one line"),
        ("[wifi", "write [wifi]."),
        ("wifi]", "write [wifi]."),
        ("[[tools]", "write [[tools]]."),
        ("[wifi] ssid = 'a'", "alone on its line: write [wifi]."),
        ("[my wifi]", "a heading is a name between brackets"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_in_plain_words_with_its_number(line: str, expected: str) -> None:
    (sentence,) = told(f"[a]\nb = 1\n{line}\n")
    assert sentence.startswith("oyez.toml, line 3: ")
    assert expected in sentence


def test_every_line_that_cannot_be_read_is_told_and_all_others_are_read() -> None:
    reading = read_toml('[wifi\nssid = a b\n[home]\nport = 1\nhost = "x\n\nlist = [1,\n[line]\nmodel = "m"\n')
    assert [one.line for one in reading.unreadable] == [1, 2, 5, 7]
    assert reading.table == {"wifi": {}, "home": {"port": 1}, "line": {"model": "m"}}


def test_what_stands_below_a_heading_that_nobody_understands_belongs_to_no_other() -> None:
    assert read_toml("[home]\nport = 1\n[my wifi]\nssid = 'a'\n\n[line]\nmodel = 'm'\n").table == {
        "home": {"port": 1},
        "line": {"model": "m"},
    }


def test_what_was_said_twice_is_told_with_the_first_place() -> None:
    assert told("[a]\nb = 1\nc = 2\nb = 3\n") == [
        "oyez.toml, line 4: this setting stands here a second time, as in line 2: remove one of them."
    ]
    (sentence,) = told("[a]\nb = 1\n[c]\n[a]\nd = 1\n")
    assert sentence.startswith("oyez.toml, line 4: this heading stands here a second time, as in line 1: ")
    assert read_toml("[a]\nb = 1\n[c]\n[a]\nd = 1\n").table == {}


def test_a_value_is_never_repeated() -> None:
    for line in (
        "p = hunter 22",
        "p = 'hunter22",
        "p = “hunter22”",
        "p hunter22",
        "p = [hunter22",
        "hunter22",
        "p: hunter22",
    ):
        assert "hunter22" not in " ".join(told(line))


def test_what_an_unreadable_line_may_have_said_is_not_missed() -> None:
    reading = read_toml("[wifi]\nssid = My net\nsecurity = 'x'\n")
    mistakes = [Mistake("wifi.ssid", "is missing."), Mistake("wifi.security", "is x."), Mistake("wifi", "is odd.")]
    assert [one.partition(": ")[2] for one in reading.tell("f", mistakes)] == [
        "wifi is odd.", 'a text stands between quotes, and a number alone: write ssid = "..." for a text.',
        "wifi.security is x.",
    ]  # fmt: skip


def test_another_kind_of_file_is_not_read_to_its_end() -> None:
    assert len(told("never mind\n" * 1000)) == MOST_UNREADABLE + 1


def test_brackets_without_end_are_a_sentence() -> None:
    assert told("a = " + "[" * 20_000)


LINES = st.one_of(
    st.sampled_from(
        ["[a]", "[b]", "[[c]]", "x = 1", "y = 'z'", "l = [", "]", '"""', "t = '''", "[d", "k = v", "", "# r"]
    ),
    st.text(max_size=12),
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_whatever_stands_there_it_is_read_or_told_with_a_line_of_the_text(text: str) -> None:
    reading = read_toml(text)
    try:
        whole = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        count = text.count("\n") + 1
        assert reading.unreadable
        assert all(1 <= one.line <= count and one.why.endswith(".") for one in reading.unreadable)
    else:
        assert (reading.table, reading.unreadable) == (whole, ())
    assert tomllib.loads(reading.text) == reading.table


GOOD = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), min_size=1)


@given(GOOD, st.lists(st.sampled_from(["u = v w", 'v = "x', "w", "x: 1"]), unique=True), st.randoms())
def test_readable_settings_are_read_whatever_stands_between_them(
    good: dict[str, int], bad: list[str], dice: object
) -> None:
    lines = [f"{name} = {value}" for name, value in good.items()] + bad
    dice.shuffle(lines)  # type: ignore[attr-defined]
    reading = read_toml("\n".join(lines))
    assert reading.table == good
    assert [lines[one.line - 1] for one in reading.unreadable] == [line for line in lines if line in bad]
