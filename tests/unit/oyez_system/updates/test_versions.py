"""Which of two versions is the newer one."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_system.updates.versions import newer, order, same

VERSIONS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.+~_-]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("older", "later"),
    [
        ("1.9", "1.10"),
        ("1.9.9", "2.0"),
        ("1.4.0-rc1", "1.4.0"),
        ("1.4.0~rc1", "1.4.0~rc2"),
        ("1.4.0-rc2", "1.4.0-rc10"),
        ("1.3.9", "1.4.0-rc1"),
        ("1.4", "1.4.1"),
        ("unknown", "0.0.1"),
        ("2026.9", "2026.10"),
    ],
)
def test_the_newer_one_is_found_however_it_is_counted(older: str, later: str) -> None:
    assert newer(later, older)
    assert not newer(older, later)


@pytest.mark.parametrize(("one", "other"), [("1.4", "1.4.0"), ("1.4.0+git.abc", "1.4.0"), ("1.4-rc1", "1.4~rc1")])
def test_what_counts_for_nothing_makes_no_new_version(one: str, other: str) -> None:
    assert same(one, other)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_any_versions_stand_in_one_order(a: str, b: str, c: str) -> None:
    assert newer(a, b) + newer(b, a) + same(a, b) == 1
    first, second, third = sorted((a, b, c), key=order)
    assert not newer(first, second)
    assert not newer(second, third)
    assert not newer(first, third)
