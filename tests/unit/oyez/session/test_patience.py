"""How often and how long a session is tried to be opened."""

from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.session.patience import TRIES_TO_OPEN, to_mend, to_open
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime.closing import Remedy, Verdict
from oyez_realtime.errors import ConnectionLost, SessionRefused


def ended(remedy: Remedy) -> ConnectionLost:
    return ConnectionLost("It ended.", Verdict(remedy, ""), 1006)


BROKE = ended(Remedy.RETRY)
REFUSED = SessionRefused("No.", Verdict(Remedy.REFUSED, ""))


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ended(Remedy.RETRY), True),
        (ended(Remedy.ROTATE), True),
        (ended(Remedy.NEW_TOKEN), True),
        (ended(Remedy.REFUSED), False),
        (ended(Remedy.TELL), False),
        (ended(Remedy.IGNORE), False),
        (ended(Remedy.STOP), False),
        (REFUSED, False),
        (TokenRefused("No."), False),
        (BackendAway("Away."), True),
        (OSError("No route."), True),
        (TimeoutError(), True),
    ],
    ids=lambda case: case if isinstance(case, bool) else f"{type(case).__name__} {getattr(case, 'verdict', '')}"[:40],
)
def test_each_end_is_tried_again_at_once_or_not_at_all(error: BaseException, again: bool) -> None:
    """Every remedy, and what the network and the backend do."""
    assert to_mend(0.0, 12.0, Random(1)).wait_s(error, False, 0.0) == (0.0 if again else None)


def test_a_goodbye_is_no_good_end_while_something_is_owed() -> None:
    assert to_mend(0.0, 12.0, Random(1)).wait_s(ended(Remedy.STOP), True, 0.0) == 0.0


def test_a_second_token_that_is_refused_is_the_end() -> None:
    patience = to_mend(0.0, 12.0, Random(1))
    assert patience.wait_s(ended(Remedy.NEW_TOKEN), False, 0.0) == 0.0
    assert patience.wait_s(ended(Remedy.NEW_TOKEN), False, 0.1) is None


def test_somebody_who_waits_for_the_first_session_hears_soon_that_it_will_not_do() -> None:
    patience, waits = to_open(0.0, 8.0, Random(1)), []
    while (wait_s := patience.wait_s(BROKE, False, 0.0)) is not None:
        waits.append(wait_s)
    assert len(waits) == TRIES_TO_OPEN - 1
    assert all(wait_s > 0 for wait_s in waits)


def test_a_backend_that_names_a_time_is_not_asked_before_it() -> None:
    assert to_mend(0.0, 12.0, Random(1)).wait_s(BackendAway("Busy.", 7.0), False, 0.0) == 7.0
    assert to_mend(0.0, 12.0, Random(1)).wait_s(BackendAway("Busy.", 70.0), False, 0.0) is None


@given(st.floats(0.1, 60.0), st.floats(0.0, 2.0), st.randoms(use_true_random=False))
def test_tries_end_within_the_time_allowed_and_are_not_hasty(reconnect_s: float, each_s: float, rng: Random) -> None:
    """However long a try takes; one that is begun must end in time too."""
    patience, now, tries = to_mend(0.0, reconnect_s, rng), 0.0, 0
    while (wait_s := patience.wait_s(BROKE, False, now)) is not None:
        tries += 1
        now += wait_s
        bound_s = patience.bound_s(now)
        assert bound_s is not None
        assert now + bound_s <= reconnect_s + 1e-9
        now += min(each_s, bound_s)
    assert 1 <= tries <= 6 + reconnect_s * 2
