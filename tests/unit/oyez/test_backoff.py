"""Retry delays: bounded, growing, and refused where they make no sense."""

from itertools import islice
from random import Random

import pytest
from hypothesis import given, strategies as st

from oyez.backoff import delays


@given(st.integers(), st.floats(0.01, 10), st.floats(1, 100))
def test_every_delay_lies_between_half_and_all_of_its_ceiling(seed: int, first_s: float, factor: float) -> None:
    cap_s = first_s * factor
    for n, delay_s in enumerate(islice(delays(Random(seed), first_s, cap_s), 12)):
        ceiling_s = min(first_s * 2**n, cap_s)
        assert ceiling_s / 2 <= delay_s <= ceiling_s


def test_two_devices_do_not_come_back_together() -> None:
    assert list(islice(delays(Random(1), 1, 60), 5)) != list(islice(delays(Random(2), 1, 60), 5))


@pytest.mark.parametrize(("first_s", "cap_s"), [(0, 1), (-1, 1), (2, 1)])
def test_senseless_bounds_are_refused_at_once_and_not_at_the_first_wait(first_s: float, cap_s: float) -> None:
    with pytest.raises(ValueError, match="is needed"):
        delays(Random(1), first_s, cap_s)
