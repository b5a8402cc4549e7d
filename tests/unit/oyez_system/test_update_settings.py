"""[updates] of system.toml: taken as it is written, and every mistake named with its line."""

from pathlib import Path

import pytest

from oyez.errors import ConfigError
from oyez_system.update_settings import Updates, load, parse


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "system.toml") == Updates()


def test_what_is_written_is_taken_and_other_tables_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "system.toml").write_text(
        '[other]\n[updates]\nsource = "https://updates.mine.net/release.json"\nautomatic = "security"\ntrial_s = 120\n'
    )
    assert load(tmp_path / "system.toml") == Updates(
        source="https://updates.mine.net/release.json", automatic="security", trial_s=120.0
    )


def test_every_mistake_is_named_with_its_line() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('[updates]\nautomatc = true\nrate_limit_kb_s = -1\nquiet_from = "25:00"\n', "system.toml")
    assert caught.value.mistakes == [
        "system.toml, line 2: updates.automatc is unknown. Did you mean automatic?",
        "system.toml, line 3: updates.rate_limit_kb_s is -1: it must be from 0 to 1000000.",
        "system.toml, line 4: updates.quiet_from is '25:00': it must be a time of day, such as \"02:00\".",
    ]


def test_an_address_without_tls_must_be_allowed_by_name() -> None:
    with pytest.raises(ConfigError, match="allow_http"):
        parse('[updates]\nsource = "http://nas/release.json"\n', "system.toml")
    assert parse('[updates]\nsource = "http://nas/release.json"\nallow_http = true\n', "x").allow_http


@pytest.mark.parametrize("text", ["[updates", "updates = 3", "[[updates]]\n"])
def test_what_is_no_table_is_a_mistake_and_no_crash(text: str) -> None:
    with pytest.raises(ConfigError, match=r"system\.toml"):
        parse(text, "system.toml")


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "system.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "system.toml")
