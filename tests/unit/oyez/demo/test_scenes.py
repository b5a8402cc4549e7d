"""The demo's script for the Room, and the configuration of its daemon."""

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.config_file import parse
from oyez.demo.scenes import configuration, scenes, script, steps
from oyez.demo.stage import Stage
from oyez_hw.room_script import Script

SCENES = scenes("hey_jarvis")

SCENES = scenes("hey_jarvis")


def stage(key_file: Path = Path("key")) -> Stage:
    return Stage(Path("folder"), 18_830, "http://127.0.0.1:8700", key_file, Path("server.jsonl"))


def test_the_demo_wakes_the_device_follows_up_without_the_word_and_speaks_over_a_reply() -> None:
    assert [line.after for line in SCENES] == ["start", "reply_ends", "reply_begins"]
    assert ["Hey Jarvis" in line.text for line in SCENES] == [True, False, False]


@pytest.mark.parametrize(("word", "words"), [("alexa", "Alexa, "), ("okay_nabu", "Okay Nabu, ")])
def test_another_wake_word_is_spoken_as_people_say_it_and_listened_for(word: str, words: str) -> None:
    assert scenes(word)[0].text.startswith(words)
    assert parse(configuration(stage(), None, "simulated", word), "demo").hearing.wake_word == word


def test_each_scene_is_spoken_as_its_line_says() -> None:
    spoken = steps([Path(f"said{n}.wav") for n in range(len(SCENES))], SCENES)
    assert [(step["after"], step["delay_s"], step["label"]) for step in spoken] == [
        (line.after, line.delay_s, line.text) for line in SCENES
    ]


def test_own_recordings_are_spoken_one_after_the_reply_to_the_other() -> None:
    assert [step["after"] for step in steps([Path("a.wav"), Path("b.wav"), Path("c.wav")])] == [
        "start",
        "reply_ends",
        "reply_ends",
    ]


def test_a_recording_is_found_from_whatever_folder_the_room_reads_the_script() -> None:
    (step,) = steps([Path("a.wav")])
    assert Path(str(step["wav"])).is_absolute()


def test_a_scene_too_many_is_refused_and_not_left_out() -> None:
    with pytest.raises(ValueError, match="zip"):
        steps([Path("a.wav")], SCENES)


def test_the_script_is_one_that_the_room_reads(tmp_path: Path) -> None:
    import msgspec

    path = script(tmp_path, steps([tmp_path / "a.wav", tmp_path / "b.wav"]))
    read = msgspec.json.decode(path.read_bytes(), type=Script)
    assert [step.after for step in read.steps] == ["start", "reply_ends"]
    assert json.loads(path.read_text())["record_wav"] == "room"


def test_the_configuration_is_one_that_the_daemon_takes() -> None:
    config = parse(configuration(stage(), Path("script.json"), "simulated", "hey_jarvis"), "demo")
    assert (config.board.name, config.board.room_script) == ("simulated", "script.json")
    assert (config.home.port, config.line.backend_url) == (18_830, "http://127.0.0.1:8700")
    (tool,) = config.tools
    assert tool.topic == "demo/light/{name}/set"


def test_with_a_real_card_there_is_no_room_script() -> None:
    assert parse(configuration(stage(), None, "alsa", "hey_jarvis"), "demo").board.room_script == ""


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_a_folder_of_any_name_stands_whole_in_the_configuration(name: str) -> None:
    """TOML and JSON quote alike, but for what lies beyond 16 bits. (A folder with an emoji broke the demo.)"""
    path = Path("/home") / name
    config = parse(configuration(stage(key_file=path), path, "simulated", "hey_jarvis"), "demo")
    assert config.line.device_key_file == str(path)
    assert config.board.room_script == str(path)
