"""Who is silent too long is named; who gives proof is not."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.liveness import Liveness

ORGANS = ["capture", "playback", "conductor"]


def test_an_organ_that_never_spoke_is_counted_from_the_start() -> None:
    liveness = Liveness({"capture": 2.0}, now=100.0)
    assert liveness.verdict(102.0) == []
    assert liveness.verdict(103.0) == ["capture has been silent for 3.0 s, 2 s are allowed"]


def test_proof_of_life_ends_the_verdict() -> None:
    liveness = Liveness({"capture": 2.0}, now=0.0)
    liveness.beat("capture", 9.0)
    assert liveness.verdict(10.0) == []


def test_the_house_is_complete_when_everyone_gave_proof() -> None:
    liveness = Liveness(dict.fromkeys(ORGANS, 1.0), now=0.0)
    for organ in ORGANS:
        assert not liveness.complete()
        liveness.beat(organ, 0.5)
    assert liveness.complete()


def test_an_unknown_organ_and_a_silence_of_nothing_are_refused() -> None:
    with pytest.raises(KeyError):
        Liveness({"capture": 1.0}, 0.0).beat("ears", 0.0)
    with pytest.raises(ValueError, match="longer than 0"):
        Liveness({"capture": 0.0}, 0.0)


@given(st.lists(st.tuples(st.sampled_from(ORGANS), st.floats(0.0, 100.0)), max_size=60), st.floats(100.0, 200.0))
def test_the_verdict_names_exactly_those_whose_last_proof_is_too_old(
    beats: list[tuple[str, float]], now: float
) -> None:
    liveness = Liveness(dict.fromkeys(ORGANS, 50.0), 0.0)
    last = dict.fromkeys(ORGANS, 0.0)
    for organ, at_s in beats:
        liveness.beat(organ, at_s)
        last[organ] = max(last[organ], at_s)
    assert [sentence.split()[0] for sentence in liveness.verdict(now)] == [o for o in ORGANS if now - last[o] > 50.0]
