"""A board's name fills in what the operator did not write, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oyez_hw.board_settings import BoardUnsettled, buttons_of, filled, lights_of, settings_for, tables
from oyez_hw.boards import BoardSettings
from oyez_hw.catalogue import board_names, known
from oyez_hw.machine import Snapshot
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot
from tests.unit.oyez_hw.machines_shown import laid_out


@pytest.mark.parametrize("name", board_names())
def test_every_board_makes_formats_that_a_card_can_have(name: str) -> None:
    said = settings_for(name, None)
    board = BoardSettings(**{key: said[key] for key in BoardSettings.__dataclass_fields__ if key in said})
    entry = known()[name]
    assert board.capture_format.width_bits == entry.capture.width_bits
    assert board.playback_format.channels == entry.playback.channels


def test_a_named_board_is_called_as_it_will_be_when_it_comes() -> None:
    said = settings_for("respeaker-usb-v2", None)
    assert said["capture_device"] == said["playback_device"] == "hw:CARD=ArrayUAC10,DEV=0"
    assert (said["capture_channels"], said["reference_channels"], said["clean_channel"]) == (6, [5], 0)
    assert [place["channel"] for place in said["microphones"]] == [1, 2, 3, 4]


def test_the_zeros_of_a_sink_that_nobody_plays_to_are_no_broken_microphone() -> None:
    """After a minute of silence the daemon on `virtual` said that it was deaf."""
    assert settings_for("virtual", None)["zeros_s"] == 0.0
    assert "zeros_s" not in settings_for("respeaker-lite", None)


def test_plain_names_say_nothing() -> None:
    assert settings_for("alsa", None) == settings_for("simulated", Snapshot()) == settings_for("nonsense", None) == {}


def test_auto_takes_what_the_machine_shows(tmp_path: Path) -> None:
    laid_out("hifiberry-with-usb-microphone", tmp_path)
    said = settings_for("auto", snapshot(tmp_path))
    assert said["capture_device"] == "hw:CARD=Device,DEV=0"
    assert (said["playback_device"], said["mixer_control"]) == ("hw:CARD=sndrpihifiberry,DEV=0", "Digital")
    assert said["mixer_range_db"] == [-50.0, 0.0]


def test_auto_without_a_machine_to_look_at_says_nothing() -> None:
    assert settings_for("auto", None) == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("two-usb-microphones", BoardUnsettled), ("waveshare-wm8960", BoardUnsettled), ("bare-pi", HardwareError)],
)
def test_what_auto_cannot_settle_is_told_and_waiting_is_told_apart_from_choosing(
    name: str, kind: type[HardwareError], tmp_path: Path
) -> None:
    laid_out(name, tmp_path)
    with pytest.raises(HardwareError, match=r"board\.name is auto, and ") as caught:
        settings_for("auto", snapshot(tmp_path))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("name", "shown", "sentence"),
    [
        ("dac-plus", "dac-plus-without-microphone", "no USB microphone is plugged in"),
        ("dac-plus", "bare-pi", "nothing of it is there"),
        ("usb", "bare-pi", "nothing of it is there"),
        ("usb", "two-usb-microphones", "usb is there 2 times"),
    ],
)
def test_a_named_board_whose_card_is_the_user_s_choice_is_not_guessed_before_it_is_there(
    name: str, shown: str, sentence: str, tmp_path: Path
) -> None:
    """Its microphone was taken for `default`, which no plug mends, until somebody restarted the daemon."""
    laid_out(shown, tmp_path)
    with pytest.raises(HardwareError, match=sentence) as caught:
        settings_for(name, snapshot(tmp_path))
    assert isinstance(caught.value, BoardUnsettled) == (shown == "two-usb-microphones")


def test_a_named_board_whose_cards_the_operator_names_needs_none_to_be_there(tmp_path: Path) -> None:
    laid_out("bare-pi", tmp_path)
    written = {"board": {"name": "usb", "capture_device": "hw:CARD=Mic", "playback_device": "hw:CARD=Amp"}}
    assert tables(written, snapshot(tmp_path))["board"]["capture_device"] == "hw:CARD=Mic"
    written = {"board": {"name": "dac-plus", "capture_device": "hw:CARD=Mic"}}
    assert tables(written, snapshot(tmp_path))["board"]["playback_device"] == "hw:CARD=DAC,DEV=0"


def test_the_mixer_of_a_board_that_does_not_play_is_not_the_loudspeaker_s(tmp_path: Path) -> None:
    laid_out("xvf3800-two-channels", tmp_path)
    (tmp_path / "proc/asound/pcm").write_text(
        "00-00: USB Audio : USB Audio : capture 1\n01-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1\n"
    )
    said = settings_for("respeaker-xvf3800", snapshot(tmp_path))
    assert (said["capture_device"], said["playback_device"]) == ("hw:CARD=Array,DEV=0", "hw:CARD=vc4hdmi0,DEV=0")
    assert "mixer_control" not in said


keys = st.sampled_from(["capture_device", "playback_device", "capture_channels", "microphones", "mixer_control", "x"])


@given(st.dictionaries(keys, st.integers(1, 8)), st.sampled_from(board_names()))
def test_what_the_operator_wrote_always_wins(written: dict[str, int], name: str) -> None:
    said = settings_for(name, None)
    whole = filled(written, said)
    assert {key: whole[key] for key in written} == written
    assert set(whole) <= set(written) | set(said)
    assert "mixer_range_db" not in whole or whole["mixer_control"] == said["mixer_control"]


def test_another_number_of_channels_leaves_the_catalogue_s_map_out() -> None:
    said = settings_for("respeaker-usb-v2", None)
    assert not {"reference_channels", "microphones", "clean_channel"} & set(filled({"capture_channels": 1}, said))
    assert filled({"capture_channels": 6}, said)["clean_channel"] == 0


def test_microphones_of_one_s_own_are_heard_in_the_place_of_the_board_s_clean_channel() -> None:
    whole = filled({"microphones": []}, settings_for("respeaker-usb-v2", None))
    assert "clean_channel" not in whole
    assert whole["reference_channels"] == [5]


def test_the_mixer_of_a_loudspeaker_that_is_another_card_s_is_not_touched() -> None:
    said = settings_for("codec-zero", None)
    assert "mixer_control" in said
    assert not {"mixer_control", "mixer_range_db"} & set(filled({"playback_device": "hw:CARD=Device"}, said))


def test_the_lamps_of_a_board_come_with_its_name_and_what_is_written_wins() -> None:
    entry = known()["respeaker-4mic"]
    said = lights_of(entry, {"brightness": 0.1, "first_deg": 90.0})
    assert (said["kind"], said["count"], said["ring"], said["power_line"]) == ("apa102", 12, True, 5)
    assert (said["brightness"], said["first_deg"]) == (0.1, 90.0)
    assert lights_of(entry, {"kind": "none"}) == {"kind": "none"}


def test_lamps_that_no_driver_reaches_are_left_out() -> None:
    for name in ("respeaker-xvf3800", "adafruit-voice-bonnet", "usb"):
        assert lights_of(known()[name], {"kind": "auto"}) == {"kind": "auto"}


def test_single_lamps_are_told_by_their_lines() -> None:
    assert lights_of(known()["codec-zero"], {}) == {"kind": "gpio", "ring": False, "lines": [23, 24]}


def test_the_buttons_of_a_board_come_with_its_name_unless_some_are_written() -> None:
    (button,) = buttons_of(known()["codec-zero"], {"hold_s": 1.0})["lines"]
    assert button == {"line": 27, "use": "action", "active_low": True, "pull": "up"}
    assert buttons_of(known()["codec-zero"], {"lines": []}) == {"lines": []}
    assert buttons_of(known()["usb"], {}) == {}


def test_a_configuration_without_a_board_of_the_catalogue_is_left_as_it_is() -> None:
    written = {"board": {"name": "alsa"}, "lights": {"kind": "gpio"}}
    assert tables(written, None) is written
