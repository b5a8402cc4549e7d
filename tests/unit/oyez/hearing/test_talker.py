"""Who speaks to the device over its own voice, on levels and judgements that are made up."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from oyez.hearing.floor import power_of
from oyez.hearing.talker import LEAK_FIRST_DB, MISTAKEN_DB, Talker

SUSPECT_MS = 100


def block(dbfs: float) -> np.ndarray:
    """10 ms of that RMS."""
    return np.full(160, round(32767 * 10 ** (dbfs / 20)), np.int16)


SILENCE = block(-90)


class Scene:
    """A device that plays at `far_db`, and leaves `left_db` of it."""

    def __init__(self, far_db: float = -20.0, left_db: float = -50.0) -> None:
        self.talker = Talker(SUSPECT_MS)
        self.far_db, self.left_db = far_db, left_db

    def room(self, dbfs: float, blocks: int, *, voiced: bool = False, addressed: bool = False) -> None:
        """Before the reply."""
        for _ in range(blocks):
            self.talker.hear(power_of(block(dbfs)), SILENCE, voiced=voiced, probability=0.0, addressed=addressed)

    def woken(self, dbfs: float = -30.0) -> None:
        self.room(-60.0, 1000)
        self.room(dbfs, 60, voiced=True)
        self.talker.woken()

    def alone(self, blocks: int) -> bool:
        """It speaks by itself, and the cheap judge is fooled now and then. Whether somebody was ever suspected."""
        return any(self.over(self.left_db, voiced=at % 4 == 0, probability=0.2) for at in range(blocks))

    def over(self, dbfs: float, *, voiced: bool = True, probability: float = 0.9, far: bool = True) -> bool:
        self.talker.hear(
            power_of(block(dbfs)),
            block(self.far_db) if far else SILENCE,
            voiced=voiced,
            probability=probability,
            addressed=False,
        )
        return self.talker.suspected

    def blocks_until_suspected(self, dbfs: float, probability: float = 0.9, most: int = 200) -> int | None:
        return next((at for at in range(1, most) if self.over(dbfs, probability=probability)), None)


def replying(**kw: float) -> Scene:
    scene = Scene(**kw)
    scene.woken()
    scene.room(-60.0, 50)
    scene.talker.replying(True)
    return scene


def test_who_speaks_over_a_reply_as_loud_as_they_woke_it_is_suspected_within_a_tenth_of_a_second() -> None:
    scene = replying()
    assert not scene.alone(300)
    assert (scene.blocks_until_suspected(-30.0) or 99) <= 10


def test_the_device_alone_is_not_suspected_even_where_it_leaves_much_of_its_own_voice() -> None:
    scene = replying(left_db=-33.0)
    assert not scene.alone(3000)
    assert scene.talker.leak_db > -14.0


def test_the_less_sure_the_judges_are_the_longer_it_takes() -> None:
    took = [replying().blocks_until_suspected(-30.0, probability=p) or 999 for p in (0.99, 0.5, 0.3, 0.05)]
    assert took == sorted(took)
    assert took[0] < took[-1]


def test_a_room_that_gives_back_much_asks_for_more() -> None:
    dead, live = replying(left_db=-60.0), replying(left_db=-30.0)
    for scene in (dead, live):
        for _ in range(2000):
            scene.over(scene.left_db, voiced=False, probability=0.0)
    easy, hard = (scene.blocks_until_suspected(-33.0, 0.4) for scene in (dead, live))
    assert easy is not None
    assert hard is None or hard > easy


def test_a_suspicion_that_was_wrong_makes_it_more_careful() -> None:
    scene = replying()
    assert scene.blocks_until_suspected(-30.0)
    scene.talker.mistaken()
    assert not scene.talker.suspected
    assert scene.talker.leak_db >= LEAK_FIRST_DB + MISTAKEN_DB - 0.5


def test_a_television_that_sounded_before_the_reply_is_not_taken_for_somebody_who_speaks_to_us() -> None:
    scene = Scene()
    scene.room(-45.0, 1000, voiced=True)
    scene.room(-30.0, 60, voiced=True)
    scene.talker.woken()
    scene.room(-45.0, 100, voiced=True)
    scene.talker.replying(True)
    assert not any(scene.over(-45.0, far=False) for _ in range(300))
    assert (scene.blocks_until_suspected(-32.0) or 99) <= 12


def test_with_a_loud_television_who_is_near_to_the_level_of_their_wake_word_is_still_heard() -> None:
    scene = Scene()
    scene.room(-32.0, 1000, voiced=True)
    scene.room(-30.0, 60, voiced=True)
    scene.talker.woken()
    scene.talker.replying(True)
    assert scene.blocks_until_suspected(-31.0)


def test_a_conversation_begun_by_a_button_learns_their_level_from_what_they_say() -> None:
    scene = Scene()
    scene.room(-60.0, 500)
    scene.room(-35.0, 200, voiced=True, addressed=True)
    scene.room(-60.0, 50)
    assert scene.talker.levels.user_db == pytest.approx(-35.0, abs=0.5)
    scene.room(-60.0, 50, addressed=True)  # the service hears them still, and nothing was said
    scene.room(-60.0, 50)
    assert scene.talker.levels.user_db == pytest.approx(-35.0, abs=0.5)
    scene.talker.replying(True)
    assert scene.blocks_until_suspected(-38.0)


@given(st.lists(st.tuples(st.floats(-90, 0), st.floats(-90, 0), st.booleans(), st.floats(0, 1)), max_size=200))
def test_whatever_it_hears_nothing_is_suspected_without_speech_nor_while_the_device_is_silent(
    heard: list[tuple[float, float, bool, float]],
) -> None:
    silent, deaf = Talker(SUSPECT_MS), Talker(SUSPECT_MS)
    deaf.replying(True)
    for clean_db, far_db, voiced, probability in heard:
        sound = power_of(block(clean_db)), block(far_db)
        assert silent.hear(*sound, voiced=voiced, probability=probability, addressed=voiced) == voiced
        assert not deaf.hear(*sound, voiced=False, probability=probability, addressed=False)
        assert not silent.suspected
        assert not deaf.suspected


@given(st.lists(st.tuples(st.floats(-90, 0), st.floats(-90, 0), st.booleans(), st.floats(0, 1)), max_size=300))
def test_the_leak_stays_within_what_can_be(heard: list[tuple[float, float, bool, float]]) -> None:
    talker = Talker(SUSPECT_MS)
    talker.replying(True)
    for clean_db, far_db, voiced, probability in heard:
        talker.hear(power_of(block(clean_db)), block(far_db), voiced=voiced, probability=probability, addressed=False)
        if talker.suspected:
            talker.mistaken()
        assert LEAK_FIRST_DB - 5.0 <= talker.leak_db <= 6.0


def test_every_false_alarm_asks_for_more_evidence_of_the_next_and_replies_that_pass_for_less() -> None:
    scene = replying()
    took = []
    for _ in range(4):
        took.append(scene.blocks_until_suspected(-30.0, 0.6) or 999)
        scene.talker.mistaken()
    assert took == sorted(took)
    assert took[-1] > took[0]
    for _ in range(6):
        scene.talker.replying(False)
        scene.talker.replying(True)
        scene.alone(3000)  # what is left of it is learned anew
    assert (scene.blocks_until_suspected(-30.0, 0.6) or 999) <= took[0] + 1


def verdicts(scene: Scene, dbfs: float, probability: float, blocks: int) -> list[bool]:
    sound = power_of(block(dbfs)), SILENCE
    return [scene.talker.hear(*sound, voiced=True, probability=probability, addressed=False) for _ in range(blocks)]


def test_in_a_pause_the_soft_end_of_a_loud_word_counts_and_soft_words_and_doubtful_sounds_do_not() -> None:
    scene = replying()
    assert all(verdicts(scene, -30.0, 0.9, 15)[3:])
    assert all(verdicts(scene, -45.0, 0.9, 20))
    television = replying()
    assert not any(verdicts(television, -45.0, 0.9, 60))
    rain = replying()
    assert not any(verdicts(rain, -30.0, 0.4, 60))
