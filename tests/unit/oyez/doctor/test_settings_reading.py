"""Files of the appliance: what this user may not see is no finding."""

from pathlib import Path

import pytest

from oyez.doctor.settings_reading import read_secret, read_state
from oyez_hw.doctor.finding import CannotLook
from tests.doubles.pi import put


def test_a_state_folder_of_another_user_is_not_judged(tmp_path: Path) -> None:
    owner = tmp_path.stat().st_uid
    assert read_state(tmp_path, user=lambda: owner).failed == ""
    with pytest.raises(CannotLook, match="sudo oyez doctor"):
        read_state(tmp_path, user=lambda: owner + 1)
    assert list(tmp_path.iterdir()) == []


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
