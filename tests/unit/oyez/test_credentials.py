"""The daemon's secrets: whose word counts, and what a person at a terminal finds without being given any."""

from pathlib import Path

import pytest

from oyez.config import Home
from oyez.credentials import secret, with_client_key
from oyez.errors import ConfigError


def test_a_credential_of_systemd_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "mqtt_password").write_text("from systemd\n")
    (tmp_path / "file").write_text("  from file \n")
    file = str(tmp_path / "file")
    found = secret(file, "mqtt_password", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found is not None
    assert found.reveal() == "from systemd"
    found = secret(file, "device_key", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found is not None
    assert found.reveal() == "from file"
    assert secret("", "device_key", {}) is None


def test_who_may_read_the_daemons_secrets_need_not_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "oyez.mqtt_password").write_text("rabbit")
    found = secret("", "mqtt_password", {}, tmp_path)
    assert found is not None
    assert found.reveal() == "rabbit"
    assert secret("", "mqtt_password", {"CREDENTIALS_DIRECTORY": "/none"}, tmp_path) is None
    assert secret("", "device_key", {}, tmp_path) is None


def test_a_secret_that_is_absent_or_empty_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="could not be read"):
        secret(str(tmp_path / "absent"), "device_key", {})
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        secret(str(tmp_path / "empty"), "device_key", {})


def test_the_key_for_the_broker_is_found_as_the_other_secrets_are(tmp_path: Path) -> None:
    """Given by systemd, else named, else, for a person at a terminal, in the store."""
    home = Home(tls=True, tls_cert_file="/etc/oyez/kitchen.crt")
    store, given = tmp_path / "store", tmp_path / "given"
    for folder, name in ((store, "oyez.mqtt_client_key"), (given, "mqtt_client_key")):
        folder.mkdir()
        (folder / name).write_text("a key")
    assert with_client_key(home, {}).tls_key_file == ""
    assert with_client_key(home, {}, store).tls_key_file == str(store / "oyez.mqtt_client_key")
    assert with_client_key(home, {}, tmp_path / "none").tls_key_file == ""
    assert with_client_key(home, {"CREDENTIALS_DIRECTORY": str(given)}, store).tls_key_file == str(
        given / "mqtt_client_key"
    )
    named = Home(tls=True, tls_cert_file="/etc/oyez/kitchen.crt", tls_key_file="/etc/oyez/kitchen.key")
    assert with_client_key(named, {}, store).tls_key_file == "/etc/oyez/kitchen.key"
