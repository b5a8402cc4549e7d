"""The backend's settings: every mistake named in one go, and the long-lived key found and never shown."""

from pathlib import Path

import pytest

from oyez_backend.call_settings import CallSettings
from oyez_backend.device_policy import DevicePolicy
from oyez_backend.settings import Settings, SettingsError, load, parse, upstream_key, webhook_secret


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


def test_calls_are_off_unless_there_is_a_table_of_them() -> None:
    assert parse("", {}, "x").calls is None
    settings = parse('upstream_url = "http://u/v1"\n[calls]\ndevice = "kitchen"\n', {}, "x")
    assert settings.calls is not None
    assert settings.calls.allow == (), "nobody, until somebody is named"
    assert settings.sideband_address == "ws://u/v1/realtime"


def test_whoever_answers_the_telephone_is_the_houses_session_with_its_own_over_it() -> None:
    text = '[session]\ninstructions = "house"\n[calls]\ndevice = "k"\n[calls.session]\ninstructions = "desk"\n'
    session = parse(text, {}, "x").call_session
    assert session == {"type": "realtime", "model": "gpt-realtime-2.1", "instructions": "desk"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[calls]\n", "missing required field `device`"),
        ('[calls]\ndevice = "k"\nalow = ["*"]\n', "unknown field `alow`"),
        ('[calls]\ndevice = "k"\nmax_call_s = 0\n', "max_call_s"),
        ('[calls]\ndevice = "k"\ntools = "no place"\n', "tools"),
        ('[calls]\ndevice = "k"\n[calls.session]\nvoice = "x"\n', "no field `voice`"),
        ('[calls]\ndevice = "k"\n[calls.session]\ntype = "transcription"\n', "calls"),
        ('[transcription]\ntype = "realtime"\n', "transcription: "),
        ('[transcription]\ninstructions = "x"\n', "no field `instructions`"),
        ('[devices.kitchen]\nsessions = ["hologram"]\n', "devices"),
        ("[devices.kitchen]\nsesions = []\n", "unknown field `sesions`"),
    ],
)
def test_a_mistake_about_calls_captions_or_devices_is_named(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        parse(text, {}, "b.toml")


def test_a_device_that_is_not_named_may_have_all() -> None:
    settings = parse('[devices.kitchen]\nsessions = ["realtime"]\ntools = []\n', {}, "x")
    assert settings.policy_of("attic") == DevicePolicy()
    assert settings.policy_of("kitchen") == DevicePolicy(sessions=("realtime",), tools=())


def test_the_webhook_secret_comes_from_file_credential_or_environment_and_is_never_shown(tmp_path: Path) -> None:
    secrets = ["whsec_" + letter * 32 for letter in "abc"]
    (tmp_path / "mine").write_text(secrets[0] + "\n")
    (tmp_path / "webhook_secret").write_text(secrets[1])
    environ = {"OPENAI_WEBHOOK_SECRET": secrets[2]}
    calls = CallSettings(device="k")
    found = [webhook_secret(calls, environ)]
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    found.append(webhook_secret(calls, environ))
    found.append(webhook_secret(CallSettings(device="k", webhook_secret_file=str(tmp_path / "mine")), environ))
    assert len({secret.key for secret in found}) == 3
    with pytest.raises(SettingsError, match="set OPENAI_WEBHOOK_SECRET"):
        webhook_secret(calls, {})
    with pytest.raises(SettingsError, match="whsec_") as caught:
        webhook_secret(calls, {"OPENAI_WEBHOOK_SECRET": "whsec_tooshort"})
    assert "tooshort" not in str(caught.value)
