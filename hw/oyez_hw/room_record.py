"""Writes what happened in a Room: two WAV files and a JSON."""

from pathlib import Path
from typing import Any

import msgspec

from oyez_hw.room import Room
from oyez_hw.tape import Tape
from oyez_hw.wav import write_wav


def write_record(room: Room, prefix: Path) -> None:
    """PREFIX.loudspeaker.wav, PREFIX.microphone.wav, PREFIX.json. Both WAVs begin at room time `wav_start_s`.

    Raises OSError.
    """
    prefix.parent.mkdir(parents=True, exist_ok=True)
    with room.guard:
        start_s = max(room.heard.start / room.heard.rate_hz, room.first_microphone.start / room.microphone.rate_hz)
        _write(prefix.with_name(prefix.name + ".loudspeaker.wav"), room.heard, start_s, room.now_s)
        _write(prefix.with_name(prefix.name + ".microphone.wav"), room.first_microphone, start_s, room.now_s)
        document = msgspec.json.format(msgspec.json.encode(_document(room, start_s)), indent=1)
    prefix.with_name(prefix.name + ".json").write_bytes(document)


def _write(path: Path, tape: Tape, start_s: float, end_s: float) -> None:
    start = round(start_s * tape.rate_hz)
    write_wav(path, tape.read(start, max(0, round(end_s * tape.rate_hz) - start)), tape.rate_hz)


def _document(room: Room, start_s: float) -> dict[str, Any]:
    rate_hz = room.microphone.rate_hz
    return {
        "epoch_monotonic_s": room.epoch_s,
        "wav_start_s": start_s,
        "microphone_rate_hz": rate_hz,
        "loudspeaker_rate_hz": room.loudspeaker.rate_hz,
        "said": [
            {
                "label": utterance.label,
                "start_s": utterance.start / rate_hz,
                "end_s": utterance.end / rate_hz,
                "start_monotonic_s": room.monotonic_s(utterance.start / rate_hz),
                "end_monotonic_s": room.monotonic_s(utterance.end / rate_hz),
                "level_dbfs": utterance.level_dbfs,
            }
            for utterance in room.said
        ],
        "events": [
            {"kind": event.kind, "time_s": event.time_s, "monotonic_s": room.monotonic_s(event.time_s)}
            | ({"label": event.label} if event.label else {})
            for event in room.events
        ],
    }
