"""Voices: a sentence in, sound out. Each call blocks while it synthesises; the caller gives it a thread."""

import re
import subprocess
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from oyez_realtime import g711
from oyez_realtime.messages import G711_RATE_HZ, PCM_RATE_HZ, AudioFormat, AudioPcm, AudioPcmu, bytes_per_ms

LONGEST_SENTENCE = 240
"""Characters; longer ones are parted at a comma or a space, so that no listener waits for a paragraph."""
LEAD_KEPT_MS = 30
QUIET = 100
"""-50 dBFS."""
ESPEAK_HEADER_BYTES = 44
ESPEAK_TIMEOUT_S = 20.0


class Voice(Protocol):
    def speak(self, sentence: str, speed: float) -> g711.Samples:
        """int16 mono (frames,) at 24 kHz. Raises RuntimeError when the engine fails."""


class HibariVoice:
    """A neural voice; its model ships in its package. About 20 ms of work a sentence."""

    def __init__(self, seed: int | None = None) -> None:
        """seed: with one, the same sentence is the same samples each time."""
        from hibari import Hibari

        self._hibari, self._seed = Hibari(), seed
        self._hibari("Ready.")

    def speak(self, sentence: str, speed: float) -> g711.Samples:
        spoken = self._hibari(sentence, speed=speed, seed=self._seed)
        sound: npt.NDArray[np.float32] = np.asarray(spoken, dtype=np.float32)
        return _without_lead((np.clip(sound, -1.0, 1.0) * 32_767).astype(np.int16))


def _without_lead(samples: g711.Samples) -> g711.Samples:
    """The voice begins with 300 ms of silence, which a listener would take for thinking; LEAD_KEPT_MS of it stay."""
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    start = max(0, int(loud[0]) - LEAD_KEPT_MS * PCM_RATE_HZ // 1000) if len(loud) else 0
    return samples[start:]


class EspeakVoice:
    """espeak-ng: a formant voice for machines on which a neural one is too big."""

    WORDS_PER_MINUTE = 170

    def speak(self, sentence: str, speed: float) -> g711.Samples:
        command = ["espeak-ng", "--stdout", "--stdin", "-v", "en", "-s", str(round(self.WORDS_PER_MINUTE * speed))]
        try:
            done = subprocess.run(command, input=sentence.encode(), capture_output=True, timeout=ESPEAK_TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeError(
                f"espeak-ng could not speak: {error}. Install espeak-ng or use the neural voice."
            ) from None
        wav = done.stdout
        if done.returncode != 0 or len(wav) < ESPEAK_HEADER_BYTES:
            raise RuntimeError(f"espeak-ng failed ({done.returncode}): {done.stderr.decode(errors='replace').strip()}")
        # Written to a pipe, the header's lengths are guesses; its rate is right.
        rate_hz = int.from_bytes(wav[24:28], "little")
        data = wav[ESPEAK_HEADER_BYTES:]
        samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.int16)
        resampled: g711.Samples = soxr.resample(samples, rate_hz, PCM_RATE_HZ).astype(np.int16)
        return resampled


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each whole, none empty; what is too long is parted at commas and spaces."""
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        while len(sentence) > LONGEST_SENTENCE:
            cut = max(sentence.rfind(mark, 0, LONGEST_SENTENCE) for mark in (", ", "; ", " "))
            cut = cut + 1 if cut > 0 else LONGEST_SENTENCE
            yield sentence[:cut].strip()
            sentence = sentence[cut:].strip()
        if sentence:
            yield sentence


def encoded(samples: g711.Samples, audio_format: AudioFormat) -> bytes:
    """24 kHz int16 mono in an output format of the wire."""
    if isinstance(audio_format, AudioPcm):
        return samples.astype("<i2").tobytes()
    narrow = soxr.resample(samples, PCM_RATE_HZ, G711_RATE_HZ).astype(np.int16)
    return g711.encode(narrow, "u" if isinstance(audio_format, AudioPcmu) else "a")


def pieces(sentence: str, audio: bytes, audio_format: AudioFormat, piece_ms: int) -> Iterator[tuple[str, bytes, float]]:
    """(words, audio, duration_ms): the words are spread evenly over the sound that they belong to."""
    step = bytes_per_ms(audio_format) * piece_ms
    count = max(1, -(-len(audio) // step))
    words = re.findall(r"\S+\s*", sentence)
    told = 0
    for index in range(count):
        until = -(-len(words) * (index + 1) // count)
        part = audio[index * step : (index + 1) * step]
        yield "".join(words[told:until]), part, len(part) / bytes_per_ms(audio_format)
        told = until
