"""Wakes in rooms with several devices: the daemon's own ears of each one, faster than real time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from oyez.config import Hearing
from oyez.events import Event, WakeHeard
from oyez.hearing.ears import Ears
from oyez.hearing.loudness import spoken_dbfs
from oyez_hw.pcm import Frame
from tests.bench._aloud import AtOnce
from tests.bench._bidding_rooms import NEAREST, RATE_HZ, drawn, heard, ways
from tests.bench._mixing import Sound, read

FRAME = 320
LUMPS = 8
"""The ears hand over so many frames at once: devices are in different places of theirs when the phrase comes."""
WAKES_A_ROOM = 5
PHRASE_S = 1.0


@dataclass(frozen=True, slots=True)
class Woken:
    """What one device made of the phrase."""

    at_s: float
    """When it knew, on the clock of all."""
    score: float
    snr_db: float | None
    near_db: float | None
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class Wake:
    word: str
    path: str
    distances_m: tuple[float, ...]
    """Of the devices, the nearest first."""
    woken: tuple[Woken | None, ...]
    """None: it did not hear it."""


@dataclass(frozen=True, slots=True)
class Task:
    """Some wakes in one room, drawn by its seed."""

    data: Path
    clips: tuple[tuple[str, str], ...]
    """(word, path)."""
    noises: tuple[str, ...]
    devices: int
    nearest: tuple[float, float]
    seed: int
    wakes: int


def wakes_of(
    data: Path,
    clips: Sequence[tuple[str, str]],
    noises: Sequence[str],
    devices: int,
    count: int,
    nearest: tuple[float, float] = NEAREST,
) -> list[Wake]:
    """count wakes, in rooms of WAKES_A_ROOM each; the same for the same folder."""
    tasks = [
        Task(data, tuple(clips), tuple(noises), devices, nearest, seed, min(WAKES_A_ROOM, count - seed * WAKES_A_ROOM))
        for seed in range(-(-count // WAKES_A_ROOM))
    ]
    with ProcessPoolExecutor() as workers:
        return [wake for room in workers.map(in_a_room, tasks) for wake in room]


def in_a_room(task: Task) -> list[Wake]:
    random = np.random.default_rng([task.devices, round(task.nearest[0] * 100), task.seed])
    layout = drawn(task.devices, random, task.nearest)
    paths = ways(layout)
    wakes = []
    for _ in range(task.wakes):
        word, name = task.clips[int(random.integers(len(task.clips)))]
        clip = read(task.data / name)
        woken = []
        for way in paths:
            noise = read(task.data / task.noises[int(random.integers(len(task.noises)))])
            sound = heard(clip, way, noise, random)
            woken.append(asyncio.run(listened(word, sound, int(random.integers(FRAME * LUMPS)))))
        wakes.append(Wake(word, name, tuple(layout.distances_m), tuple(woken)))
    return wakes


async def listened(word: str, sound: Sound, phase: int) -> Woken | None:
    """phase: the device was switched on so many samples later."""
    now_s = 0.0
    told: list[tuple[float, WakeHeard]] = []

    def tell(event: Event) -> None:
        if isinstance(event, WakeHeard):
            told.append((now_s, event))

    ears = Ears(Hearing(wake_words=(word,)), tell, clock=lambda: now_s)
    cast(Any, ears)._scoring._worker = AtOnce()

    async def frames() -> AsyncIterator[Frame]:
        nonlocal now_s
        for at in range(phase, len(sound) - FRAME + 1, FRAME):
            now_s = (at + FRAME) / RATE_HZ
            yield Frame(sound[at : at + FRAME, None], RATE_HZ, now_s)
            await ears.settled()

    await ears.run(frames())
    if not told:
        return None
    at_s, event = told[0]
    phrase = sound[max(0, round((at_s - PHRASE_S) * RATE_HZ)) : round(at_s * RATE_HZ)]
    return Woken(at_s, event.score, event.snr_db, event.near_db, spoken_dbfs(phrase))
