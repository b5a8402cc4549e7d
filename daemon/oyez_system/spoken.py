"""Says a sentence aloud without the internet, a network or the daemon: by the daemon while it holds the card, else by
ourselves. Blocks until it was said, or given up.
"""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from oyez.config import Config
from oyez.config_file import load
from oyez.errors import OyezError
from oyez.home.say_door import FOLDER
from oyez.sentences import NAMES
from oyez_hw.acoustics import mono_floats, resampled
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError, Speaker
from oyez_hw.probe import snapshot
from oyez_hw.wav import read_wav
from oyez_system.card.places import Places
from oyez_system.loudspeakers import loudspeakers
from oyez_system.proof import read as read_proof

log = logging.getLogger(__name__)

DAEMON_LIVES_S = 10.0
"""It writes its proof every 2 s; an older one is a dead daemon's."""
DAEMON_TAKES_S = 8.0
CARD_COMES_S = 10.0
"""A USB card may show itself later than the first services start."""
LOOK_S = 0.2
CHUNK_S = 0.1
LEVEL = 0.6


def say(name: str, places: Places) -> bool:
    """name: of NAMES. Whether it was said, or the daemon took it. Never raises for what is missing on the machine."""
    if name not in NAMES:
        raise ValueError(f"{name} is no sentence of ours")
    if _daemon_speaks(places) and _daemon_says(name, places):
        return True
    try:
        sound, rate_hz = read_wav(places.spoken / f"{name}.wav")
    except (OSError, ValueError) as error:
        log.warning("%s cannot be said: %s", name, error)
        return False
    why = "no sound card plays"
    for settings in _found(places):
        try:
            play(open_board(settings).speaker, sound, rate_hz)
        except (HardwareError, ImportError) as error:
            why = str(error)
        else:
            log.info("Said aloud: %s.", name)
            return True
    log.warning("%s cannot be said: %s.", name, why)
    return False


def play(speaker: Speaker, sound: Samples, rate_hz: int) -> None:
    """Blocks until it was heard. Raises HardwareError."""
    card = speaker.open()
    try:
        whole = _as_card_takes(sound, rate_hz, card)
        chunk = round(CHUNK_S * card.rate_hz)
        for start in range(0, len(whole), chunk):
            speaker.write(whole[start : start + chunk])
        until_s = time.monotonic() + 1.0
        while speaker.delay_frames() > 0 and time.monotonic() < until_s:
            time.sleep(0.02)
    finally:
        speaker.close()


def _as_card_takes(sound: Samples, rate_hz: int, card: PcmFormat) -> Samples:
    """With a moment of silence in front: some cards swallow their first sound, and all begin with a buffer that is to
    be filled."""
    mono = resampled(mono_floats(sound), rate_hz, card.rate_hz) * LEVEL
    quiet = np.zeros(round(0.2 * card.rate_hz))
    pcm = (np.clip(np.concatenate([quiet, mono, quiet]), -1.0, 1.0) * 32_767).astype(np.int16)
    return np.repeat(pcm[:, None], card.channels, axis=1)


def _found(places: Places) -> Iterator[BoardSettings]:
    until_s = time.monotonic() + CARD_COMES_S
    while True:
        machine = snapshot(places.root)
        found = list(loudspeakers(_config(places), machine))
        if found or time.monotonic() >= until_s:
            yield from found
            return
        time.sleep(LOOK_S)


def _config(places: Places) -> Config | None:
    try:
        return load(places.config, snapshot(places.root))
    except (OyezError, HardwareError):
        return None


def _daemon_speaks(places: Places) -> bool:
    """It lives, and has a loudspeaker: without one it takes a sentence and loses it."""
    proof = read_proof(places.run / "proof.json")
    if proof is None or not proof.loudspeaker:
        return False
    return 0 <= time.clock_gettime(time.CLOCK_BOOTTIME) - proof.since_boot_s < DAEMON_LIVES_S


def _daemon_says(name: str, places: Places) -> bool:
    """Lays a request into the daemon's folder. Whether it took it up."""
    folder = places.run / FOLDER
    try:
        _lay(folder, name)
    except OSError as error:
        log.info("The daemon cannot be asked to say %s (%s).", name, error.strerror)
        return False
    until_s = time.monotonic() + DAEMON_TAKES_S
    while time.monotonic() < until_s:
        if not (folder / name).exists():
            return True
        time.sleep(LOOK_S)
    (folder / name).unlink(missing_ok=True)
    return False


def _lay(folder: Path, name: str) -> None:
    """The folder is another user's, so no link of his is followed. Raises OSError."""
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.close(
            os.open(name, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644, dir_fd=inside)
        )
    finally:
        os.close(inside)
