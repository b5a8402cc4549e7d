"""Root's files among those of a user who might wish it ill."""

import os
from pathlib import Path

import pytest

from oyez.update_file import Told, UpdateFile
from oyez.update_news import Outcome
from oyez_system.updates.history import History
from oyez_system.updates.places import Places, make_room
from oyez_system.updates.refusal import Refused


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "run").mkdir()
    return Places(tmp_path / "run", tmp_path / "own", tmp_path / "state")


def test_what_is_told_is_what_the_daemon_reads(places: Places) -> None:
    places.tell(Told("1.1.0", in_progress=True, percentage=40.0, stage="downloading"))
    shown = UpdateFile(places.run, "1.0.0").look()
    assert (shown.latest_version, shown.update_percentage) == ("1.1.0", 40)
    assert places.told() == Told("1.1.0", in_progress=True, percentage=40.0, stage="downloading")


def test_a_link_that_the_daemon_laid_leads_root_nowhere(places: Places, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    for name in ("update.json", "update.new", "install-update"):
        (places.run / name).symlink_to(precious)
    places.tell(Told("1.1.0"))
    assert places.take_request()
    assert precious.read_text() == "as it was"
    assert not (places.run / "update.json").is_symlink()


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(places: Places) -> None:
    os.mkfifo(places.run / "update.json")
    assert places.told() is None


def test_without_a_daemon_there_is_nobody_to_tell(places: Places) -> None:
    places.run.rmdir()
    places.tell(Told("1.1.0"))
    assert places.told() is None
    assert not places.take_request()


def test_a_request_is_taken_once(places: Places) -> None:
    places.tell(Told("1.1.0"))
    assert UpdateFile(places.run, "1.0.0").request() == ""
    assert places.take_request()
    assert not places.take_request()


def test_a_folder_in_the_way_of_what_is_told_stops_no_update(places: Places) -> None:
    (places.run / "update.json").mkdir()
    places.tell(Told("1.1.0"))
    assert places.told() is None


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"points": 3}'])
def test_a_history_that_cannot_be_read_is_none(places: Places, raw: bytes) -> None:
    places.state.mkdir()
    (places.state / "update.json").write_bytes(raw)
    assert places.history() == History()


def test_a_history_is_kept(places: Places) -> None:
    history = History(last=Outcome(3, "gone_back", "1.1.0", "1.0.0", "It broke."), points={"1.1.0": 3})
    places.keep(history)
    assert places.history() == history
    assert history.barred == {"1.1.0"}


def test_a_state_folder_that_cannot_be_written_is_a_sentence(places: Places) -> None:
    places.state.write_text("a file")
    with pytest.raises(Refused, match="cannot be written or read"):
        places.keep(History())


def test_what_does_not_fit_is_refused_before_it_is_begun(tmp_path: Path) -> None:
    make_room(tmp_path / "there", 1)
    with pytest.raises(Refused, match="MB are free"):
        make_room(tmp_path / "there", 1 << 60)
