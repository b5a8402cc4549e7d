"""`oyez self-test`: recordings of wake words through the real ears, offline, faster than they sound.

Configuration, channels of the board, models and sensitivity are the device's own; only the card is missing. Whoever
decides whether a new version is kept asks for it (docs/updates.md).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez.config import Config
from oyez.config_hearing import SHIPPED_WORDS, Board, Hearing
from oyez.errors import OyezError
from oyez.events import Event, WakeHeard
from oyez.hearing.ears import Ears
from oyez.hearing.mixdown import mixdown
from oyez.hearing.resampling import Resampler
from oyez.kept_settings import hearing_as_set
from oyez.memory import Memory
from oyez_hw.pcm import Frame
from oyez_hw.wav import read_wav

CLIPS = Path("/usr/share/oyez/wake-test")
FRAME_S = 0.02
BEFORE_S, AFTER_S = 2.0, 1.0
"""Of a quiet room: no model may be asked about a sound that begins out of nothing."""
ROOM_RMS = 12.0
"""A noise floor of some -69 dBFS."""


class NothingToTest(OyezError):
    """It listens for nothing that a recording is there of."""

    exit_code = 69


@dataclass(frozen=True, slots=True)
class Tried:
    word: str
    clip: str
    score: float | None
    """None: it was not heard."""


async def self_test(config: Config, state: Path | None, clips: Path) -> list[Tried]:
    """Every recording of every shipped word that the device listens for. state: the folder of what survives.

    Raises NothingToTest, OyezError for a recording that cannot be read."""
    hearing = hearing_as_set(config, Memory(state).recall(), state)
    own = {word.name for word in hearing.words if word.model}
    words = [word for word in hearing.listens_for if word in SHIPPED_WORDS and word not in own]
    pairs = [(word, clip) for word in words for clip in recordings(clips, word)]
    if not pairs:
        raise NothingToTest(
            f"Nothing was tested: {clips} holds no recording of {', '.join(hearing.listens_for)}. Words that do not "
            "ship cannot be tested."
        )
    return [Tried(word, clip.name, await _score(hearing, config.board, state, word, clip)) for word, clip in pairs]


def recordings(clips: Path, word: str) -> list[Path]:
    """`hey_jarvis.wav`, `hey_jarvis-2.wav`, ..."""
    return sorted([*clips.glob(f"{word}.wav"), *clips.glob(f"{word}-*.wav")])


def passed(tried: list[Tried]) -> bool:
    """Of each word one recording at the least was known: a low sensitivity is allowed to miss some."""
    return {one.word for one in tried} == {one.word for one in tried if one.score is not None}


def sentence(tried: list[Tried]) -> str:
    """What was found, for a person."""
    found = [f"{one.clip}: {'not heard' if one.score is None else f'{one.score:.2f}'}" for one in tried]
    return f"The wake word {'is known' if passed(tried) else 'is NOT known'} ({', '.join(found)})."


async def _score(hearing: Hearing, board: Board, state: Path | None, word: str, clip: Path) -> float | None:
    fed_s, heard = 0.0, list[WakeHeard]()

    def tell(event: Event) -> None:
        if isinstance(event, WakeHeard):
            heard.append(event)

    ears = Ears(hearing, tell, clock=lambda: fed_s, board=board, state=state)
    sound = _as_captured(clip, board)

    async def frames() -> AsyncIterator[Frame]:
        nonlocal fed_s
        step = round(FRAME_S * board.capture_rate_hz)
        for start in range(0, len(sound) - step + 1, step):
            fed_s += FRAME_S
            yield Frame(sound[start : start + step], board.capture_rate_hz, fed_s)
            await ears.settled()  # or what comes faster than real time would be skipped

    await ears.run(frames())
    return max((event.score for event in heard if event.word == word), default=None)


def _as_captured(clip: Path, board: Board) -> npt.NDArray[np.int16]:
    """As the card would give it to all microphones alike, the loudspeaker being silent."""
    try:
        samples, rate_hz = read_wav(clip)
    except (OSError, ValueError) as error:
        raise OyezError(f"{clip} cannot be used: {error}") from None
    resampler = Resampler(rate_hz, board.capture_rate_hz, "HQ")
    spoken = np.concatenate([resampler.feed(mixdown(samples)), resampler.flush()])
    before, after = (round(seconds * board.capture_rate_hz) for seconds in (BEFORE_S, AFTER_S))
    whole = np.concatenate([np.zeros(before), spoken, np.zeros(after)])
    whole += np.random.default_rng(1).normal(0.0, ROOM_RMS, len(whole))
    captured = np.zeros((len(whole), board.capture_channels), np.int16)
    microphones = [channel for channel in range(board.capture_channels) if channel not in board.reference_channels]
    captured[:, microphones] = np.clip(whole, -32768, 32767).astype(np.int16)[:, None]
    return captured
