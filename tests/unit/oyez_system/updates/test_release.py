"""release.json is believed as far as it can be, and decides nothing that the device does not want."""

import json

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import LARGEST_BYTES, Release, by_itself, decode, whether_to_install

URL = "https://updates.example.org/oyez/release.json"
FIELDS = {"version": "1.1.0", "bundle": "oyez-1.1.0.raucb", "size": 1000, "sha256": "0" * 64}


def read(url: str = URL, *, allow_http: bool = False, **fields: object) -> Release:
    return decode(json.dumps({**FIELDS, **fields}).encode(), url, allow_http=allow_http)


def test_the_bundle_lies_beside_its_description_unless_it_says_otherwise() -> None:
    assert read().bundle == "https://updates.example.org/oyez/oyez-1.1.0.raucb"
    assert read(bundle="https://elsewhere.example/b").bundle == "https://elsewhere.example/b"


def test_what_a_later_version_adds_is_no_mistake() -> None:
    assert read(novelty=[1, 2]).version == "1.1.0"


@pytest.mark.parametrize(
    "fields",
    [
        {"version": ""},
        {"version": "../../etc"},
        {"size": 0},
        {"size": -1},
        {"sha256": "abc"},
        {"bundle": "http://elsewhere.example/b"},
        {"bundle": "file:///etc/passwd"},
        {"bundle": "https://[::1/b"},
        {"notes_url": "javascript:alert(1)"},
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(fields: dict[str, object]) -> None:
    with pytest.raises(Refused, match="is no description of a version") as caught:
        read(**fields)
    assert caught.value.kind == "no_release"


def test_plain_http_is_taken_where_it_is_allowed() -> None:
    assert read("http://nas/release.json", allow_http=True).bundle == "http://nas/oyez-1.1.0.raucb"


@given(st.binary(max_size=200) | st.just(b" " * (LARGEST_BYTES + 1)))
def test_whatever_a_server_answers_is_refused_and_never_a_crash(raw: bytes) -> None:
    with pytest.raises(Refused):
        decode(raw, URL, allow_http=False)


def test_the_same_an_older_and_a_too_far_version_are_refused() -> None:
    def kind(version: str, **more: object) -> str:
        allow = bool(more.pop("allow_downgrade", False))
        why = whether_to_install(version, "1.4.0", allow_downgrade=allow, min_version=str(more.get("min_version", "")))
        return why.kind if why else ""

    assert kind("1.4.0") == "same_version"
    assert kind("1.3.9") == "downgrade"
    assert kind("1.3.9", allow_downgrade=True) == ""
    assert kind("1.4.0", allow_downgrade=True) == "same_version"
    assert kind("2.0.0", min_version="1.5.0") == "too_old"
    assert kind("2.0.0", min_version="1.4.0") == ""


def test_by_itself_it_takes_what_it_may_and_nothing_that_failed() -> None:
    plain, urgent = read(), read(security=True)
    assert by_itself(plain, True, ())
    assert not by_itself(plain, False, ())
    assert not by_itself(plain, "security", ())
    assert by_itself(urgent, "security", ())
    assert not by_itself(urgent, True, {"1.1.0"})
