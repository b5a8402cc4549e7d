"""A broken configuration names every mistake at once, with line and path."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config import Config
from oyez.config_file import load, parse
from oyez.errors import ConfigError
from oyez_hw.catalogue import board_names
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot
from tests.unit.oyez_hw.machines_shown import laid_out


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, "oyez.toml")
    return caught.value.mistakes


def test_an_empty_file_is_the_default_configuration() -> None:
    assert parse("", "oyez.toml") == Config()


def test_an_unknown_board_is_named_beside_other_mistakes_with_the_nearest_names() -> None:
    """It was found only once all else was right, by whoever started a second time."""
    found = mistakes('[board]\nname = "respeaker_2mic"\nperiod_ms = 1\n[hearing]\nwake_wrod = "alexa"\n')
    assert [sentence.split(" ")[3] for sentence in found] == ["board.name", "board.period_ms", "hearing.wake_wrod"]
    assert "no board is called so. Did you mean " in found[0]
    assert all(name in found[0] for name in ("respeaker-2mic-v1", "respeaker-2mic-v2"))


@pytest.mark.parametrize("written", ["[0.0, -50.0]", "[nan, 0.0]", "[-inf, 0.0]", "[-50.0, 400.0]", "[-1.0, 0.0]"])
def test_a_range_of_the_mixer_that_is_none_is_a_mistake_and_not_the_loudest_that_there_is(written: str) -> None:
    (mistake,) = mistakes(f'[board]\nmixer_control = "Speaker"\nmixer_range_db = {written}\n')
    assert "line 3: board.mixer_range_db must be the lowest and the loudest in dB" in mistake


def test_a_range_without_an_element_has_no_effect_and_says_so() -> None:
    (mistake,) = mistakes("[board]\nmixer_range_db = [-50.0, 0.0]\n")
    assert "board.mixer_range_db has no effect without board.mixer_control" in mistake


def test_values_arrive_in_their_structs() -> None:
    config = parse('[device]\nid = "kitchen"\n[home]\nport = 8883\ntls = true\n[hearing]\npreroll_s = 3\n', "x")
    assert (config.device.id, config.home.port, config.home.tls, config.hearing.preroll_s) == (
        "kitchen",
        8883,
        True,
        3.0,
    )


def test_every_mistake_is_named_in_one_pass_in_the_order_of_the_file() -> None:
    text = """[device]
