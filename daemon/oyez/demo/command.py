"""`oyez demo`: sets the stage, lets it play, tells it live, and leaves reply.wav, timeline.png and the JSON."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oyez.demo import scenes, stage, story
from oyez.demo.timeline import Ending, sentence
from oyez.demo.witness import MqttWitness
from oyez.errors import OyezError
from oyez_hw.wav import read_wav

LOOK_S = 0.1
LEFT = (
    "trace.jsonl", "server.jsonl", "reply.wav", "timeline.png", "device_key",
    "room.json", "room.loudspeaker.wav", "room.microphone.wav",
)  # fmt: skip
"""What a demo writes and would take for its own if it found it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    folder: Path
    """For what it leaves."""
    said: Sequence[Path]
    """Recordings to speak; none: synthesised scenes."""
    board: str
    wake_word: str
    give_up_s: float
    """A conversation that is not over by then has failed."""


async def demo(wishes: Wishes, as_json: bool) -> int:
    """0 only if the conversation happened."""
    _clear(wishes.folder)
    recordings = _recordings(wishes) if wishes.board == "simulated" else []
    _tell("Setting the stage: broker, backend, local server (about ten seconds) ...")
    async with stage.built(wishes.folder) as built:
        with MqttWitness(built.mqtt_port) as witness:
            lines = await _play(built, recordings, wishes)
        result = _result(wishes.folder, lines, witness)
    if as_json:
        print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


def _clear(folder: Path) -> None:
    """Takes away what an earlier demo left here, and nothing else: the folder may be anybody's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LEFT:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "backend", ignore_errors=True)
    # mosquitto started as root gives up its rights and must still be able to read its configuration here
    folder.chmod(folder.stat().st_mode | 0o055)


def _recordings(wishes: Wishes) -> list[dict[str, object]]:
    for path in wishes.said:
        try:
            read_wav(path)
        except (OSError, ValueError) as error:
            raise OyezError(f"{path} cannot be spoken: {error}. Give --say the paths of WAV files.") from None
    if wishes.said:
        return scenes.steps(wishes.said)
    from oyez.demo.visitor import Visitor

    visitor, lines = Visitor(), scenes.scenes(wishes.wake_word)
    recorded = [visitor.record(line.text, wishes.folder / f"said{n}.wav") for n, line in enumerate(lines, 1)]
    return scenes.steps(recorded, lines)


async def _play(built: stage.Stage, recordings: list[dict[str, object]], wishes: Wishes) -> list[story.Line]:
    """Runs the daemon until it sleeps after the last of what was to be said. Returns its trace."""
    room = scenes.script(built.folder, recordings) if recordings else None
    config, trace = built.folder / "oyez.toml", built.folder / "trace.jsonl"
    config.write_text(scenes.configuration(built, room, wishes.board, wishes.wake_word), encoding="utf-8")
    command = [sys.executable, "-m", "oyez", "run", "--config", config, "--trace", trace]
    lines: list[story.Line] = []
    async with stage.process(command, built.folder / "daemon.log", ready="Listening") as (daemon, _):
        if not recordings:
            _tell(f"Say “{scenes.spoken(wishes.wake_word)}” and what you want. It ends when the device sleeps again.")
        began_s = time.monotonic()
        ending = Ending(requests=len(recordings) or 1)
        while daemon.returncode is None and not ending.reached and time.monotonic() - began_s < wishes.give_up_s:
            await asyncio.sleep(LOOK_S)
            for line in _fresh(trace, len(lines)):
                lines.append(line)
                ending.see(line)
                if text := sentence(line):
                    _tell(f"{line['time_s'] - began_s:7.2f} s  {text}")
    return lines


def _fresh(trace: Path, seen: int) -> Iterator[story.Line]:
    if trace.exists():
        yield from story.read_lines(trace.read_text(encoding="utf-8"))[seen:]


def _result(folder: Path, lines: list[story.Line], witness: MqttWitness) -> dict[str, Any]:
    """The contract's JSON; where there was a Room, also the sound that it heard and a picture."""
    server = story.read_lines((folder / "server.jsonl").read_text(encoding="utf-8"))
    record_path = folder / "room.json"
    record = json.loads(record_path.read_text(encoding="utf-8")) if record_path.exists() else {}
    happened = story.tell(lines, server, record)
    return {
        "ok": happened.ok,
        "wake_word": happened.wake_word,
        "wake_score": happened.wake_score,
        "bytes_sent_before_wake": happened.bytes_sent_before_wake,
        "turns": [asdict(turn) for turn in happened.turns],
        "truncated_ms": happened.truncated_ms,
        "mqtt": {"states": witness.states, "messages": witness.messages},
        **(_pictures(folder, lines, record) if record else {}),
    }


def _pictures(folder: Path, lines: list[story.Line], record: dict[str, Any]) -> dict[str, str]:
    from oyez.demo.picture import draw

    played = shutil.copyfile(folder / "room.loudspeaker.wav", folder / "reply.wav")
    heard = folder / "room.microphone.wav"
    start_s = record["epoch_monotonic_s"] + record["wav_start_s"]
    picture = folder / "timeline.png"
    draw(picture, read_wav(heard), read_wav(played), start_s, lines)
    _tell(f"What the loudspeaker played: {played}; the picture: {picture}")
    return {"reply_wav": str(played), "timeline_png": str(picture)}


def _tell(text: str) -> None:
    """The timeline goes to standard error with --json's last line left alone on standard output."""
    print(text, file=sys.stderr, flush=True)
