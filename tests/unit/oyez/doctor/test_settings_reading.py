"""Files of the appliance: what this user may not see is no finding."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from oyez.config import Config
from oyez.doctor.settings_reading import hidden, read_money, read_secret, read_settings, read_state, read_version
from oyez_hw.doctor.finding import CannotLook
from tests.doubles.pi import put


def test_a_state_folder_of_another_user_is_not_judged(tmp_path: Path) -> None:
    owner = tmp_path.stat().st_uid
    assert read_state(tmp_path, user=lambda: owner).failed == ""
    with pytest.raises(CannotLook, match="sudo oyez doctor"):
        read_state(tmp_path, user=lambda: owner + 1)
    assert list(tmp_path.iterdir()) == []


def test_root_writes_through_no_link_of_the_daemons_and_waits_for_no_pipe(tmp_path: Path) -> None:
    victim, state = tmp_path / "shadow", tmp_path / "state"
    victim.write_text("of root")
    state.mkdir()
    (state / ".doctor").symlink_to(victim)
    assert read_state(state).failed == ""
    assert victim.read_text() == "of root"
    assert list(state.iterdir()) == []
    for name in ("spending.json", "update.json"):
        os.mkfifo(state / name)
    with pytest.raises(CannotLook, match="cannot be read"):
        read_money(Config(), state, date(2026, 11, 21))
    assert read_version(state, tmp_path).latest == read_version(state, tmp_path).installed


def test_a_state_folder_that_is_not_there_yet_is_not_judged(tmp_path: Path) -> None:
    with pytest.raises(CannotLook, match="--state"):
        read_state(tmp_path / "none")


def test_a_secret_is_where_systemd_takes_the_daemons_from(tmp_path: Path) -> None:
    """Who calls the doctor has no credentials of his own."""
    assert read_secret(tmp_path, "", "device_key", {}) is None
    put(tmp_path, "etc/credstore/oyez.device_key", "the key\n")
    found = read_secret(tmp_path, "", "device_key", {})
    assert found is not None
    assert found.reveal() == "the key"


@contextmanager
def ordinary_user(closed: Path) -> Iterator[None]:
    """Who may not look into that folder."""
    "".encode("utf-8-sig")  # the interpreter's own files may be out of reach as well
    user = os.geteuid()
    closed.chmod(0o000)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        closed.chmod(0o700)


def test_what_lies_in_a_folder_that_this_user_may_not_enter_is_no_finding_and_no_crash(tmp_path: Path) -> None:
    """As /var/lib/private, where systemd keeps the state of a dynamic user, and /etc/credstore."""
    put(tmp_path, "private/oyez.toml", "")
    put(tmp_path, "etc/credstore/oyez.device_key", "the key")
    (tmp_path / "state").symlink_to(tmp_path / "private/state")
    with ordinary_user(tmp_path / "private"):
        assert hidden(tmp_path / "private/oyez.toml")
        config, facts = read_settings(tmp_path / "private/oyez.toml", tmp_path, {})
        assert config is None
        assert "sudo oyez doctor" in facts.unreadable
        with pytest.raises(CannotLook, match="sudo oyez doctor"):
            read_state(tmp_path / "state")
    with ordinary_user(tmp_path / "etc/credstore"), pytest.raises(CannotLook, match="sudo oyez doctor"):
        read_secret(tmp_path, "", "device_key", {})
