"""What the updater says, believed as far as it can be; and how it is asked."""

import json
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from oyez.update_file import INSTALLING, NO_UPDATER, NOTHING_NEWER, Update, UpdateFile

SAME = Update("1.0", "1.0")


def said(folder: Path, **fields: object) -> UpdateFile:
    (folder / "update.json").write_text(json.dumps(fields))
    return UpdateFile(folder, "1.0")


def test_without_an_updater_the_newest_version_is_the_installed_one(tmp_path: Path) -> None:
    assert UpdateFile(tmp_path, "1.0").look() == SAME
    assert UpdateFile(None, "1.0").look() == SAME
    assert UpdateFile(tmp_path, "1.0").request() == NO_UPDATER
    assert UpdateFile(None, "1.0").request() == NO_UPDATER


def test_a_newer_version_is_shown_with_where_to_read_of_it(tmp_path: Path) -> None:
    updates = said(tmp_path, latest="1.1", title="Oyez 1.1", release_url="https://example.org/1.1")
    assert updates.look() == Update("1.0", "1.1", "Oyez 1.1", "https://example.org/1.1")


def test_progress_is_shown_while_there_is_some(tmp_path: Path) -> None:
    assert said(tmp_path, latest="1.1", in_progress=True, percentage=41.7).look().update_percentage == 42
    assert said(tmp_path, latest="1.1", in_progress=True).look().update_percentage is None
    assert said(tmp_path, latest="1.1", percentage=100).look().update_percentage is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"latest": ""},
        {"latest": "1.1; reboot"},
        {"latest": "../1.1"},
        {"latest": "1.1", "percentage": 101},
        {"latest": "1.1", "release_url": "ftp://example.org"},
        {"latest": "1.1", "release_url": "javascript:alert(1)"},
        {"latest": "1.1", "in_progress": "yes"},
        {"latest": "1.1", "command": "rm"},
        {"latest": "1.1", "title": "x" * 256},
    ],
)
def test_what_is_not_understood_is_told_once_and_shows_no_update(
    tmp_path: Path, fields: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    updates = said(tmp_path, **fields)
    assert updates.look() == SAME
    assert updates.look() == SAME
    assert updates.request() == NO_UPDATER
    assert len(caplog.records) == 1


def test_the_updater_is_asked_by_a_file_that_names_the_version(tmp_path: Path) -> None:
    assert said(tmp_path, latest="1.1").request() == ""
    assert (tmp_path / "install-update").read_text() == "1.1\n"


def test_nothing_is_asked_of_an_updater_that_has_nothing_or_is_busy(tmp_path: Path) -> None:
    assert said(tmp_path, latest="1.0").request() == NOTHING_NEWER
    assert said(tmp_path, latest="1.1", in_progress=True).request() == INSTALLING
    assert not (tmp_path / "install-update").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    updates = said(tmp_path, latest="1.1")
    (tmp_path / "install-update.new").mkdir()
    assert "could not be asked" in updates.request()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_is_in_the_file_there_is_an_answer(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "update.json").write_bytes(content)
    assert isinstance(msgspec.json.encode(UpdateFile(tmp_path, "1.0").look()), bytes)
