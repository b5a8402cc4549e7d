"""Echo return loss enhancement."""

import numpy as np

from oyez.hearing.echo.erle import Erle

LOUD = np.full(160, 1000, np.int16)


def test_a_tenth_of_the_amplitude_is_20_db_after_half_a_second() -> None:
    erle = Erle()
    for _ in range(49):
        erle.hear(LOUD, LOUD // 10)
    early_db = erle.db
    erle.hear(LOUD, LOUD // 10)
    late_db = erle.db
    assert early_db is None
    assert late_db is not None
    assert abs(late_db - 20) < 0.01


def test_the_last_seconds_count_more_than_the_first() -> None:
    erle = Erle()
    for _ in range(300):
        erle.hear(LOUD, LOUD)
    for _ in range(900):
        erle.hear(LOUD, LOUD // 10)
    assert erle.db is not None
    assert 11 < erle.db < 20
