"""The whole daemon on the board `virtual`, called by its name: PulseAudio under the real alsa-lib.

(Users' complaint: the wrong ALSA device was chosen; here nothing but the name is written.)
"""

import asyncio
import sys
from pathlib import Path

import numpy as np
import pytest

from oyez_hw import virtual_pulse
from oyez_hw.acoustics import resampled
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.pcm import PcmFormat, Samples
from tests.doubles.processes import running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced, write_config
from tests.stories.theatre import services

MICROPHONE, LOUDSPEAKER = PcmFormat(16_000, 1), PcmFormat(48_000, 2)


def spoken(text: str) -> Samples:
    """(frames, 1) at the microphone's rate, with half a second of silence on either side."""
    sound, rate_hz = speech(text)
    voice = resampled(sound, rate_hz, MICROPHONE.rate_hz)
    loud = voice / np.max(np.abs(voice)) * 12_000
    silence = np.zeros(MICROPHONE.rate_hz // 2)
    return np.rint(np.concatenate([silence, loud, silence])).astype(np.int16)[:, np.newaxis]


def speak(mouth: AlsaSpeaker, sound: Samples) -> None:
    for start in range(0, len(sound), 320):
        mouth.write(sound[start : start + 320])


@pytest.mark.long
async def test_a_board_s_name_alone_is_enough_to_be_heard_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := virtual_pulse.missing():
        pytest.skip(f"virtual board: {reason}")
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    sound = spoken("Hey Jarvis, turn on the kitchen light.")
    board = virtual_pulse.VirtualPulse(tmp_path / "pulse", MICROPHONE, LOUDSPEAKER)
    for name, value in board.environment.items():
        monkeypatch.setenv(name, value)
    board.start()
    try:
        async with services(tmp_path) as world:
            config = write_config(tmp_path, world, 'name = "virtual"\n')
            command = [sys.executable, "-m", "oyez", "run", "--config", str(config), "--trace", "/dev/stdout"]
            async with running(command, env=board.environment) as daemon:
                await daemon.line("Listening for hey_jarvis")
                # Two seconds of buffer: on a busy machine the sentence must come whole all the same.
                mouth = AlsaSpeaker(virtual_pulse.MOUTH, MICROPHONE, period_ms=1000.0)
                mouth.open()
                await asyncio.to_thread(speak, mouth, sound)
                await traced(daemon, "WakeHeard", after=0)
                await traced(daemon, "ToolCalled", after=0, arguments={"name": "kitchen light", "on": True})
                await traced(daemon, "ReplyAudible", after=0)
                assert (await traced(daemon, "PlaybackFinished", after=0))["heard"]
                mouth.close()
    finally:
        board.stop()
