"""Secrets of tools, as the daemon reads them at its start."""

from pathlib import Path

import pytest

from oyez.config_file import parse
from oyez.errors import ConfigError
from oyez.front_door import _secret_headers
from oyez.home.tools import HOME_ASSISTANT

WEB = (
    '[[tools]]\nname = "get-bus"\nkind = "http"\ndescription = "d"\nurl = "https://h/"\nheader_files.X-Api-Key = "{}"\n'
)
HOME = '[home_assistant]\nurl = "http://h"\ntoken_file = "{}"\n'


def test_they_come_from_files_and_from_credentials_and_show_themselves_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("t-1\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "tool_get_bus_x_api_key").write_text("k-1")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    found = _secret_headers(parse(WEB.format("") + HOME.format(tmp_path / "token"), "x"))
    assert found["get-bus"]["X-Api-Key"].reveal() == "k-1"
    assert found[HOME_ASSISTANT]["Authorization"].reveal() == "Bearer t-1"
    assert "t-1" not in str(found)


@pytest.mark.parametrize(("text", "named"), [(WEB.format(""), "X-Api-Key"), (HOME.format(""), "token_file")])
def test_one_that_is_missing_is_named_at_the_start(text: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(ConfigError, match=named):
        _secret_headers(parse(text, "x"))


@pytest.mark.parametrize("value", ["schlüssel", "two\nlines"])
@pytest.mark.parametrize(("text", "named"), [(WEB, "X-Api-Key"), (HOME, "token_file")])
def test_one_that_no_header_can_carry_is_named_at_the_start_and_not_shown(
    text: str, named: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (tmp_path / "secret").write_text(value)
    with pytest.raises(ConfigError, match=named) as refused:
        _secret_headers(parse(text.format(tmp_path / "secret"), "x"))
    assert value not in str(refused.value)
