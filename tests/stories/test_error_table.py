"""No row of the table of ends is without a story. The stories themselves stand in test_error_table_*.py, by remedy:
mended (retry, rotate, new token), refused (and stop), told, ignored."""

import pytest

from oyez_realtime.closing import Remedy
from tests.stories import (
    test_error_table_ignored,
    test_error_table_mended,
    test_error_table_refused,
    test_error_table_told,
)
from tests.stories.mishaps import MOMENTS, SCENES, TABLE, Row, scenes

PLAYED = {
    *test_error_table_ignored.PLAYED,
    *test_error_table_mended.PLAYED,
    *test_error_table_refused.PLAYED,
    *test_error_table_told.PLAYED,
}
"""(row, moment), as the stories were parametrised."""


@pytest.mark.parametrize("row", TABLE)
def test_a_row_has_its_story(row: Row) -> None:
    """A row that is added to the table and not to the scenes fails here, by its name."""
    assert [moment for played, moment in PLAYED if played == row], f"no story plays {row} ({TABLE[row].remedy})"


def test_no_story_is_of_a_row_that_is_gone() -> None:
    assert SCENES.keys() <= TABLE.keys(), SCENES.keys() - TABLE.keys()
    assert {*scenes(*Remedy)} == PLAYED
    assert {moment for moments in SCENES.values() for moment in moments} <= MOMENTS.keys()
