"""`oyez self-test`: a recorded wake word is known by the device's own ears, and a deaf device is found out."""

from pathlib import Path

import numpy as np
import pytest

from oyez.__main__ import main
from oyez.config import Config
from oyez.config_file import parse
from oyez.errors import OyezError
from oyez.self_test import NothingToTest, passed, self_test, sentence
from oyez_hw.wav import write_wav
from tests.doubles.speech import RATE_HZ, say

NEEDED = '[device]\nid = "kitchen"\n[line]\nbackend_url = "http://127.0.0.1:1"\n'


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


def spoken(clips: Path, name: str, text: str) -> None:
    sound, rate_hz = say(text)
    write_wav(clips / f"{name}.wav", sound[:, None], rate_hz)


def config(text: str = "") -> Config:
    return parse(NEEDED + text, "oyez.toml")


async def test_a_recorded_wake_word_is_known(clips: Path) -> None:
    spoken(clips, "hey_jarvis", "Hey Jarvis!")
    spoken(clips, "hey_jarvis-2", "Hey, Jarvis.")
    tried = await self_test(config(), None, clips)
    assert [one.clip for one in tried] == ["hey_jarvis-2.wav", "hey_jarvis.wav"]
    assert passed(tried)
    assert sentence(tried).startswith("The wake word is known (hey_jarvis-2.wav: 0.")


async def test_it_is_known_through_the_channels_of_an_array_with_loop_back(clips: Path) -> None:
    spoken(clips, "hey_jarvis", "Hey Jarvis!")
    board = "[board]\ncapture_rate_hz = 48000\ncapture_channels = 6\nreference_channels = [4, 5]\n"
    assert passed(await self_test(config(board), None, clips))


async def test_a_device_that_is_deaf_to_its_wake_word_is_found_out(clips: Path) -> None:
    write_wav(clips / "hey_jarvis.wav", np.zeros((RATE_HZ, 1), np.int16), RATE_HZ)
    tried = await self_test(config(), None, clips)
    assert not passed(tried)
    assert sentence(tried) == "The wake word is NOT known (hey_jarvis.wav: not heard)."


async def test_another_word_is_not_taken_for_it(clips: Path) -> None:
    spoken(clips, "alexa", "Hey Jarvis!")
    assert not passed(await self_test(config('[hearing]\nwake_words = ["alexa", "hey_jarvis"]\n'), None, clips))


async def test_every_word_that_there_is_a_recording_of_must_be_known(clips: Path) -> None:
    spoken(clips, "hey_jarvis", "Hey Jarvis!")
    spoken(clips, "alexa", "Good morning.")
    assert not passed(await self_test(config('[hearing]\nwake_words = ["alexa", "hey_jarvis"]\n'), None, clips))


async def test_without_a_recording_there_is_nothing_to_test(clips: Path) -> None:
    with pytest.raises(NothingToTest, match="Nothing was tested"):
        await self_test(config(), None, clips)


async def test_a_recording_that_is_no_sound_is_named(clips: Path) -> None:
    (clips / "hey_jarvis.wav").write_bytes(b"RIFF")
    with pytest.raises(OyezError, match=r"hey_jarvis\.wav cannot be used"):
        await self_test(config(), None, clips)


def test_the_exit_code_tells_whoever_decides(clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "oyez.toml").write_text(NEEDED)
    command = ["self-test", "--config", str(tmp_path / "oyez.toml"), "--clips", str(clips), "--state", str(tmp_path)]
    assert main(command) == 69
    spoken(clips, "hey_jarvis", "Hey Jarvis!")
    assert main(command) == 0
    assert "is known" in capsys.readouterr().out
    write_wav(clips / "hey_jarvis.wav", np.zeros((RATE_HZ, 1), np.int16), RATE_HZ)
    assert main(command) == 1
