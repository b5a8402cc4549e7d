"""Sentences as sound files: made once by the voice of `oyez-local`, kept under the cache by what they say."""

import hashlib
import shutil
import tomllib
import wave
from importlib.metadata import version
from pathlib import Path

from oyez_image.progress import step
from oyez_local.voice import HibariVoice
from oyez_realtime.messages import PCM_RATE_HZ

FOLDER = "usr/share/oyez/spoken"


def sentences(text: str) -> dict[str, str]:
    """Name -> sentence."""
    return {str(name): str(sentence) for name, sentence in tomllib.loads(text).items()}


def lay(source: Path, cache: Path, tree: Path) -> None:
    """Puts NAME.wav for each sentence into the tree: mono, 16 bit, 24 kHz."""
    text = source.read_text()
    stamp = hashlib.sha256(f"{version('hibari-tts')}\0{text}".encode()).hexdigest()[:12]
    folder = cache / f"spoken-{stamp}"
    if not folder.exists():
        half = folder.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        with step("words aloud"):
            voice = HibariVoice()
            for name, sentence in sentences(text).items():
                _write(half / f"{name}.wav", voice.speak(sentence, 1.0).astype("<i2").tobytes())
        half.rename(folder)
    shutil.copytree(folder, tree / FOLDER, copy_function=shutil.copyfile)


def _write(path: Path, sound: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PCM_RATE_HZ)
        file.writeframes(sound)
