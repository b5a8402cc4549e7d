"""The device's own delay: wake to first uplink byte, first delta to loudspeaker, mute to closed tap, barge-in.

python -m tests.bench.latency --data DIR --json FILE [--wakes N] [--replies N]

The whole daemon runs in a simulated Room in real time; broker, backend and local server are processes on loopback, so
the figures hold no network but all of ours. All witnesses count one monotonic clock: what the daemon was told, what
passed the server's socket, and what the Room heard. First everything is played, and only then read and reckoned, so
that the reckoning does not disturb what it measures.
"""

import argparse
import asyncio
import csv
import json
import random
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez import actions as do, events as ev
from tests.bench._delays import first_delta_s, moment, percentiles, speech_s, uplink
from tests.bench.report import write_report
from tests.doubles.speech import say as speech
from tests.stories.theatre import Theatre, theatre

LABEL = "hey_jarvis"
WAKE_S = 1.5
"""A wake word not heard so long after its recording's end is a miss."""
FLOW_S = (0.25, 0.45)
"""Sound flows for so long before the mute: at random, so that it falls anywhere within a frame."""
MUTED_S = 0.3
"""So long it is watched that nothing leaves any more: fifteen pieces of an open tap."""
REST_S = 0.8
"""Before the next wake word: the model begins anew after a mute."""
HEARD_S = 1.2
"""So much of a reply is listened to before somebody speaks over it."""
ANSWER_S = 4.0
"""A reply that does not begin so long after its request is a miss."""
BYTES_PER_S = 48_000
"""Of the uplink: PCM16 mono at 24 kHz."""
REQUESTS = ("Tell me a long story about the sea.", "Tell me a long story about the moon.")
HOW = (
    "The whole daemon in a simulated Room in real time (20 ms periods, 16 kHz mono in, 48 kHz stereo out); mosquitto, "
    "oyez-backend and oyez-local as processes on loopback. {wakes} wake phrases: {clips} recordings of hey_jarvis "
    "and a synthesised one in turn, without those that the model misses, each once warm and once cold (the token is "
    "forgotten as the wake word is told, so the backend must be asked), each muted at a random moment after the line "
    "opened. {replies} replies in one conversation, each spoken over after {heard_s} s. First uplink: the server's "
    "socket takes the first audio, from WakeHeard told and from the true end of the phrase in the Room (where the "
    "recording tells it). Uplink lag: time since the end of the phrase as the ears told it, less the sound that the "
    "server had, when the mute was told. First delta: told by the line, or sent by the server's socket, to the first "
    "sample of the loudspeaker that is not zero. Mute: MuteAsked told to the tap closed; its last byte at the server "
    "counts from the same moment and may be earlier. Barge-in: first sound of speech to the last sample of the reply."
)


@dataclass(frozen=True, slots=True)
class Clip:
    sound: npt.NDArray[np.int16]
    rate_hz: int
    onset_s: float
    end_s: float | None
    """Of the phrase; None: cannot be told from the recording."""

    @property
    def seconds(self) -> float:
        return len(self.sound) / self.rate_hz


@dataclass(slots=True)
class Scene:
    """One thing said. Places count the theatre's facts."""

    clip: Clip
    began_s: float
    start: int
    end: int = 0
    cold: bool = False
    woke: bool = False
    bytes_after_mute: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--wakes", type=int, default=50, help="wake phrases, half of them cold")
    parser.add_argument("--replies", type=int, default=15, help="replies, each spoken over")
    options = parser.parse_args()
    recorded = recordings(options.data)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), [synthesised("Hey Jarvis."), *recorded], options))
    how = HOW.format(wakes=options.wakes, clips=len(recorded), replies=options.replies, heard_s=HEARD_S)
    print(json.dumps(write_report(options.json, "latency", how, options.wakes, figures)))


def recordings(data: Path) -> list[Clip]:
    """The wake phrases of DIR; none is well too, since there is a synthesised one."""
    import soundfile

    with (data / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["label"] == LABEL and row["kind"].startswith("wake")]
    return [cut(*soundfile.read(data / row["path"], dtype="int16")) for row in rows if row["channels"] == "1"]


