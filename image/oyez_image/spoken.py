"""Sounds made by the voice of `oyez-local`, once, kept under the cache by what is said: sentences for a device that
cannot reach anybody, and the shipped wake words, by which an update proves that it still hears (`oyez self-test`)."""

import asyncio
import hashlib
import shutil
import tomllib
import wave
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from oyez.config import Config
from oyez.config_hearing import SHIPPED_WORDS, Board, Hearing
from oyez.self_test import passed, self_test, sentence
from oyez_image.progress import BuildError, step
from oyez_local.voice import HibariVoice
from oyez_realtime.messages import PCM_RATE_HZ

SENTENCES, WAKE_WORDS = "usr/share/oyez/spoken", "usr/share/oyez/wake-test"
SEED = 1
"""Of the voice's breath: the same sentence is the same bytes in every build."""
WAKE_WORD_SPEEDS = (1.0, 0.9)


def sentences(text: str) -> dict[str, str]:
    """Name -> sentence."""
    return {str(name): str(words) for name, words in tomllib.loads(text).items()}


def lay(source: Path, cache: Path, tree: Path) -> None:
    """Puts NAME.wav for each sentence of the file, and WORD.wav, WORD-2.wav for each wake word, into the tree."""
    spoken = {name: (words, 1.0) for name, words in sentences(source.read_text()).items()}
    shutil.copytree(_made(spoken, cache / "spoken"), tree / SENTENCES, copy_function=shutil.copyfile)
    clips = _made(_wake_words(), cache / "wake-test")
    _prove(clips)
    shutil.copytree(clips, tree / WAKE_WORDS, copy_function=shutil.copyfile)


def _wake_words() -> dict[str, tuple[str, float]]:
    return {
        word if take == 1 else f"{word}-{take}": (word.replace("_", " ").capitalize() + ".", speed)
        for word in SHIPPED_WORDS
        for take, speed in enumerate(WAKE_WORD_SPEEDS, start=1)
    }


def _prove(clips: Path) -> None:
    """Raises BuildError when the ears do not know a word: no device could ever prove with it that it hears."""
    hearing = Hearing(wake_words=SHIPPED_WORDS)
    tried = asyncio.run(self_test(Config(hearing=hearing, board=Board(name="simulated")), None, clips))
    if not passed(tried):
        raise BuildError(f"the recordings of wake words that were made are of no use: {sentence(tried)}")


def _made(sounds: Mapping[str, tuple[str, float]], place: Path) -> Path:
    """A folder of NAME.wav: mono, 16 bit, 24 kHz. sounds: name -> what is said, and how fast (1: as usual)."""
    facts = f"{version('hibari-tts')}\0{SEED}\0{sorted(sounds.items())}"
    folder = place.with_name(f"{place.name}-{hashlib.sha256(facts.encode()).hexdigest()[:12]}")
    if not folder.exists():
        half = folder.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        with step(f"saying {len(sounds)} sounds"):
            voice = HibariVoice(SEED)
            for name, (words, speed) in sounds.items():
                _write(half / f"{name}.wav", voice.speak(words, speed).astype("<i2").tobytes())
        half.rename(folder)
    return folder


def _write(path: Path, sound: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PCM_RATE_HZ)
        file.writeframes(sound)