id = "my kitchen"
[home]
prot = 1883
port = 70000
tls = "yes"
[speaker]
x = 1
[[tools]]
name = "light"
topic = "a/b"
"""
    found = mistakes(text)
    assert [sentence.split(" ")[2] + " " + sentence.split(" ")[3] for sentence in found] == [
        "2: device.id",
        "4: home.prot",
        "5: home.port",
        "6: home.tls",
        "7: speaker",
        "9: tools[0].description",
    ]
    assert "Did you mean port?" in found[1]
    assert "70000" in found[2]
    assert "65535" in found[2]
    assert found[3].endswith("home.tls must stand without quotes: write tls = true.")
    assert "Did you mean speaking?" in found[4]
    assert found[5].endswith("is missing.")


def test_a_wrong_choice_names_the_choices() -> None:
    (sentence,) = mistakes('[hearing]\nwake_word = "hey_travis"\n')
    assert "must be one of hey_jarvis, alexa" in sentence
    assert "Did you mean hey_jarvis?" in sentence


def test_a_value_where_a_table_belongs_is_named() -> None:
    (sentence,) = mistakes("home = 5\n")
    assert sentence == "oyez.toml, line 1: home must be a table, [home], and not 5."


def test_bad_toml_is_named_with_its_line() -> None:
    (sentence,) = mistakes('[home]\nhost = "x\n')
    assert "line 2" in sentence


@pytest.mark.parametrize("value", ["inf", "nan", "-inf"])
def test_a_number_without_an_end_is_refused(value: str) -> None:
    (sentence,) = mistakes(f"[conversation]\npatience_s = {value}\n")
    assert "finite" in sentence


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('[home]\npassword_file = "x"\n', "line 2: home.password_file"),
        ('[home]\ndiscovery_prefix = "a/#"\n', "line 2: home.discovery_prefix"),
        ('[home]\ntls_ca_file = "x"\n', "line 2: home.tls_ca_file"),
        ('[home]\ntls_cert_file = "x"\n', "line 2: home.tls_cert_file"),
        ('[home]\ntls = true\ntls_key_file = "x"\n', "line 3: home.tls_key_file"),
        ('[home]\nquiet_from = "22:00"\n', "line 2: home.quiet_from"),
        ('[home]\nquiet_until = "07:00"\n', "line 2: home.quiet_until"),
        ('[home]\nquiet_from = "22:00"\nquiet_until = "22:00"\n', "line 3: home.quiet_until"),
        ('[home]\nquiet_from = "24:00"\nquiet_until = "07:00"\n', "line 2: home.quiet_from"),
        ('[home]\naudio_folder = "sounds"\n', "line 2: home.audio_folder"),
        ('[line]\nbackend_url = "backend:1"\n', "line 2: line.backend_url"),
        ('[line]\nrealtime_url = "http://x"\n', "line 2: line.realtime_url"),
        ('[line]\nlocal_url = "http://x"\n', "line 2: line.local_url"),
        ('[line]\nlocal_url = "ws://[::1"\n', "line 2: line.local_url"),
        ('[line]\nlocal_key_file = "/k"\n', "line 2: line.local_key_file"),
        ('[line]\nlocal_url = "ws://x"\nlocal_ca_file = "/ca"\n', "line 3: line.local_ca_file"),
        ('[[tools]]\nname="a"\ndescription="d"\ntopic="x/+"\n', "line 4: tools[0].topic"),
    ],
)
def test_settings_that_contradict_each_other_are_named(text: str, path: str) -> None:
    (sentence,) = mistakes(text)
    assert path in sentence


def test_two_tools_of_one_name_are_both_named() -> None:
    tool = '[[tools]]\nname="a"\ndescription="d"\ntopic="x"\n'
    assert len(mistakes(tool + tool)) == 2


def test_a_secret_pasted_into_the_file_is_not_repeated_in_the_error() -> None:
    found = mistakes('[line]\nkey = "ek_SECRETSECRET"\nmax_output_tokens = "sk-SECRETSECRET"\n')
    assert len(found) == 2
    assert "SECRETSECRET" not in "".join(found)


def test_brackets_without_end_are_a_mistake_and_not_a_crash() -> None:
    assert mistakes("a = " + "[" * 20_000)


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "oyez.toml"
    path.write_bytes(b'\xef\xbb\xbf[device]\r\nid = "kitchen"\r\n')
    assert load(path).device.id == "kitchen"


def test_a_file_that_is_absent_no_text_or_too_large_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="could not be read"):
        load(tmp_path / "absent.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'[device]\nname = "K\xfcche"\n')
    with pytest.raises(ConfigError, match="line 2: this is not UTF-8"):
        load(latin)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load(large)


NAMES = st.sampled_from(["device", "home", "line", "tools", "id", "port", "name", "x"]) | st.text(max_size=5)
VALUES = st.sampled_from(["1", '"a"', "true", "[]", "{}", "[{}]", "{a=1}", "1979-05-27", "inf", "-0.0", '"""\n"""'])
LINES = st.one_of(
    st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    NAMES.map(lambda name: f"[{name}]"),
    NAMES.map(lambda name: f"[[{name}]]"),
    st.text(max_size=20),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_whatever_the_file_holds_is_a_configuration_or_sentences(text: str) -> None:
    found: list[str] | None = None
    try:
        parse(text, "oyez.toml")
    except ConfigError as error:
        found = error.mistakes
    assert found is None or (found and all(sentence.startswith("oyez.toml") for sentence in found))


def test_a_board_s_name_says_what_is_not_written() -> None:
    board = parse('[board]\nname = "respeaker-usb-v2"\nplayback_rate_hz = 48000\n', "x").board
    assert (board.capture_device, board.capture_channels) == ("hw:CARD=ArrayUAC10,DEV=0", 6)
    assert (board.reference_channels, board.clean_channel, board.playback_rate_hz) == ([5], 0, 48_000)
    assert [place.channel for place in board.microphones] == [1, 2, 3, 4]


def test_auto_asks_the_machine_that_is_handed_in_and_no_other(tmp_path: Path) -> None:
    laid_out("codec-zero", tmp_path)
    text = '[board]\nname = "auto"\nplayback_device = "plughw:0"\n'
    assert parse(text, "x").board.capture_device == "default"
    board = parse(text, "x", snapshot(tmp_path)).board
    assert (board.capture_device, board.playback_device) == ("hw:CARD=Zero,DEV=0", "plughw:0")
    assert board.mixer_control == ""


def test_what_auto_leaves_to_the_operator_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    laid_out("two-usb-microphones", tmp_path)
    with pytest.raises(ConfigError, match=r"x, line 2: board\.name cannot be settled: .*usb is there 2 times"):
        parse('[board]\nname = "auto"\n', "x", snapshot(tmp_path))


def test_a_board_that_may_still_come_is_no_mistake_of_the_operator_s(tmp_path: Path) -> None:
    laid_out("bare-pi", tmp_path)
    with pytest.raises(HardwareError, match="no sound card for a voice"):
        parse('[board]\nname = "auto"\n', "x", snapshot(tmp_path))


def test_a_board_that_nobody_knows_is_named_with_the_nearest() -> None:
    (mistake,) = mistakes('[board]\nname = "codec_zero"\n')
    assert "line 2: board.name" in mistake
    assert "Did you mean codec-zero?" in mistake


def test_every_board_of_the_catalogue_makes_a_configuration_without_a_mistake() -> None:
    """Its lamps and buttons too."""
    for name in board_names():
        config = parse(f'[board]\nname = "{name}"\n', "x")
        assert config.board.name == name
    config = parse('[board]\nname = "respeaker-2mic-v1"\n', "x")
    assert (config.lights.kind, config.lights.count, config.lights.ring) == ("apa102", 3, False)
    assert [(one.line, one.use) for one in config.buttons.lines] == [(17, "action")]
