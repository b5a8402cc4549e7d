"""The store of devices: keys shown once, hashes kept, changes seen by a running server, damage survived."""

import json
import logging
import stat
from pathlib import Path

import pytest

from oyez_backend.device_store import HASHER, DeviceStore, StoreError


def store(directory: Path) -> DeviceStore:
    return DeviceStore(directory, lambda: 1_000_000.0)


def test_a_key_is_kept_only_as_its_hash_in_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    key = store(tmp_path).add("kitchen")
    path = tmp_path / "devices.json"
    assert key.secret not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (device,) = store(tmp_path).devices()
    assert HASHER.verify(device.key_hash, key.secret)
    assert device.key_hash.startswith("$argon2id$")
    assert device.key_hash not in repr(device)


def test_what_another_process_adds_and_revokes_is_seen_without_a_restart(tmp_path: Path) -> None:
    server, command = store(tmp_path), store(tmp_path)
    assert server.find("0123456789ab") is None
    key = command.add("kitchen")
    found = server.find(key.device_id)
    assert found is not None
    assert found.revoked_at is None
    command.revoke("kitchen")
    found = server.find(key.device_id)
    assert found is not None
    assert found.revoked_at == 1_000_000.0


def test_a_name_is_given_once_at_a_time(tmp_path: Path) -> None:
    devices = store(tmp_path)
    first = devices.add("kitchen")
    with pytest.raises(StoreError, match="already has a key"):
        devices.add("kitchen")
    devices.revoke("kitchen")
    assert devices.add("kitchen").device_id != first.device_id


@pytest.mark.parametrize("name", ["", "a b", "-x", "ü", "x" * 65, "a\n", "../x"])
def test_a_name_that_would_break_a_list_or_a_log_is_refused_and_writes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="no device name"):
        store(tmp_path).add(name)
    assert list(tmp_path.iterdir()) == []


def test_revoking_an_unknown_device_names_the_known(tmp_path: Path) -> None:
    devices = store(tmp_path)
    devices.add("kitchen")
    with pytest.raises(StoreError, match="the devices are kitchen"):
        devices.revoke("attic")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 2}', b'{"devices": [{"id": 1}]}', b"[" * 100_000])
def test_a_damaged_store_is_named_and_left_as_it_is(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "devices.json"
    path.write_bytes(damage)
    with pytest.raises(StoreError, match="no device store"):
        store(tmp_path).add("kitchen")
    assert path.read_bytes() == damage


def test_a_running_server_survives_damage_says_it_once_and_sees_the_repair(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = store(tmp_path)
    key = server.add("kitchen")
    path = tmp_path / "devices.json"
    good = path.read_text()
    assert server.find(key.device_id) is not None
    path.write_text("{")
    with caplog.at_level(logging.ERROR):
        assert server.find(key.device_id) is not None
        assert server.find(key.device_id) is not None
    assert len(caplog.records) == 1
    path.write_text(json.dumps({**json.loads(good), "devices": []}))
    assert server.find(key.device_id) is None


def test_a_directory_that_cannot_be_written_says_which(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="give --data a directory"):
        store(tmp_path / "file").add("kitchen")
