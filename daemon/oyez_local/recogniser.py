"""Speech recognition: int16 sound in, English text out. Blocks while it works; the caller gives it a thread."""

from typing import Protocol

import numpy as np
import soxr

from oyez_realtime.g711 import Samples

RATE_HZ = 16_000
TAIL_MS = 500
"""Silence behind every utterance. Moonshine's own voice detection lasts from call to call: an utterance that ends at
its last word, or is cut in the middle of one, would leave it open, and the next one would begin with a ghost ("You What
is two plus three?"). 300 ms are enough for the former and not for the latter."""


class Recogniser(Protocol):
    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        """int16 mono (frames,) -> what was said, "" for nothing."""


class MoonshineRecogniser:
    """moonshine-voice's tiny English model, which ships in its package. About 100 ms of work a sentence."""

    def __init__(self) -> None:
        import moonshine_voice
        from moonshine_voice.transcriber import Transcriber
        from moonshine_voice.utils import get_model_path

        self._transcriber = Transcriber(str(get_model_path("tiny-en")), moonshine_voice.ModelArch.TINY)

    def transcribe(self, samples: Samples, rate_hz: int) -> str:
        sound = samples.astype(np.float32) / 32_768
        if rate_hz != RATE_HZ:
            sound = soxr.resample(sound, rate_hz, RATE_HZ)
        sound = np.pad(sound, (0, RATE_HZ * TAIL_MS // 1000))
        transcript = self._transcriber.transcribe_without_streaming(sound.tolist(), RATE_HZ)
        return " ".join(line.text.strip() for line in transcript.lines if line.text.strip())
