"""A download goes on where it was cut off, and only there."""

import hypothesis.strategies as st
from hypothesis import given

from oyez_system.updates.partial import Partial, asking, begun, describes_another, place
from oyez_system.updates.release import Release

RELEASE = Release("1.1", "https://x/b", 1000, "0" * 64)


def test_of_a_file_that_is_not_begun_all_is_asked() -> None:
    assert asking(begun(RELEASE, {}), 0, RELEASE.bundle) == {"accept-encoding": "identity"}


def test_the_rest_is_asked_for_only_if_the_file_is_still_the_same() -> None:
    partial = begun(RELEASE, {"etag": '"abc"', "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT"})
    asked = asking(partial, 400, RELEASE.bundle)
    assert (asked["range"], asked["if-range"]) == ("bytes=400-", '"abc"')


def test_a_weak_etag_proves_nothing_and_the_date_stands_in_for_it() -> None:
    partial = begun(RELEASE, {"etag": 'W/"abc"', "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT"})
    assert asking(partial, 400, RELEASE.bundle)["if-range"] == "Sat, 21 Nov 2026 10:00:00 GMT"


def test_the_proof_of_one_address_is_not_shown_to_another() -> None:
    partial = begun(RELEASE, {"etag": '"abc"'})
    assert "if-range" not in asking(partial, 400, "https://elsewhere/b")


def test_a_part_of_another_file_is_not_gone_on_with() -> None:
    assert begun(RELEASE, {}).is_of(RELEASE)
    assert not Partial("https://x/b", 1000, "1" * 64).is_of(RELEASE)
    assert not Partial("https://x/b", 999, "0" * 64).is_of(RELEASE)


def test_the_answer_says_where_it_belongs() -> None:
    assert place(206, {"content-range": "bytes 400-999/1000"}, 400, 1000) == 400
    assert place(206, {"content-range": "bytes 400-999/*"}, 400, 1000) == 400
    assert place(200, {}, 400, 1000) == 0
    assert place(206, {"content-range": "bytes 300-999/1000"}, 400, 1000) is None
    assert place(206, {"content-range": "bytes 400-1000/1001"}, 400, 1000) is None
    assert place(206, {}, 400, 1000) is None
    assert place(416, {"content-range": "bytes */1000"}, 400, 1000) is None


def test_a_file_of_another_size_is_known_before_it_is_fetched() -> None:
    assert describes_another(200, {"content-length": "999"}, 1000)
    assert describes_another(206, {"content-range": "bytes 4-998/999"}, 1000)
    assert not describes_another(200, {"content-length": "1000"}, 1000)
    assert not describes_another(200, {}, 1000)
    assert not describes_another(206, {"content-range": "bytes 4-999/*", "content-length": "996"}, 1000)


@given(st.integers(100, 599), st.text(max_size=30), st.text(max_size=6), st.integers(0, 2000), st.integers(1, 2000))
def test_no_answer_puts_a_body_anywhere_but_at_the_end_or_the_beginning(
    status: int, span: str, length: str, have: int, size: int
) -> None:
    headers = {"content-range": span, "content-length": length}
    assert place(status, headers, have, size) in (0, have, None)
    describes_another(status, headers, size)
