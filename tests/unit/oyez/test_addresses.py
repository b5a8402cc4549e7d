"""Addresses: who writes one wrongly is told how to write it."""

import re

import pytest
from hypothesis import given, strategies as st

from oyez.addresses import (
    backend_judge,
    broker_judge,
    home_assistant_judge,
    server_judge,
    socket_judge,
    web_judge,
)

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,6}){0,2}", fullmatch=True)


@pytest.mark.parametrize(
    "host", ["", "broker.local", "10.0.2.2", "::1", "fe80::1%eth0", "pi", "my_broker", "küche.local", "broker.local."]
)
def test_a_name_or_an_address_is_a_broker(host: str) -> None:
    assert broker_judge(host) == ""


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("mqtt://broker.local", 'write host = "broker.local".'),
        ("broker.local:1883", 'write host = "broker.local", port = 1883, each on a line.'),
        (
            "mqtts://me:rabbit@broker.local:8883/x",
            'write host = "broker.local", port = 8883, tls = true, each on a line.',
        ),
        ("broker.local/", 'write host = "broker.local".'),
        (" broker.local", 'write host = "broker.local".'),
        ("[::1]:1883", 'write host = "::1", port = 1883, each on a line.'),
        ("my broker", 'such as "homeassistant.local"'),
        ("mqtt://", 'such as "homeassistant.local"'),
    ],
)
def test_what_is_no_host_alone_is_told_with_what_to_write(host: str, told: str) -> None:
    assert told in broker_judge(host)
    assert "rabbit" not in broker_judge(host)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8700", "https://tokens.home.net/", "https://home.net/oyez", "http://[::1]:8700"]
)
def test_a_backend_may_stand_behind_a_proxys_path(url: str) -> None:
    assert backend_judge(url) == ""


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("192.168.1.5:8700", 'write "http://192.168.1.5:8700".'),
        ("tokens.mine.net", 'write "https://tokens.mine.net".'),
        ("ws://pi.local:8700", 'begins with ws://: write "http://pi.local:8700".'),
        ("HTTP://pi.local", 'write "http://pi.local".'),
        ("http://pi.local:8700/v1/token", 'write "http://pi.local:8700".'),
        ("https://pi.local/v1/", 'write "https://pi.local".'),
        ("https://pi.local/?a=1", "no ?"),
        ("", "must begin with https:// or http://."),
        ("http://", "is no address"),
        ("http://pi.local:99999", "is no address"),
        ("http://[::1", "is no address"),
        ("http://my backend", "is no address"),
    ],
)
def test_a_backend_that_is_none_is_told_with_what_to_write(url: str, told: str) -> None:
    assert told in backend_judge(url)


def test_home_assistant_stands_at_the_root_and_may_be_absent() -> None:
    assert [home_assistant_judge(url) for url in ("", "http://ha.local:8123", "http://ha.local:8123/")] == ["", "", ""]
    assert 'write "http://ha.local:8123".' in home_assistant_judge("http://ha.local:8123/lovelace/0")
    assert 'write "http://ha.local:8123".' in home_assistant_judge("ha.local:8123")


def test_the_live_line_has_a_scheme_of_its_own() -> None:
    assert [socket_judge(url) for url in ("", "ws://x", "wss://x.net/v1/realtime?model=y")] == ["", "", ""]
    assert 'write "wss://api.mine.net/v1/realtime".' in socket_judge("https://api.mine.net/v1/realtime")
    assert 'write "ws://127.0.0.1:8765/v1/realtime".' in socket_judge("127.0.0.1:8765/v1/realtime")


def test_what_lies_on_the_web_may_lie_anywhere_and_a_server_must_be_named() -> None:
    assert web_judge("") == ""
    assert web_judge("https://updates.mine.net/a/release.json?b") == ""
    assert server_judge("") != ""


@given(
    st.text(max_size=40), st.sampled_from([broker_judge, backend_judge, home_assistant_judge, web_judge, socket_judge])
)
def test_whatever_is_written_it_is_right_or_a_sentence(text: str, judge: object) -> None:
    assert callable(judge)
    told = judge(text)
    assert told == "" or (told.endswith(".") and told.isprintable())


@given(
    NAMES,
    st.sampled_from(["", "mqtt://", "mqtts://", "http://"]),
    st.sampled_from(["", ":1883"]),
    st.sampled_from(["", "/"]),
)
def test_who_writes_what_is_told_is_told_nothing_more(name: str, scheme: str, port: str, end: str) -> None:
    told = broker_judge(f"{scheme}{name}{port}{end}")
    if found := re.search(r'host = "(.*?)"', told):
        assert found[1] == name
        assert broker_judge(found[1]) == ""
    told = backend_judge(f"{name}{port}{end}")
    if found := re.search(r'write "(.*?)"', told):
        assert backend_judge(found[1]) == ""
