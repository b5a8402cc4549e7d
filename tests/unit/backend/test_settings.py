"""The backend's settings: every mistake named in one go, and the long-lived key found and never shown."""

from pathlib import Path

import pytest

from oyez_backend.settings import Settings, SettingsError, load, parse, upstream_key


def test_nothing_said_means_the_public_service() -> None:
    settings = parse("", {}, "x")
    assert settings.realtime_address == "wss://api.openai.com/v1/realtime"
    assert settings.session == {"type": "realtime", "model": "gpt-realtime-2.1"}


@pytest.mark.parametrize(
    ("upstream_url", "realtime_url", "address"),
    [
        ("http://127.0.0.1:8765/v1", "", "ws://127.0.0.1:8765/v1/realtime"),
        ("https://relay.test/v1/", "", "wss://relay.test/v1/realtime"),
        ("https://relay.test/v1", "wss://other.test/rt", "wss://other.test/rt"),
    ],
)
def test_devices_are_told_the_upstreams_websocket_unless_another_is_set(
    upstream_url: str, realtime_url: str, address: str
) -> None:
    assert Settings(upstream_url=upstream_url, realtime_url=realtime_url).realtime_address == address


def test_every_mistake_is_named_with_its_line() -> None:
    text = 'upstream_ulr = "x"\ntoken_lifetime_s = 5\n\nallowed_models = "m"\n[session]\nmodel = "m"\n'
    with pytest.raises(SettingsError) as caught:
        parse(text, {"OYEZ_BACKEND_TOKENS_BURST": "none"}, "b.toml")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["b.toml:1", "b.toml:2", "b.toml:4", "environment"]
    assert "did you mean upstream_url?" in lines[0]
    assert ">= 10" in lines[1]
    assert "OYEZ_BACKEND_TOKENS_BURST" in lines[3]


@pytest.mark.parametrize("url", ["ftp://x", "https://", "api.openai.com/v1", "https://a b/v1", "https://x/v1?key=1"])
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="upstream_url"):
        parse(f'upstream_url = "{url}"', {}, "b.toml")


def test_broken_toml_tells_where() -> None:
    with pytest.raises(SettingsError, match="line 2"):
        parse("\nx = = 1", {}, "b.toml")


def test_the_environment_goes_over_the_file_and_the_session_over_the_defaults() -> None:
    text = 'token_lifetime_s = 60\n[session]\nmodel = "mine"\n'
    settings = parse(text, {"OYEZ_BACKEND_TOKEN_LIFETIME_S": "90", "HOME": "/"}, "b.toml")
    assert settings.token_lifetime_s == 90
    assert settings.session == {"type": "realtime", "model": "mine"}


def test_a_session_that_the_service_would_refuse_is_the_keepers_mistake_and_not_each_devices() -> None:
    with pytest.raises(SettingsError, match=r"b\.toml:2: session: a session has no field `instrctions`"):
        parse('\n[session]\ninstrctions = "x"\n', {}, "b.toml")


def test_a_missing_file_is_the_keepers_mistake(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "absent.toml", {})


def test_the_file_goes_before_the_credential_and_that_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("sk-file\n")
    (tmp_path / "upstream_key").write_text("sk-credential\n")
    environ = {"OPENAI_API_KEY": "sk-environment"}
    assert upstream_key(Settings(), environ) == "sk-environment"
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    assert upstream_key(Settings(), environ) == "sk-credential"
    assert upstream_key(Settings(upstream_key_file=str(tmp_path / "mine")), environ) == "sk-file"


@pytest.mark.parametrize("content", [b"", b" \n", b"sk-a sk-b", b"sk-\xff"])
def test_a_key_file_without_a_key_says_so_and_shows_nothing_of_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        upstream_key(Settings(upstream_key_file=str(path)), {})
    assert str(path) in str(caught.value)
    assert "sk-" not in str(caught.value)


def test_no_key_at_all_tells_what_to_set() -> None:
    with pytest.raises(SettingsError, match="set OPENAI_API_KEY"):
        upstream_key(Settings(), {})
