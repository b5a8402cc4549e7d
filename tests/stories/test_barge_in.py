"""Stories of speaking over a reply, in the whole daemon: what stops it, what only holds it up, what does nothing.

Users: hears itself; cannot interrupt; interrupted by a cough or the television.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oyez import actions as do, events as ev
from oyez_hw.boards import BoardSettings
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, theatre

STORY, TIME = "Tell me a long story about the sea.", "What time is it?"
TELEVISION = (
    "And now the weather. Tomorrow it will rain in the north, and the south will see some sun in the afternoon."
)
USER_DBFS = -24.0
PERIODS_S = 0.06
"""Three periods of the card: one is being played when the order comes, one is being written."""
LOOK_S = 0.01
"""So often the machine's own lateness is measured."""
TRUNCATION_MS = 60.0
ROOMS = {
    "as it should be": {},
    "with a clock that drifts and a card that is wrong": {"capture_drift_ppm": 100.0, "delay_error_ms": 80.0},
}


def facts(play: Theatre, kind: type[object], after: int) -> list[Any]:
    return [fact for _, fact in play.facts[after:] if isinstance(fact, kind)]


def room_script(folder: Path, faults: dict[str, float]) -> BoardSettings:
    """The loudspeaker is loud: at the microphone as loud as the person."""
    script = folder / "room.json"
    script.write_text(json.dumps({"steps": [], "echo_gain_db": -6.0, "echo_delay_ms": 3.0, **faults}))
    return BoardSettings(name="simulated", room_script=str(script))


def cough(rate_hz: int = 16_000) -> np.ndarray:
    """A burst of breath and a shorter one: noise under an envelope, most of it between 0.3 and 3 kHz."""
    random = np.random.default_rng(4)
    burst = random.standard_normal(rate_hz // 2) * np.exp(-np.arange(rate_hz // 2) / (0.06 * rate_hz))
    both = np.concatenate([burst, burst[: rate_hz // 4] * 0.7])
    spectrum, hz = np.fft.rfft(both), np.fft.rfftfreq(len(both), 1 / rate_hz)
    shaped = np.fft.irfft(spectrum / (1 + (hz / 1500) ** 2) * (hz > 200), len(both))
    return np.asarray(shaped / np.abs(shaped).max() * 20_000, np.int16)


async def story_begins(play: Theatre, wake: str = "") -> tuple[int, ev.ReplyAudible]:
    """It is asked for, and has been heard for a while. The place in the facts, and the fact that it sounds."""
    place = play.now
    play.say(f"{wake}{STORY}", level_dbfs=USER_DBFS)
    audible = await play.told(ev.ReplyAudible, after=place)
    await play.loudspeaker_has_played(1.5)
    return play.now, audible


@asynccontextmanager
async def lateness() -> AsyncIterator[Callable[[float], float]]:
    """By how much this process was held up within half a second of a moment, at the worst: no card can be cut sooner
    than somebody runs."""
    looks: list[tuple[float, float]] = []

    async def look() -> None:
        while True:
            due_s = time.monotonic() + LOOK_S
            await asyncio.sleep(LOOK_S)
            looks.append((due_s, time.monotonic() - due_s))

    looking = asyncio.create_task(look())
    try:
        yield lambda moment: max((late_s for due_s, late_s in looks if abs(due_s - moment) < 0.5), default=0.0)
    finally:
        looking.cancel()


def cut_is_what_the_room_heard(
    play: Theatre, audible: ev.ReplyAudible, cut: do.CutReply, truncations: int, late_s: float
) -> None:
    """The service is told so much; and nothing sounds three periods after the order."""
    told = [line for line in play.at_server() if line["type"] == "conversation.item.truncate"]
    assert len(told) == truncations
    _, ended_s = play.reply_in_room(play.moment(audible), play.moment(cut) + 0.3)
    assert ended_s <= play.moment(cut) + PERIODS_S + late_s
    heard_ms = play.reply_heard_ms(play.moment(audible), play.moment(cut) + 0.3)
    assert abs(told[-1]["audio_end_ms"] - heard_ms) <= TRUNCATION_MS, (told[-1], heard_ms)


async def reply_survives(play: Theatre, place: int, for_s: float) -> None:
    """What sounds meanwhile cuts nothing; if it held the reply up, that went on."""
    await asyncio.sleep(for_s)
    assert facts(play, do.CutReply, place) == []
    assert len(facts(play, do.ResumeReply, place)) == len(facts(play, do.PauseReply, place))
    now_s = time.monotonic()
    _, ended_s = play.reply_in_room(now_s - 1.0, now_s)
    assert ended_s > now_s - 0.5, "the reply goes on"


@pytest.mark.parametrize(
    "faults",
    [pytest.param(faults, id=name, marks=[pytest.mark.long] if faults else []) for name, faults in ROOMS.items()],
)
async def test_over_a_loud_reply_the_wake_word_and_speech_stop_it_and_a_cough_and_the_television_do_not(
    tmp_path: Path, faults: dict[str, float]
) -> None:
    for words in (f"Hey Jarvis, {STORY}", f"Hey Jarvis, {TIME}", STORY, TIME, TELEVISION):
        speech(words)
    async with theatre(tmp_path, board=room_script(tmp_path, faults)) as play, lateness() as late_s:
        assert play.board.room is not None

        place, _ = await story_begins(play, "Hey Jarvis, ")
        play.say(f"Hey Jarvis, {TIME}", level_dbfs=USER_DBFS + 3.0)
        await play.told(do.CutReply, after=place)
        await play.told(ev.WakeHeard, after=place)
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        await play.told(ev.PlaybackFinished, after=place)

        place, audible = await story_begins(play)
        play.say(TIME, level_dbfs=USER_DBFS)
        pause = await play.told(do.PauseReply, after=place)
        cut = await play.told(do.CutReply, after=place)
        assert play.moment(pause) <= play.moment(cut)
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        cut_is_what_the_room_heard(play, audible, cut, truncations=2, late_s=late_s(play.moment(cut)))
        await play.told(ev.PlaybackFinished, after=place)

        place, _ = await story_begins(play)
        play.board.room.say(cough(), 16_000, USER_DBFS)
        await reply_survives(play, place, 2.5)
        place = play.now
        play.say(TELEVISION, level_dbfs=USER_DBFS - 15.0)
        await reply_survives(play, place, 4.0)