def synthesised(text: str) -> Clip:
    return cut(*speech(text))


def cut(sound: npt.NDArray[np.int16], rate_hz: int) -> Clip:
    """Without the silence before and after, where that is certain: the Room has its own."""
    edges = speech_s(sound, rate_hz)
    if edges is None:
        return Clip(sound, rate_hz, 0.0, None)
    onset_s, end_s = edges
    return Clip(sound[round(onset_s * rate_hz) : round(end_s * rate_hz)], rate_hz, 0.0, end_s - onset_s)


# --- played -----------------------------------------------------------------------------------------------------------


async def measure(folder: Path, clips: list[Clip], options: argparse.Namespace) -> dict[str, Any]:
    requests = [synthesised(text) for text in REQUESTS]
    async with theatre(folder) as play:
        order = random.Random(1)
        wakes: list[Scene] = []
        while len(wakes) < options.wakes and clips:
            clip = clips.pop(0)
            both = [await wake_and_mute(play, clip, cold=cold, flow_s=order.uniform(*FLOW_S)) for cold in (False, True)]
            wakes += both
            if all(scene.woke for scene in both):
                clips.append(clip)
        print(f"{len(wakes)} wake phrases spoken", file=sys.stderr, flush=True)
        spoken = [await speak_over(play, requests[n % 2]) for n in range(options.replies + 1)]
        print(f"{options.replies} replies heard", file=sys.stderr, flush=True)
        lines = play.at_server()
        return {**waking(play, lines, wakes), **replying(play, lines, spoken)}


def speak(play: Theatre, clip: Clip, level_dbfs: float) -> Scene:
    room = play.board.room
    assert room is not None
    start = play.now
    return Scene(clip, room.monotonic_s(room.say(clip.sound, clip.rate_hz, level_dbfs)), start)


async def wake_and_mute(play: Theatre, clip: Clip, *, cold: bool, flow_s: float) -> Scene:
    """Wakes the device, lets sound flow, mutes it, watches the tap, and lets it hear again."""
    await asyncio.sleep(REST_S)
    scene = speak(play, clip, level_dbfs=-24.0)
    scene.cold = cold
    try:
        await play.told(ev.WakeHeard, after=scene.start, timeout_s=clip.seconds + WAKE_S)
    except AssertionError:  # a miss of the model is no delay; it is counted
        scene.end = play.now
        return scene
    scene.woke = True
    if cold:
        # Here the conductor has not yet read what we were told: the order to open the line finds an empty drawer.
        play.house._line._tokens.forget()
    await play.told(ev.SessionReady, after=scene.start)
    await asyncio.sleep(flow_s)
    play.house.conductor.tell(ev.MuteAsked(True))
    await play.told(do.CloseSession, after=scene.start)
    counters = play.house._ears.counters
    closed_at = counters.tap_bytes
    await asyncio.sleep(MUTED_S)
    scene.bytes_after_mute = counters.tap_bytes - closed_at
    scene.end = play.now
    play.house.conductor.tell(ev.MuteAsked(False))
    return scene


async def speak_over(play: Theatre, clip: Clip) -> Scene:
    """A request, over the reply to the one before where there is one; it ends when its own reply was heard a while."""
    if play.house.conductor.view.state == "idle":
        place = play.now
        play.house.conductor.tell(ev.ListenAsked())
        await play.told(ev.SessionReady, after=place)
    scene = speak(play, clip, level_dbfs=-20.0)
    try:
        await play.told(ev.ReplyAudible, after=scene.start, timeout_s=clip.seconds + ANSWER_S)
        await play.loudspeaker_has_played(HEARD_S)
    except AssertionError:  # nobody heard it: counted as missed, and the next one begins a new conversation
        play.house.conductor.tell(ev.StopAsked())
        await play.told(do.CloseSession, after=scene.start)
    scene.end = play.now
    return scene


# --- reckoned ---------------------------------------------------------------------------------------------------------


