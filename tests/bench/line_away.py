"""How long a person waits for the local server's answer when the voice service is away.

python -m tests.bench.line_away --data DIR --json FILE [--times N]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import soxr

from oyez import actions as do, events as ev
from oyez.config import Hearing
from oyez.session.local_server import LocalServer
from tests.bench._noisy import Recording, every, recordings
from tests.bench.phrase_end import trimmed
from tests.bench.report import write_report
from tests.doubles.cutting_proxy import CuttingProxy, cutting_proxy
from tests.doubles.processes import free_port
from tests.doubles.recordings import RATE_HZ, in_one_breath
from tests.doubles.speech import say as speech
from tests.doubles.swallowing_proxy import swallowing_proxy
from tests.doubles.token_endpoint import token_endpoint
from tests.stories.test_line_away import in_the_house
from tests.stories.theatre import Services, Theatre, patient, services, stage

ORDER, STORY = "Turn on the kitchen light.", "Tell me a long story about the sea."
WAIT_S = 40.0
HEARD_S = 0.5
HOW = (
    "The whole daemon in a simulated Room in real time; mosquitto, oyez-backend, an oyez-local in the service's place "
    "and another one in the house as processes on loopback. {times} times each, with a fresh daemon whose token is "
    "prefetched: a person's `alexa` and in the same breath a synthesised order for a light. From the end of the order "
    "in the Room to the first sound of the answer in the loudspeaker's queue, which comes after recognition, a call of "
    "the tool and its answer. first: the conversation in which the device finds out; next: the one after it. there: "
    "the service answers. refused: nobody listens at its address. swallowed: a proxy takes the connection and passes "
    "nothing on. backend_503: no token, and none in the drawer. no_name: the address has no DNS entry. cut: the line "
    "is cut half a second into a long reply, from the cut to the first sound of its rest."
)
Way = Callable[[Services], AbstractAsyncContextManager[dict[str, Any]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--times", type=int, default=3, help="of each way to be away")
    options = parser.parse_args()
    phrases = recordings(options.data, lambda row: (row["kind"], row["label"]) == ("wake_positive", "alexa"))
    short = [phrase for phrase in map(trimmed, phrases) if len(phrase.sound) < 1.2 * RATE_HZ]
    if not short:
        raise SystemExit(f"{options.data} has no recordings of alexa: nobody can wake the device")
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), every(options.times, short), options.times))
    print(json.dumps(write_report(options.json, "line_away", HOW.format(times=options.times), options.times, figures)))


async def measure(folder: Path, phrases: list[Recording], times: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    async with services(folder, local_options=["--voice-engine", "espeak"]) as world, in_the_house(folder) as local:
        for name, way in WAYS.items():
            waits: dict[str, list[float]] = {"first": [], "next": []}
            for number in range(times):
                async with way(world) as line, a_house(world, local, line) as play:
                    for when in waits:
                        waits[when] += await answered(play, phrases[number % len(phrases)])
            figures[name] = {f"{when}_s": summary(found) for when, found in waits.items()}
            print(name, figures[name], file=sys.stderr, flush=True)
        figures["cut"] = {"rest_s": summary([one for _ in range(times) for one in await cut(world, local, phrases[0])])}
    return figures


def a_house(world: Services, local: LocalServer, line: dict[str, Any]) -> AbstractAsyncContextManager[Theatre]:
    settings = patient(patience_s=1.0)
    return stage(world, local=local, line=line, conversation=settings, hearing=Hearing(wake_words=("alexa",)))


def summary(waits: list[float]) -> dict[str, Any]:
    return {"n": len(waits), "median": round(median(waits), 2), "most": round(max(waits), 2)} if waits else {"n": 0}


async def said(play: Theatre, phrase: Recording, text: str) -> float:
    """Monotonic time of its end in the Room."""
    sound, rate_hz = speech(text)
    order = trimmed(Recording("", "", soxr.resample(sound.astype(np.int16), rate_hz, RATE_HZ))).sound
    await play.play(in_one_breath(phrase.sound, order), RATE_HZ).wait()
    return time.monotonic()


async def answered(play: Theatre, phrase: Recording) -> list[float]:
    """How long it took; nothing where the wake word was not heard."""
    place = play.now
    ended_s = await said(play, phrase, ORDER)
    if not any(isinstance(fact, ev.WakeHeard) for _, fact in play.facts[place:]):
        return []
    await play.told(ev.ToolAnswered, after=place, timeout_s=WAIT_S, ok=True)
    audible = await play.told(ev.ReplyAudible, after=place, timeout_s=WAIT_S)
    await play.told(do.CloseSession, after=place)
    return [play.moment(audible) - ended_s]


async def cut(world: Services, local: LocalServer, phrase: Recording) -> list[float]:
    async with through_a_proxy(world) as (proxy, line), a_house(world, local, line) as play:
        place = play.now
        await said(play, phrase, STORY)
        await play.told(ev.ReplyAudible, after=place)
        await play.loudspeaker_has_played(HEARD_S)
        place = play.now
        proxy.cut(shut=True)
        cut_s = time.monotonic()
        return [play.moment(await play.told(ev.ReplyAudible, after=place)) - cut_s]


# --- ways to be away --------------------------------------------------------------------------------------------------


def port_of(world: Services) -> int:
    """Where the one in the service's place listens."""
    (line,) = [line for line in world.local.lines if line.startswith("listening on ")]
    port = urlsplit(line.split()[-1]).port
    assert port is not None
    return port


def at(port: int) -> dict[str, Any]:
    return {"realtime_url": f"ws://127.0.0.1:{port}/v1/realtime"}


@asynccontextmanager
async def there(world: Services) -> AsyncIterator[dict[str, Any]]:
    yield {}


@asynccontextmanager
async def refused(world: Services) -> AsyncIterator[dict[str, Any]]:
    yield at(free_port())


@asynccontextmanager
async def swallowed(world: Services) -> AsyncIterator[dict[str, Any]]:
    async with swallowing_proxy("127.0.0.1", port_of(world)) as proxy:
        proxy.swallow()
        yield at(proxy.port)


@asynccontextmanager
async def backend_503(world: Services) -> AsyncIterator[dict[str, Any]]:
    async with token_endpoint("ws://127.0.0.1:9/v1/realtime") as endpoint:
        endpoint.status = 503
        yield {"backend_url": f"http://127.0.0.1:{endpoint.port}"}


@asynccontextmanager
async def no_name(world: Services) -> AsyncIterator[dict[str, Any]]:
    yield {"realtime_url": "wss://voice.invalid/v1/realtime"}


@asynccontextmanager
async def through_a_proxy(world: Services) -> AsyncIterator[tuple[CuttingProxy, dict[str, Any]]]:
    async with cutting_proxy() as proxy:
        proxy.target_port = port_of(world)
        yield proxy, at(proxy.port)


WAYS: dict[str, Way] = {
    "there": there,
    "refused": refused,
    "swallowed": swallowed,
    "backend_503": backend_503,
    "no_name": no_name,
}


if __name__ == "__main__":
    main()
