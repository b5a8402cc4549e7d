"""Who is let through to the house's telephone: what From says, and what it only seems to say."""

import pytest
from hypothesis import given, strategies as st

from oyez_backend.callers import Caller, admitting, caller_of, may_refer
from oyez_realtime.webhooks import IncomingCall, SipHeader


def call(*values: str, name: str = "From") -> IncomingCall:
    return IncomingCall("evt", "rtc_1", tuple(SipHeader(name, value) for value in values))


@pytest.mark.parametrize(
    ("value", "user", "host"),
    [
        ("sip:+142555512112@sip.example.com", "+142555512112", "sip.example.com"),
        ('"Alice" <sip:Alice@Example.com:5061;transport=tls>;tag=1', "alice", "example.com"),
        ("<tel:+49-30-12 34>;tag=1", None, None),
        ("<tel:+49-30-(1234)>", "+49301234", ""),
        ("sip:%2B4930@trunk", "+4930", "trunk"),
        ("sips:door@[2001:db8::1]:5060", "door", "[2001:db8::1]"),
        ("Alice <sip:a@x> <sip:b@y>", None, None),
        ('"<sip:+49301234@trunk>" <sip:mallory@elsewhere>', "mallory", "elsewhere"),
        ('"unclosed <sip:+49301234@trunk>', None, None),
        ("<sip:@trunk>", None, None),
        ("mailto:a@b", None, None),
        ("", None, None),
    ],
)
def test_the_caller_is_read_from_the_address_and_not_from_the_name(
    value: str, user: str | None, host: str | None
) -> None:
    assert caller_of(call(value)) == (None if user is None or host is None else Caller(user, host))


def test_two_callers_in_one_call_are_nobody() -> None:
    assert caller_of(call("sip:a@x", "sip:b@x")) is None
    assert caller_of(call()) is None
    assert caller_of(call("sip:a@x", name="f")) == Caller("a", "x")


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("+49 30 1234567", True),
        ("+4930*", True),
        ("+49 (30) 12345??", True),
        ("+4930*@trunk.example.com", True),
        ("*@*.example.com", True),
        ("*", True),
        ("+4930", False),
        ("+4930*@elsewhere", False),
        ("4930*", False),
        (".*", False),
        ("[+]49*", False),
        ("", False),
    ],
)
def test_a_pattern_fits_the_whole_number_or_not_at_all(pattern: str, fits: bool) -> None:
    caller = Caller("+49301234567", "trunk.example.com")
    assert (admitting((pattern,), caller) is not None) is fits


def test_nobody_is_admitted_unless_named_and_the_unknown_only_with_everyone() -> None:
    caller = Caller("+4930", "trunk")
    assert admitting((), caller) is None
    assert admitting(("+49*", "*"), None) == "*"
    assert admitting(("+49*", "*@*"), None) is None
    assert "+4930" not in repr(caller)


@given(st.text(), st.lists(st.text(alphabet="+0123*?@a."), max_size=3))
def test_no_header_breaks_the_reading(value: str, patterns: list[str]) -> None:
    caller = caller_of(call(value))
    assert admitting(patterns, caller) in (None, *patterns)


def test_a_call_is_passed_on_only_where_the_keeper_said() -> None:
    assert may_refer(("tel:+4930*",), "tel:+493012")
    assert not may_refer(("tel:+4930*",), "tel:+4390012")
    assert not may_refer((), "tel:+493012")
    assert not may_refer(("sip:desk@x",), "sip:desk@xy")
