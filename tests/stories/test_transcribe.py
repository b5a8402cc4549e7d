"""`oyez transcribe` as a process: live captions from a file and from a microphone, through the end of a session."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from oyez_hw.wav import write_wav
from tests.doubles.processes import Process, running
from tests.doubles.speech import say as speech
from tests.stories.outside import write_config
from tests.stories.theatre import services

SENTENCES = ("Turn on the kitchen light.", "What time is it?", "Set the volume to fifty percent.")
WORDS = ("kitchen light", "time", "volume")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Three sentences with pauses between them."""
    parts, rate_hz = [], 0
    for sentence in SENTENCES:
        sound, rate_hz = speech(sentence)
        parts += [sound, np.zeros(int(1.2 * rate_hz), np.int16)]
    path = tmp_path / "three.wav"
    write_wav(path, np.concatenate(parts)[:, None], rate_hz)
    return path


def understood(text: str) -> bool:
    """Each sentence once and in order."""
    lower = text.lower()
    places = [lower.find(word) for word in WORDS]
    return -1 not in places and places == sorted(places) and all(lower.count(word) == 1 for word in WORDS)


async def test_a_file_is_written_down_to_its_last_word(tmp_path: Path, recording: Path) -> None:
    """Whoever ends the turns: the service by silence, by meaning, or the device every few seconds."""
    async with services(tmp_path) as world:
        config = write_config(tmp_path, world, 'name = "simulated"')
        plain = config.read_text()
        for turns in ("server_vad", "semantic_vad", "manual"):
            config.write_text(plain.replace("[line]", f'[line]\nturn_detection = "{turns}"'))
            command = [sys.executable, "-m", "oyez", "transcribe", "--config", str(config), "--json", str(recording)]
            async with running(command) as transcriber:
                assert await transcriber.wait(timeout_s=90.0) == 0
            answer = json.loads(transcriber.lines[-1])
            # By hand a turn is cut wherever it falls: only most words are whole.
            assert "light" in answer["text"].lower() if turns == "manual" else understood(answer["text"]), answer


async def test_no_word_is_lost_when_the_session_ends_in_the_middle(tmp_path: Path, recording: Path) -> None:
    """The session's limit passes while the file is being heard; the next session goes on where it ended."""
    async with services(tmp_path, local_options=("--session-limit-s", "2.5")) as world:
        config = write_config(tmp_path, world, 'name = "simulated"')
        command = [sys.executable, "-m", "oyez", "transcribe", "--config", str(config), "--json", str(recording)]
        async with running(command) as transcriber:
            assert await transcriber.wait(timeout_s=90.0) == 0
        answer = json.loads(transcriber.lines[-1])
        assert understood(answer["text"]), answer
        assert world.server_log.read_text().count('"session.created"') >= 2


async def test_the_microphone_is_written_down_while_people_speak(tmp_path: Path, recording: Path) -> None:
    """From the board of the configuration, here the simulated Room; nobody has to end it first to read."""
    script = {"steps": [{"wav": recording.name, "after": "start", "delay_s": 0.5}]}
    (tmp_path / "room.json").write_text(json.dumps(script))
    async with services(tmp_path) as world:
        config = write_config(tmp_path, world, f'name = "simulated"\nroom_script = "{tmp_path / "room.json"}"')
        async with running([sys.executable, "-m", "oyez", "transcribe", "--config", str(config)]) as transcriber:
            for word in WORDS:
                await transcriber.line(word, timeout_s=60.0)


async def test_what_is_wrong_is_said_with_the_exit_code_of_the_contract(tmp_path: Path, recording: Path) -> None:
    async with services(tmp_path) as world:
        config = write_config(tmp_path, world, 'name = "simulated"')
        await world.backend.kill()
        away = await said(str(config), str(recording))
        assert (away.returncode, "backend" in away.lines[-1]) == (69, True)
        told = await said(str(config), "--json", str(recording))
        (line,) = [line for line in told.lines if line.startswith("{")]
        assert (told.returncode, json.loads(line)["ok"], "backend" in json.loads(line)["why"]) == (69, False, True)
        nonsense = tmp_path / "no.wav"
        nonsense.write_bytes(b"RIFF")
        failed = await said(str(config), str(nonsense))
        assert (failed.returncode, "no WAV file" in failed.lines[-1]) == (1, True)


async def said(config: str, *words: str) -> Process:
    async with running([sys.executable, "-m", "oyez", "transcribe", "--config", config, *words]) as transcriber:
        await transcriber.wait(timeout_s=60.0)
    return transcriber
