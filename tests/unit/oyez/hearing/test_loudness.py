"""How loud something is that somebody says."""

import numpy as np
import pytest

from oyez.hearing.loudness import QUIETEST_DBFS, spoken_dbfs


def test_pauses_do_not_make_a_talker_softer() -> None:
    talk = np.full(8000, 3277, np.int16)
    assert spoken_dbfs(talk) == pytest.approx(-20.0, abs=0.1)
    assert spoken_dbfs(np.concatenate([np.zeros(16_000, np.int16), talk])) == pytest.approx(-20.0, abs=0.1)


def test_nothing_is_as_quiet_as_can_be() -> None:
    assert spoken_dbfs(np.zeros(0, np.int16)) == QUIETEST_DBFS
    assert spoken_dbfs(np.zeros(1600, np.int16)) == QUIETEST_DBFS
