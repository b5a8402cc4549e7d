"""From what was laid on the boot partition to what is taken in."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez.config_file import parse
from oyez.errors import ConfigError
from oyez_system.first_boot.command import LARGEST_BYTES as LARGEST_LAID
from oyez_system.first_boot.reading import HEAD, UPDATES_HEAD, InForce, Laid, Taken, read
from oyez_system.first_boot.settings import TABLES, System, Wifi
from oyez_system.update_settings import LARGEST_BYTES, parse as parse_updates
from tests.unit.oyez_system.first_boot.device import GOOD, SECRETS
from tests.unit.oyez_system.first_boot.example import EXAMPLE, filled_in, uncommented

SLIPS = {
    "correct horse": "secret",
    "Europe/Berlin": "Berlin",
    '"rabbit"': '"rabbit',
    "homeassistant.local": "mqtt://homeassistant.local:1883",
    "username =": "usrname =",
    '#quiet_from = "22:00"': "quiet_from = 22:00",
}
"""Of somebody who fills the example in."""
GUIDE = (Path(__file__).parents[4] / "docs/first-boot.md").read_text()
ZONES = ("Europe/Berlin", "UTC")


def taken(text: str | None, preseed: str | None = None, before: InForce = InForce()) -> Taken:  # noqa: B008
    return read(Laid(text, "oyez.toml", preseed), before, lambda zone: zone in ZONES)


def mistakes(text: str | None, preseed: str | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        taken(text, preseed)
    return caught.value.mistakes


def test_where_tools_are_not_known_their_secrets_are_taken_and_no_way_out_of_their_folder() -> None:
    before = InForce("of an older version = 1")
    assert read(Laid('[secrets]\ntool_lamp_authorization = "a"\nmcp_house = "b"'), before, lambda zone: True).secrets
    for name in ("tool_../../oyez-system/system.toml", "mcp_a/../b", "tool_", "mcp_\\u0000"):
        with pytest.raises(ConfigError, match="is unknown"):
            read(Laid(f'[secrets]\n"{name}" = "x"'), before, lambda zone: True)


def test_the_example_is_good_once_it_is_filled_in() -> None:
    found = taken(filled_in())
    assert found.config is not None
    assert parse(found.config, "").device.id == "kitchen"
    assert found.wifi is not None
    assert set(found.secrets) == {"device_key", "mqtt_password"}


def test_the_example_as_it_is_is_told_as_not_filled_in_and_nothing_else_is_wrong_with_it() -> None:
    """A device that waits for a network called `Name of your Wi-Fi` would tell nobody why."""
    told = mistakes(EXAMPLE)
    assert all("is still the example's: write " in one for one in told)
    numbers = [number for number, line in enumerate(EXAMPLE.splitlines(), 1) if "(!)" in line and line[0] != "#"]
    assert [int(one.split(":")[0].removeprefix("oyez.toml, line ")) for one in told] == numbers


def test_the_example_is_good_with_every_remark_taken_away() -> None:
    text = uncommented()
    assert text.count("\n[[tools]]") == 1
    assert all("is still the example's" in one for one in mistakes(text))
    found = taken(filled_in(text))
    assert found.config is not None
    assert parse(found.config, "").board.name == "respeaker-2mic-v1"
    assert found.updates is not None
    assert parse_updates(found.updates, "").source.startswith("https://")


def test_what_the_guide_shows_is_what_happens() -> None:
    shortest = GUIDE.split("```toml\n")[1].split("```")[0]
    assert all("is still the example's" in one for one in mistakes(shortest))
    assert taken(filled_in(shortest)).wifi is not None
    wrong = filled_in(EXAMPLE.replace("https://tokens.example.org", "https://tokens.example.com"))
    for right, slip in SLIPS.items():
        assert right in wrong
        wrong = wrong.replace(right, slip, 1)
    told = mistakes(wrong)
    assert len(told) == len(SLIPS) + 1
    for one in told:
        assert f"- {one}\n" in GUIDE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[wifi]\n", "oyez.toml, line 1: wifi.ssid is missing"),
        ("[wifi]\nssid = 'a'\n", 'wifi.password is missing. For a network without a password write security = "open".'),
        ("[wifi]\nssid = 'a'\npassword = 'short'\n", "line 3: wifi.password has 5 characters"),
        ("[wifi]\nssid = 'a'\npassword = 'grün grün'\n", "line 3: wifi.password holds a character"),
        ("[wifi]\nssid = 'a'\nsecurity = 'open'\npassword = 'long enough'\n", "line 4: wifi.password stands beside"),
        (
            "[wifi]\nssid = 'a'\nsecurity = 'wep'\n",
            "wifi.security is 'wep': it must be one of wpa3, wpa2, open",
        ),
        ("[wifi]\nssid = '" + "ä" * 17 + "'\npassword = 'long enough'\n", "line 2: wifi.ssid has 34 bytes"),
        ("[wifi]\ncountry = 'Germany'\n", "line 2: wifi.country must be the two letters"),
        ("[wifi]\nsid = 'a'\n", "line 2: wifi.sid is unknown. Did you mean ssid?"),
        ("[system]\nhostname = 'my kitchen'\n", "line 2: system.hostname must be"),
        ("[system]\ntime_zone = '../../etc/passwd'\n", "line 2: system.time_zone is '../../etc/passwd'"),
        ("[system]\nssh_keys = ['-----BEGIN OPENSSH PRIVATE KEY-----']\n", "line 2: system.ssh_keys[0] is no public"),
        ("[secrets]\ndevicekey = 'x'\n", "line 2: secrets.devicekey is unknown. Did you mean device_key?"),
        ("[secrets]\nmqtt_password = '''a\nb'''\n", "line 2: secrets.mqtt_password must stand on one line"),
        ("secrets = 'x'\n", "line 1: secrets must be a table"),
        ("[updates]\nsorce = 'https://a/b'\n", "line 2: updates.sorce is unknown. Did you mean source?"),
        ("[updates]\nsource = 'http://a/b'\n", "line 2: updates.source begins with http://"),
        ("[updates]\n\nquiet_from = '25:00'\n", "line 3: updates.quiet_from is '25:00'"),
        ("[wifi]\npassword = 1\n[updates]\ntrial_s = 1\n", "line 4: updates.trial_s is 1"),
        ("updates = 3\n", "line 1: updates must be a table"),
        ("[wifi]\nssid = My network\n", "oyez.toml, line 2: a text stands between quotes"),
        ("[wifi]\nssid = 5\n", 'line 2: wifi.ssid must stand between quotes: write ssid = "5".'),
        (
            "[system]\nssh_keys = 'ssh-ed25519 A'\n",
            'line 2: system.ssh_keys is a list: put it between [ ]: ssh_keys = ["',
        ),
        ("[system]\ntime_zone = 'berlin'\n", 'no time zone: write it like "Europe/Berlin".'),
        ("[[wifi]]\nssid = 'a'\n", "line 1: wifi stands here once: write [wifi]"),
        (
            "[home]\nhost = 'mqtt://nas'\n",
            'line 2: home.host must be the broker\'s name or address alone: write host = "nas".',
        ),
        (
            "[line]\nbackend_url = 'nas:8700'\n",
            'line.backend_url must begin with https:// or http://: write "http://nas:8700".',
        ),
        ("[home]\nhots = 'a'\n", "line 2: home.hots is unknown. Did you mean host?"),
        ("[WiFi]\nssid = 'a'\n", "line 1: WiFi is unknown. Did you mean wifi?"),
        ("[xyz]\n", "line 1: xyz is unknown. Known are: wifi, system, secrets, updates, "),
        ("[wifi]\nssid = 'a'\npassword = \"a\\bcdefghi\"\n", "write the password between ' and ' instead"),
        ("[secrets]\ndevice_key = 'The key of kitchen: oyez_0'\n", "line 2: secrets.device_key has a blank in it"),
    ],
)
def test_each_mistake_is_told_with_its_line_in_plain_words(text: str, told: str) -> None:
    assert any(told in one for one in mistakes(text)), mistakes(text)


def test_all_mistakes_come_at_once_in_the_order_of_the_file() -> None:
    told = mistakes(
        "[home]\nport = 0\n[wifi]\nssid = ''\npassword = 'x'\n[system]\nhostname = '-'\n[line]\nvoise = ''\n"
    )
    lines = [int(found[1]) for one in told if (found := re.search(r"line (\d+)", one))]
    assert lines == sorted(lines)
    assert len(told) >= 4


# Each stands for itself, whatever else is wrong: (table, line, how its sentence begins)
ALONE = [
    ("wifi", "sid = 'a'", "wifi.sid is unknown"),
    ("wifi", "country = 'Germany'", "wifi.country must be"),
    ("wifi", "hidden = 'yes'", "wifi.hidden must stand without quotes"),
    ("system", "hostname = '-'", "system.hostname must be"),
    ("system", "time_zone = 5", "system.time_zone must stand between quotes"),
    ("system", "ssh_keys = ['x']", "system.ssh_keys[0] is no public key"),
    ("secrets", "devicekey = 'x'", "secrets.devicekey is unknown"),
    ("secrets", "mqtt_password = 5", "secrets.mqtt_password must be a text"),
    ("updates", "source = 'http://nas/x'", "updates.source begins with http://"),
    ("updates", "trial_s = 1", "updates.trial_s is 1"),
    ("home", "host = 'a:1'", "home.host must be"),
    ("home", "port = '1'", "home.port must stand"),
    ("home", "quiet_until = '07:00'", "home.quiet_until needs home.quiet_from"),
    ("home", "audio_folder = 'x'", "home.audio_folder must be a whole path"),
    ("line", "vioce = 'x'", "line.vioce is unknown"),
    ("line", "local_key_file = '/k'", "line.local_key_file has no effect"),
    ("board", "name = 'toaster'", "board.name is 'toaster'"),
    ("hearing", "wake_word = 'hey_travis'", "hearing.wake_word is 'hey_travis'"),
    ("lights", "kind = 'apa103'", "lights.kind is 'apa103'"),
    ("speeking", "", "speeking is unknown"),
    ("home", "username = me", "a text stands between quotes"),
    ("line", "language = 'en", "the quote at the end is missing"),
]


@given(st.lists(st.sampled_from(ALONE), unique=True))
def test_whatever_is_wrong_together_all_of_it_is_told_in_one_round(chosen: list[tuple[str, str, str]]) -> None:
    text = "[device]\nid = 'x'\n"
    for table in dict.fromkeys(one[0] for one in chosen):
        text += f"[{table}]\n" + "".join(f"{line}\n" for name, line, _ in chosen if name == table)
    told = mistakes(text) if chosen else []
    lines = text.splitlines()
    for table, line, begins in chosen:
        number = lines.index(line or f"[{table}]") + 1
        assert any(one.startswith(f"oyez.toml, line {number}: {begins}") for one in told), (told, begins)
    unreadable = any("stands between quotes" in one or "quote at the end" in one for one in told)
    assert len(told) == len(chosen) + (needs_a_network(chosen) and not unreadable), told


def needs_a_network(chosen: list[tuple[str, str, str]]) -> bool:
    """[wifi] without a name, unless all that it says is in which country it is."""
    wifi = [line for table, line, _ in chosen if table == "wifi"]
    return bool(wifi) and not any(line.startswith("country") for line in wifi)


def test_tables_that_cannot_be_taken_apart_by_their_headings_are_refused() -> None:
    told = mistakes("device.id = 'x'\nwifi = {ssid = 'a', password = 'long enough'}\n[device]\nname = 'y'\n")
    assert told
    assert not any("long enough" in one for one in told)


def test_secrets_of_tools_and_servers_are_known_by_the_configuration() -> None:
    tool = (
        '[[tools]]\nkind = "http"\nname = "rain"\ndescription = "?"\nurl = "http://r/"\nheader_files = {X-Key = ""}\n'
    )
    assert taken(f"[secrets]\ntool_rain_x_key = 'k'\n{tool}").secrets == {"tool_rain_x_key": "k"}
    assert "is unknown" in mistakes(f"[secrets]\ntool_snow_x_key = 'k'\n{tool}")[0]


@pytest.mark.parametrize(
    "text", ["[wifi]\nnetworks = [['Nest', 'hunter22']]\n", "wifi = 'hunter22'\n", "[wifi]\nhidden = 'hunter22'\n"]
)
def test_a_password_in_the_wrong_place_is_not_shown(text: str) -> None:
    assert "hunter22" not in " ".join(mistakes(text))


def test_a_configuration_in_force_that_this_version_does_not_understand_keeps_no_new_wifi_out() -> None:
    found = taken("[wifi]\nssid = 'a'\npassword = 'long enough'\n", before=InForce("[gone]\nx = 1\n"))
    assert found.wifi is not None
    assert found.config is None


def test_a_table_of_ours_wins_over_imagers() -> None:
    imagers = '[wlan]\nssid = "Imager"\npassword = "long enough"\n[system]\nhostname = "imager"\n'
    found = taken("[wifi]\nssid = 'Own'\npassword = 'long enough'\n", imagers)
    assert found.wifi is not None
    assert found.system is not None
    assert (found.wifi.ssid, found.system.hostname) == ("Own", "imager")


def test_of_a_table_of_ours_nothing_of_imagers_counts_and_a_mistake_in_either_is_told() -> None:
    """As docs/first-boot.md has it, field by field."""
    imagers = '[system]\nhostname = "imager"\n[locale]\ntimezone = "Europe/Berlin"\n[wlan]\nssid = "a"\n'
    found = taken("[system]\nhostname = 'own'\n[wifi]\ncountry = 'DE'\n", imagers)
    assert (found.system, found.wifi) == (System(hostname="own"), Wifi(country="DE"))
    told = mistakes("[home]\nport = '1'\n", imagers.replace("Europe/Berlin", "Berlin") + "[user\n")
    assert [one.split(",")[0] for one in told] == ["oyez.toml", "rpi-preseed.toml", "rpi-preseed.toml"]


@pytest.mark.parametrize("text", ["updates.quiet_from = '01:00'\n", "updates = {quiet_from = '01:00'} # ours\n"])
def test_however_toml_lets_a_table_be_written_updates_are_the_same(text: str) -> None:
    found = taken(f"{text}[device]\nid = 'x'\n")
    assert found.updates is not None
    assert parse_updates(found.updates, "").quiet_from == "01:00"


def test_a_file_that_says_nothing_of_updates_leaves_them() -> None:
    assert taken("[device]\nid = 'x'\n").updates is None


def test_whatever_is_taken_in_of_updates_is_read_whole_later() -> None:
    assert LARGEST_LAID + len(UPDATES_HEAD) <= LARGEST_BYTES


def test_without_a_password_an_open_network_of_imagers_is_open() -> None:
    found = taken(None, '[wlan]\nssid = "Cafe"\n')
    assert found.wifi is not None
    assert found.wifi.security == "open"
    assert found.done is None


def test_nothing_that_is_secret_is_ever_shown_by_accident() -> None:
    assert "horse" not in repr(taken(GOOD))


@given(st.permutations([f"{block}\n" for block in GOOD.split("\n\n")]), st.booleans())
def test_in_whatever_order_the_tables_stand_the_same_is_taken(blocks: list[str], windows: bool) -> None:
    text = "\n".join(blocks)
    found = taken(text.replace("\n", "\r\n") if windows else text)
    assert found.config is not None
    assert tomllib.loads(found.config) == {k: v for k, v in tomllib.loads(text).items() if k not in TABLES}
    assert found.updates is not None
    assert tomllib.loads(found.updates) == {"updates": tomllib.loads(text)["updates"]}
    assert found.done is not None
    assert not any(secret in found.done + found.config + found.updates for secret in SECRETS if secret in text)
    again = taken(found.done, before=InForce(found.config, dict.fromkeys((b"Nest", b"Grandma's"))))  # type: ignore[arg-type]
    assert again.updates is not None
    assert parse_updates(again.updates, "") == parse_updates(found.updates, "")
    assert again.done is not None
    assert again.done.count(HEAD) == 1
