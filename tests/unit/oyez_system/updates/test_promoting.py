"""A device that is updated always comes back: to the new version when that proved itself, else to the old one."""

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from oyez.update_news import Outcome
from oyez_system.proof import Proof
from oyez_system.updates import refusal
from oyez_system.updates.history import BARRED, History
from tests.doubles.two_slots import PowerCut
from tests.unit.oyez_system.updates.world import ALL, Behaviour, CuttablePlaces, World

OLD, NEW = "1.0.0", "1.1.0"


def world(folder: Path, **behaviours: Behaviour) -> World:
    """By name: new, newer."""
    names = {"new": NEW, "newer": "1.2.0"}
    made = World(folder, {names[name]: behaviour for name, behaviour in behaviours.items()})
    made.start()
    return made


def last(made: World) -> Outcome:
    outcome = made.places.history().last
    assert outcome is not None
    return outcome


def test_a_version_that_proves_itself_stays(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    made.night()
    assert (made.version, last(made).result, last(made).why) == (NEW, "promoted", "")
    made.start()
    assert made.version == NEW
    assert made.restarts == 1


@pytest.mark.parametrize("lost", sorted(ALL))
def test_a_version_that_lost_anything_is_gone_back_from_and_not_tried_again(tmp_path: Path, lost: str) -> None:
    made = world(tmp_path, new=Behaviour(proves=ALL - {lost}))
    made.offer(NEW)
    for _ in range(4):
        made.night()
    assert (made.version, made.restarts) == (OLD, 2)
    assert last(made).result == "gone_back"
    assert "it did not prove that" in last(made).why
    assert "It is not tried again by itself" in last(made).why


def test_a_version_that_does_not_start_is_named_by_the_old_one(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(starts=False))
    made.offer(NEW)
    made.night()
    assert last(made).why == "Version 1.1.0 did not start, so the version before, 1.0.0, runs. It is tried once more."
    made.night()
    assert last(made).why == (
        "Version 1.1.0 did not start, so the version before, 1.0.0, runs. "
        "It is not tried again by itself: wait for the next one, or ask for it."
    )
    made.night()
    assert (made.version, made.restarts) == (OLD, 2)


def test_a_version_that_hangs_in_its_trial_gets_one_more_chance(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(hangs=True))
    made.offer(NEW)
    for _ in range(5):
        made.night()
    assert (made.version, made.restarts) == (OLD, 2)


def cut_early(made: World, times: int) -> None:
    """The power goes before anybody marks the start as good."""
    for _ in range(times):
        made.card.switch_on()


def test_a_version_that_failed_comes_back_by_no_number_of_power_cuts(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(hangs=True, proves=frozenset()))
    made.offer(NEW)
    made.night()
    assert (made.version, last(made).result) == (OLD, "gone_back")
    for times in (3, 4, 6):
        cut_early(made, times)
        made.start()
        assert made.version == OLD


@pytest.mark.parametrize("times", range(1, 9))
def test_power_cuts_in_the_first_seconds_bring_no_older_version_back(tmp_path: Path, times: int) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    made.night()
    cut_early(made, times)
    made.start()
    assert (made.version, last(made).result) == (NEW, "promoted")


@pytest.mark.parametrize("good", [True, False])
def test_a_damaged_file_of_the_boot_loader_brings_nothing_else_back(tmp_path: Path, good: bool) -> None:
    made = world(tmp_path, newer=Behaviour(proves=ALL - {"microphone"}))
    made.offer(NEW)
    made.night()
    if not good:
        made.offer("1.2.0")
        made.night()
    made.card.lose_env()
    made.start()
    assert made.version == NEW


def test_a_damaged_file_of_the_boot_loader_proves_nothing(tmp_path: Path) -> None:
    """Slot A is on trial, its power is cut, and then it seems to have all its tries."""
    made = world(tmp_path, newer=Behaviour(proves=ALL - {"microphone"}))
    made.offer(NEW)
    made.night()
    made.offer("1.2.0")
    real = made.proof_now

    def cut(proof: Proof) -> Proof | None:
        if made.version == "1.2.0":
            made.proof_now = real
            made.card.lose_env()
            raise PowerCut
        return real(proof)

    made.proof_now = cut
    made.night()
    assert (made.version, last(made).result) == (NEW, "gone_back")


def test_a_version_that_starts_no_more_gives_way_to_the_one_before_which_says_so(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    made.night()
    made.behaviours[NEW] = Behaviour(starts=False)
    made.start()
    assert made.version == OLD
    assert last(made).why.startswith("Version 1.1.0 did not start, so the version before, 1.0.0, runs.")
    starts = made.card.starts
    made.start()
    assert (made.version, made.card.starts) == (OLD, starts + 1)


def test_what_did_not_work_before_condemns_nobody(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.available = ALL - {"broker", "token"}
    made.offer(NEW)
    made.night()
    assert made.version == NEW


def test_an_internet_that_goes_away_in_mid_update_costs_the_version_one_try_only(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    real = made.proof_now

    def away(proof):  # type: ignore[no-untyped-def]
        if made.restarts:
            made.available = ALL - {"broker", "token"}
        return real(proof)

    made.proof_now = away
    made.night()
    assert made.version == OLD
    assert "the version before does not, either" in last(made).why
    assert last(made).why.endswith("It is tried once more.")
    made.proof_now, made.available = real, ALL
    made.night()
    assert made.version == NEW


def test_a_version_without_network_is_known_by_the_old_one_having_it(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(proves=ALL - {"broker"}))
    made.offer(NEW)
    made.night()
    assert NEW in made.places.history().barred
    assert "either" not in last(made).why


def test_the_next_version_is_taken_after_one_that_failed(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(proves=frozenset()))
    made.offer(NEW)
    made.night()
    made.offer("1.2.0")
    made.night()
    assert made.version == "1.2.0"


def test_where_the_disk_is_full_a_version_on_trial_goes_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    keep = CuttablePlaces.keep

    def full(places: CuttablePlaces, history: History) -> None:
        if made.version == NEW:
            raise refusal.storage("update.json", "No space left on device")
        keep(places, history)

    monkeypatch.setattr(CuttablePlaces, "keep", full)
    made.night()
    assert (made.version, last(made).result, made.restarts) == (OLD, "gone_back", 2)


def test_without_its_data_a_version_on_trial_goes_back(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    (tmp_path / "volatile").touch()
    card = made.card
    card.holds["B"], card.order, card.left["B"] = NEW, ["B", "A"], 1
    made.start()
    assert made.version == OLD


def test_a_version_that_somebody_installed_by_hand_must_hear(tmp_path: Path) -> None:
    made = world(tmp_path, new=Behaviour(proves=ALL - {"microphone"}))
    card = made.card
    card.holds["B"], card.order, card.left["B"] = NEW, ["B", "A"], 1
    made.start()
    assert made.version == OLD
    card.holds["B"], card.order, card.left["B"] = "1.2.0", ["B", "A"], 1
    made.start()
    assert made.version == "1.2.0"


def test_the_guard_of_trials_is_called_off_by_a_version_that_stays_and_by_no_other(tmp_path: Path) -> None:
    settled = tmp_path / "own" / "settled"
    made = world(tmp_path)
    assert settled.exists()
    settled.unlink()
    seen: list[bool] = []
    real = made.proof_now

    def look(proof: Proof) -> Proof | None:
        seen.append(settled.exists())
        return real(proof)

    made.proof_now = look
    made.offer(NEW)
    made.night()
    assert (made.version, any(seen), settled.exists()) == (NEW, False, True)


def test_who_asked_is_told_aloud_and_nobody_else(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.offer(NEW)
    made.night()
    assert made.said == []


BEHAVIOURS = st.builds(
    Behaviour,
    starts=st.booleans() | st.just(True),
    proves=st.frozensets(st.sampled_from(sorted(ALL))) | st.just(ALL),
    hangs=st.sampled_from([False, False, True]),
)
NIGHTS = st.lists(
    st.tuples(
        st.sampled_from(["", NEW, "1.2.0", "1.3.0"]),
        st.none() | st.integers(0, 30),
        st.sampled_from([ALL, ALL, ALL - {"broker", "token"}, ALL - {"token"}]),
        st.sampled_from(["", "", "switched off", "damaged", "cut early"]),
    ),
    max_size=12,
)


@given(st.fixed_dictionaries({NEW: BEHAVIOURS, "1.2.0": BEHAVIOURS}), NIGHTS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_it_never_loops_and_ends_on_a_version_that_proved_itself(
    behaviours: dict[str, Behaviour], nights: list[tuple[str, int | None, frozenset[str], str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = World(Path(folder), behaviours)
        made.start()
        for offered, cut_in, available, trouble in nights:
            starts = made.card.starts
            made.available = available
            made.card.cut_in = cut_in
            if offered:
                made.offer(offered)
                made.night()
            # A night: never more than there and back, and once more for each time that the power goes.
            assert made.card.starts - starts <= 8
            if trouble == "damaged":
                made.card.lose_env()
            elif trouble == "cut early":
                cut_early(made, 3)
            if trouble:
                made.start()
            assert made.card.starts - starts <= 20
        made.card.cut_in, made.available = None, ALL
        made.start()
        assert made.behaviour.proves >= ALL - {"broker", "token"}
        assert not made.behaviour.hangs
        made.offer("9.0.0")
        made.night()
        restarts = made.restarts
        made.night()
        made.start()
        assert made.version == "9.0.0"
        assert made.restarts == restarts
        assert made.card.left[made.card.running] > 0
        assert all(points < 3 * BARRED for points in made.places.history().points.values())
