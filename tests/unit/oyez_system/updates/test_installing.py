"""An update is made when it may be, and what is refused leaves the device as it was, with a sentence for people."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from oyez.errors import OyezError
from oyez.update_file import Told
from oyez_system.proof import Proof
from oyez_system.update_settings import Updates
from oyez_system.updates import refusal
from oyez_system.updates.history import BARRED, History, Pending
from oyez_system.updates.installing import CALM_S
from oyez_system.updates.refusal import Refused
from tests.unit.oyez_system.updates.world import ALL, NIGHT, Behaviour, Restarted, World

OLD, NEW = "1.0.0", "1.1.0"


@pytest.fixture
def made(tmp_path: Path) -> World:
    world = World(tmp_path, {})
    world.start()
    world.offer(NEW)
    return world


def bundle(world: World, text: str) -> Path:
    path = world.folder / "oyez.raucb"
    path.write_text(text)
    return path


def told(world: World) -> Told:
    said = world.places.told()
    assert said is not None
    return said


def unharmed(world: World) -> None:
    assert world.restarts == 0
    assert (world.version, world.card.order[0], world.card.left["A"]) == (OLD, "A", 3)
    assert world.places.history() == History(settled="A")
    assert list(world.places.download.glob("*")) == []
    assert not told(world).in_progress


def test_what_there_is_is_shown_and_not_installed_where_nobody_allowed_it(made: World) -> None:
    made.settings = Updates(source="https://x/release.json", automatic=False)
    made.updater().by_itself()
    assert told(made).latest == NEW
    unharmed(made)


def test_by_day_it_only_looks(made: World) -> None:
    made.began = NIGHT.replace(hour=15)
    made.updater().by_itself()
    assert told(made).latest == NEW
    unharmed(made)


def test_without_a_source_it_says_so_and_shows_that_nothing_is_newer(made: World) -> None:
    made.settings = Updates()
    with pytest.raises(Refused, match="Nobody has said where new versions come from"):
        made.updater().by_itself()
    assert told(made).latest == OLD


@pytest.mark.parametrize("version", ["0.9.0", OLD])
def test_what_is_not_newer_is_not_shown_as_newer(made: World, version: str) -> None:
    made.offer(version)
    made.updater().by_itself()
    assert told(made).latest == OLD
    unharmed(made)


def test_who_asks_for_it_gets_it_by_day_and_hears_of_it(made: World) -> None:
    made.began = NIGHT.replace(hour=15)
    with pytest.raises(Restarted):
        made.updater().newest()
    assert (told(made).stage, told(made).percentage) == ("restart_pending", 100.0)
    made.start()
    assert (made.version, made.said) == (NEW, ["updated"])


def test_who_asked_hears_that_it_was_gone_back_from_and_may_ask_again(made: World) -> None:
    made.behaviours[NEW] = Behaviour(starts=False)
    for _ in range(3):
        with pytest.raises(Restarted):
            made.updater().newest()
        made.start()
    assert made.said == ["gone_back"] * 3
    assert NEW in made.places.history().barred


def test_nobody_is_cut_off_and_the_timers_next_run_restarts(made: World) -> None:
    made.proof_now = lambda proof: replace(proof, busy="speaking")
    made.updater().by_itself()
    assert made.restarts == 0
    assert made.now_s >= CALM_S
    assert told(made).stage == "restart_pending"
    made.proof_now = lambda proof: proof
    with pytest.raises(Restarted):
        made.updater().by_itself()
    made.start()
    assert made.version == NEW


def test_a_bundle_from_a_file_is_installed(made: World) -> None:
    with pytest.raises(Restarted):
        made.updater().file(bundle(made, "1.2.0"), unattended=False)
    made.start()
    assert made.version == "1.2.0"


def test_a_stick_that_stays_in_makes_no_loop(made: World) -> None:
    made.behaviours["1.2.0"] = Behaviour(proves=frozenset())
    stick = bundle(made, "1.2.0")
    with pytest.raises(Restarted):
        made.updater().file(stick, unattended=True)
    made.start()
    with pytest.raises(Refused, match="was tried and gone back from"):
        made.updater().file(stick, unattended=True)
    assert (made.version, made.restarts) == (OLD, 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("unsigned", "wrong_key"), ("0.9.0", "downgrade"), (OLD, "same_version"), ("1.2.0 bad", "slot")],
)
def test_a_bad_bundle_is_refused_with_a_sentence_and_the_device_is_unharmed(made: World, text: str, kind: str) -> None:
    made.updater().check()
    with pytest.raises(Refused) as caught:
        made.updater().file(bundle(made, text), unattended=False)
    assert caught.value.kind == kind
    assert told(made).why == str(caught.value)
    unharmed(made)


def test_a_file_that_is_not_there_is_a_sentence(made: World) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        made.updater().file(made.folder / "nothing.raucb", unattended=False)


def test_an_older_version_is_installed_where_that_is_allowed(made: World) -> None:
    made.settings = Updates(allow_downgrade=True)
    with pytest.raises(Restarted):
        made.updater().file(bundle(made, "0.9.0"), unattended=False)
    made.start()
    assert made.version == "0.9.0"


def test_a_bundle_that_is_not_what_its_description_says_is_refused(made: World) -> None:
    made.offer(NEW, text="0.9.0")
    with pytest.raises(Refused) as caught:
        made.updater().newest()
    assert caught.value.kind == "mixed_up"
    unharmed(made)


def test_a_server_that_is_away_is_told_to_who_asked(made: World) -> None:
    made.refuses = refusal.server_away("x", "it does not answer")
    with pytest.raises(Refused):
        made.updater().newest()
    assert "cannot be reached" in told(made).why


def test_no_update_is_made_while_the_version_that_runs_is_on_trial_itself(made: World) -> None:
    made.places.keep(History(pending=Pending(OLD, "0.9.0", "A", "boot-0", installed=True, trials=1)))
    with pytest.raises(Refused, match="on trial itself"):
        made.updater().newest()
    made.places.keep(History())
    made.card.left["A"] = 0
    with pytest.raises(Refused, match="on trial itself"):
        made.updater().newest()


def test_without_what_is_kept_no_update_is_made(made: World) -> None:
    (made.folder / "volatile").touch()
    with pytest.raises(Refused, match="could not be mounted"):
        made.updater().newest()


def test_what_did_not_work_before_is_not_written_down_as_demanded(made: World) -> None:
    made.proof_now = lambda proof: replace(proof, broker=None, token=False, microphone=None)
    made.settings = Updates(source="https://x/release.json", quiet_from="00:00", quiet_until="00:00")
    with pytest.raises(Restarted):
        made.updater().newest()
    pending = made.places.history().pending
    assert pending is not None
    assert pending.demanded == ("conductor", "scoring", "loudspeaker", "wake_word")


def test_a_daemon_that_is_dead_before_the_update_condemns_nobody(made: World) -> None:
    silent: Proof | None = None
    made.proof_now = lambda proof: silent
    with pytest.raises(Restarted):
        made.updater().newest()
    pending = made.places.history().pending
    assert pending is not None
    assert pending.demanded == ("wake_word",)


def test_a_stick_that_is_found_before_the_daemon_is_up_waits_for_what_works(made: World) -> None:
    early_s = made.now_s + 20.0
    made.proof_now = lambda proof: proof if made.now_s > early_s else None
    with pytest.raises(Restarted):
        made.updater().file(bundle(made, "1.2.0"), unattended=True)
    pending = made.places.history().pending
    assert pending is not None
    assert set(pending.demanded or ()) == ALL


def test_the_daemon_can_ask_before_the_updater_has_looked_for_the_first_time(made: World) -> None:
    assert told(made) == Told(OLD)


def test_a_barred_version_waits_for_somebody_who_asks(made: World) -> None:
    made.places.keep(History(points={NEW: BARRED}))
    made.updater().by_itself()
    assert made.restarts == 0
    with pytest.raises(Restarted):
        made.updater().newest()


def test_every_refusal_says_what_it_means_and_what_to_do() -> None:
    sentences: list[OyezError] = [
        refusal.no_source(), refusal.no_release("u", "w"), refusal.server_away("h", "w"), refusal.not_found("u", 404),
        refusal.clock_wrong("h", "1970"), refusal.certificate("h", "w"), refusal.downgrade("1", "2"),
        refusal.too_old("3", "2", "1"), refusal.tried_before("1"), refusal.no_room(1, 2), refusal.damaged(),
        refusal.truncated("h", 1, 2, "w"), refusal.another_file("u"), refusal.no_bundle("n", "w"),
        refusal.wrong_key("n", "w"), refusal.wrong_compatible("n", "a", "b"), refusal.mixed_up("n", "1", "2"),
        refusal.slot_failed("w"), refusal.storage("p", "w"), refusal.no_file("p", "w"), refusal.on_trial(),
    ]  # fmt: skip
    for sentence in map(str, sentences):
        assert sentence.endswith(".")
        assert ": " in sentence
        assert len(sentence) < 400
