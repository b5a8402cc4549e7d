"""Cost of audio on the wire: our encode and decode beside those of the openai SDK (json + pydantic), in one run.

python -m tests.bench.wire --data DIR --json FILE

The audio is a recording of DIR. Without the SDK the peer is plain json + base64, and the report says so.
"""

import argparse
import base64
import csv
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile

from oyez_realtime.messages import InputAudioBufferAppend, ResponseOutputAudioDelta, decode_server_event, encode
from oyez_realtime.protocol import RealtimeProtocol
from tests.bench.report import write_report

CHUNK_BYTES = 1920
"""40 ms of 24 kHz, 16 bit, mono."""
ROUNDS = 41
CALLS = 500


def recording(data: Path) -> bytes:
    """The first second of audio in the manifest, as bytes: content does not matter, but silence would compress well."""
    with (data / "manifest.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            path = data / row["path"]
            if path.suffix in (".flac", ".wav") and path.exists():
                return bytes(soundfile.read(path, frames=24_000, dtype="int16", always_2d=True)[0][:, 0].tobytes())
    raise SystemExit(f"{data}/manifest.csv names no recording that exists: give a folder as ../shared/data/dev")


def delta_text(audio: bytes) -> str:
    return encode(
        ResponseOutputAudioDelta(
            event_id="event_BGbx0vJ1ZK", response_id="resp_BGbwzsEBcy", item_id="item_BGbwz21k4T", delta=audio
        )
    )


def ours(audio: bytes) -> dict[str, Callable[[], object]]:
    text = delta_text(audio)
    protocol = RealtimeProtocol()
    return {
        "encode_append_40ms": lambda: encode(InputAudioBufferAppend(audio=audio)),
        "decode_delta_40ms": lambda: decode_server_event(text),
        "decode_delta_40ms_in_protocol": lambda: protocol.receive(text),
    }


def plain(audio: bytes) -> dict[str, Callable[[], object]]:
    text = delta_text(audio)

    def append() -> str:
        return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()})

    def delta() -> bytes:
        return base64.b64decode(json.loads(text)["delta"])

    return {"encode_append_40ms": append, "decode_delta_40ms": delta}


def sdk(audio: bytes) -> dict[str, Callable[[], object]]:
    """As the SDK's own connection does: a validated union on the way in, a dumped model on the way out."""
    from openai._models import construct_type_unchecked
    from openai.types.realtime import InputAudioBufferAppendEvent, RealtimeServerEvent

    text = delta_text(audio)

    def append() -> str:
        encoded = base64.b64encode(audio).decode()
        event = InputAudioBufferAppendEvent(type="input_audio_buffer.append", audio=encoded)
        return event.to_json(use_api_names=True, exclude_unset=True)

    def delta() -> bytes:
        event: Any = construct_type_unchecked(value=json.loads(text), type_=RealtimeServerEvent)
        return base64.b64decode(event.delta)

    return {"encode_append_40ms": append, "decode_delta_40ms": delta}


def race(contestants: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median microseconds a call; the contestants take turns, so that a busy machine is unfair to none."""
    rounds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            begin = time.perf_counter()
            for _ in range(CALLS):
                call()
            rounds[name].append((time.perf_counter() - begin) / CALLS * 1e6)
    return {name: statistics.median(times) for name, times in rounds.items()}


def measure(audio: bytes) -> dict[str, Any]:
    has_sdk = importlib.util.find_spec("openai") is not None
    peers = {"json_base64": plain(audio)} | ({"openai_sdk": sdk(audio)} if has_sdk else {})
    contestants = {f"oyez/{name}": call for name, call in ours(audio).items()}
    contestants |= {f"{peer}/{name}": call for peer, calls in peers.items() for name, call in calls.items()}
    us = race(contestants)
    figures: dict[str, Any] = {"oyez": _of("oyez", us), "peers": {peer: _of(peer, us) for peer in peers}}
    figures["ratio"] = {
        peer: {name: round(us[f"{peer}/{name}"] / us[f"oyez/{name}"], 2) for name in calls}
        for peer, calls in peers.items()
    }
    if not has_sdk:
        figures["note"] = "the openai SDK is not installed: compared with plain json and base64 alone"
    return figures


def _of(who: str, us: dict[str, float]) -> dict[str, dict[str, float]]:
    mine = {name.partition("/")[2]: value for name, value in us.items() if name.startswith(f"{who}/")}
    return {name: {"us": round(value, 2), "messages_per_s": round(1e6 / value)} for name, value in mine.items()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wire", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where the report goes")
    options = parser.parse_args(arguments)
    audio = recording(options.data)[:CHUNK_BYTES]
    how = (
        f"40 ms of audio ({CHUNK_BYTES} bytes) as append and as delta; median of {ROUNDS} rounds of {CALLS} calls; "
        "contestants take turns in one process; ratio: how many times longer the peer takes"
    )
    report = write_report(options.json, "wire", how, ROUNDS * CALLS, measure(audio))
    print(json.dumps({"oyez": report["oyez"], "peers": report["peers"], "ratio": report["ratio"]}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
