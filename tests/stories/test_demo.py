"""`oyez demo` as its users run it: the contract's JSON, the sound, the picture, and what it says of bad recordings."""

import json
import sys
from pathlib import Path

from oyez_hw.wav import read_wav
from tests.doubles.processes import running

PNG = b"\x89PNG\r\n\x1a\n"


def is_picture(path: str) -> bool:
    return Path(path).read_bytes().startswith(PNG)


async def test_the_demo_holds_a_conversation_with_a_tool_call_and_a_barge_in(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "oyez", "demo", "--json", "--folder", tmp_path / "demo"]
    async with running(command, cwd=tmp_path) as demo:
        assert await demo.wait(timeout_s=90) == 0, demo.lines
        (told,) = [json.loads(line) for line in demo.lines if line.startswith("{")]
    assert told["ok"] is True
    assert told["wake_word"] == "hey_jarvis"
    assert told["bytes_sent_before_wake"] == 0
    assert [turn["heard"].split()[0] for turn in told["turns"]] == ["Turn", "Tell", "Stop"]
    assert told["turns"][0]["tool_calls"] == [{"name": "set_light", "arguments": {"name": "kitchen light", "on": True}}]
    assert [turn["interrupted"] for turn in told["turns"]] == [False, True, False]
    assert {"idle", "listening", "thinking", "speaking"} == set(told["mqtt"]["states"])
    samples, rate_hz = read_wav(Path(told["reply_wav"]))
    assert len(samples) > 10 * rate_hz
    assert is_picture(told["timeline_png"])


async def test_a_recording_that_cannot_be_spoken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(b"not a sound")
    command = [sys.executable, "-m", "oyez", "demo", "--say", "noise.wav", "--folder", tmp_path / "demo"]
    async with running(command, cwd=tmp_path) as demo:
        assert await demo.wait(timeout_s=30) == 1
        assert "noise.wav" in "\n".join(demo.lines)


async def test_a_conversation_that_did_not_happen_is_a_failure(tmp_path: Path) -> None:
    """Speech without the wake word: nothing is sent, and the demo does not pretend."""
    from oyez.demo.visitor import Visitor

    wav = Visitor().record("Turn on the kitchen light.", tmp_path / "no_wake_word.wav")
    command = [sys.executable, "-m", "oyez", "demo", "--json", "--say", wav, "--folder", tmp_path / "demo"]
    async with running([*command, "--give-up-s", "8"], cwd=tmp_path) as demo:
        assert await demo.wait(timeout_s=60) == 1
        (told,) = [json.loads(line) for line in demo.lines if line.startswith("{")]
    assert told["ok"] is False
    assert told["turns"] == []
    assert told["bytes_sent_before_wake"] == 0