def waking(play: Theatre, lines: list[dict[str, Any]], scenes: list[Scene]) -> dict[str, Any]:
    delays_s: dict[str, list[float]] = defaultdict(list)
    for scene in scenes:
        woken = moment(play.facts, ev.WakeHeard, scene.start, scene.end)
        if woken is None:
            continue
        wake_s, wake = woken
        state = "cold" if scene.cold else "warm"
        mute_s, closed_s = mute_times(play, scene)
        pieces = uplink(lines, wake_s, closed_s + MUTED_S)
        first_s, last_s = pieces[0][0], pieces[-1][0]
        sent_s = sum(size for _, size in pieces) / BYTES_PER_S
        delays_s["uplink_lag_ms"].append(mute_s - wake.phrase_end_s - sent_s)
        delays_s[f"wake_to_first_uplink_ms.{state}"].append(first_s - wake_s)
        ready = moment(play.facts, ev.SessionReady, scene.start, scene.end)
        assert ready is not None
        delays_s[f"wake_to_open_line_ms.{state}"].append(ready[0] - wake_s)
        delays_s["mute_to_closed_tap_ms"].append(closed_s - mute_s)
        delays_s["mute_to_last_byte_at_server_ms"].append(last_s - mute_s)
        if scene.clip.end_s is not None:
            phrase_end_s = scene.began_s + scene.clip.end_s
            delays_s["phrase_end_to_wake_ms"].append(wake_s - phrase_end_s)
            delays_s[f"phrase_end_to_first_uplink_ms.{state}"].append(first_s - phrase_end_s)
    after_mute = sum(scene.bytes_after_mute for scene in scenes)
    missed = sum(not scene.woke for scene in scenes)
    return {**table(delays_s), "wakes_missed": missed, "tap_bytes_after_mute": after_mute}


def mute_times(play: Theatre, scene: Scene) -> tuple[float, float]:
    """When the mute was told, and when the tap was surely closed: SetMuted closes it before CloseTap is ordered."""
    told = moment(play.facts, ev.MuteAsked, scene.start, scene.end)
    closed = moment(play.facts, do.CloseTap, scene.start, scene.end)
    assert told is not None
    assert closed is not None
    return told[0], closed[0]


def replying(play: Theatre, lines: list[dict[str, Any]], scenes: list[Scene]) -> dict[str, Any]:
    delays_s: dict[str, list[float]] = defaultdict(list)
    missed = false_stops = 0
    sounds = False  # the reply to the scene before, when somebody begins to speak
    for scene in scenes:
        audible = moment(play.facts, ev.ReplyAudible, scene.start, scene.end)
        stopped = moment(play.facts, do.CutReply, scene.start, scene.end)
        if sounds and stopped is not None and (audible is None or stopped[0] < audible[0]):
            _, silent_s = play.reply_in_room(scene.began_s, stopped[0] + 0.2)
            delays_s["barge_in_stop_ms"].append(silent_s - scene.began_s)
        else:
            missed += sounds
        sounds = False
        if audible is not None:
            told_s, reply = audible
            sounded_s, _ = play.reply_in_room(told_s, told_s + 0.5)
            delays_s["first_delta_to_dac_ms"].append(sounded_s - told_s)
            sent_s = first_delta_s(lines, reply.response_id)
            assert sent_s is not None
            delays_s["first_delta_at_server_to_dac_ms"].append(sounded_s - sent_s)
            own_stop = any(
                isinstance(fact, do.CutReply) and at > told_s for at, fact in play.facts[scene.start : scene.end]
            )
            false_stops += own_stop
            sounds = not own_stop
    xruns = {"loudspeaker": play.board.speaker.xruns, "microphone": play.board.microphone.xruns}
    return {**table(delays_s), "barge_ins_missed": missed, "stops_without_speech": false_stops, "xruns": xruns}


def table(delays_s: dict[str, list[float]]) -> dict[str, Any]:
    """`name.state` becomes a table in a table; each holds p50, p95, p99 and its own n."""
    figures: dict[str, Any] = {}
    for key, values in sorted(delays_s.items()):
        name, _, state = key.partition(".")
        found = {**percentiles(values), "n": len(values)}
        if state:
            figures.setdefault(name, {})[state] = found
        else:
            figures[name] = found
    return figures


if __name__ == "__main__":
    main()
