"""Where an announced sound may come from."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.home.sound_source import BadSource, checked, host_is_allowed, is_address


@pytest.mark.parametrize(
    ("host", "patterns", "allowed"),
    [
        ("homeassistant.local", ("*",), True),
        ("HomeAssistant.Local.", ("homeassistant.local",), True),
        ("tts.example.org", ("*.example.org",), True),
        ("example.org", ("*.example.org",), False),
        ("example.org.evil.net", ("*.example.org", "example.org"), False),
        ("evilexample.org", ("example.org",), False),
        ("192.168.1.9", ("192.168.1.*",), True),
        ("192.168.10.9", ("192.168.1.*",), False),
        ("a", ("[a-z]",), False),
        ("anything", (), False),
        ("", ("*",), False),
    ],
)
def test_a_host_is_allowed_by_its_whole_name_alone(host: str, patterns: tuple[str, ...], allowed: bool) -> None:
    assert host_is_allowed(host, patterns) is allowed


@given(st.text() | st.integers() | st.none())
def test_what_is_taken_is_an_address_of_the_web_or_a_name_that_leads_nowhere_else(source: object) -> None:
    try:
        taken = checked(source)
    except BadSource:
        return
    assert is_address(taken) or not set(taken) & {"/", "\\", "\0", "\n"}
    assert taken not in ("", ".", "..")
