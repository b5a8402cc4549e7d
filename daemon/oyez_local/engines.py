"""The models, loaded once and shared by all sessions; each works in a thread of its own, one sentence at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from oyez_local import phrases
from oyez_local.recogniser import MoonshineRecogniser, Recogniser
from oyez_local.voice import EspeakVoice, HibariVoice, Voice, encoded
from oyez_realtime.messages import AudioFormat

VOICES: dict[str, Callable[[], Voice]] = {"hibari": HibariVoice, "espeak": EspeakVoice}


@dataclass
class Engines:
    """Built by `load`; `hear` and `speak` may be awaited by any number of sessions."""

    recogniser: Recogniser
    voice: Voice
    _ears: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "recogniser"))
    _mouth: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "voice"))

    async def hear(self, pcm: bytes, rate_hz: int) -> str:
        """pcm: int16 mono."""
        samples = np.frombuffer(pcm, dtype=np.int16)
        return await asyncio.get_running_loop().run_in_executor(
            self._ears, self.recogniser.transcribe, samples, rate_hz
        )

    async def speak(self, sentence: str, speed: float, audio_format: AudioFormat) -> bytes:
        """The sentence in an output format of the wire. Raises RuntimeError."""
        return await asyncio.get_running_loop().run_in_executor(
            self._mouth, lambda: encoded(self.voice.speak(sentence, speed), audio_format)
        )

    def close(self) -> None:
        """Work that has not begun is dropped."""
        for worker in (self._ears, self._mouth):
            worker.shutdown(wait=False, cancel_futures=True)


async def load(voice: str) -> Engines:
    """voice: a key of VOICES. About a second; the loop stays free."""
    recogniser, engine, _ = await asyncio.gather(
        asyncio.to_thread(MoonshineRecogniser), asyncio.to_thread(VOICES[voice]), asyncio.to_thread(phrases.warm_up)
    )
    return Engines(recogniser, engine)
