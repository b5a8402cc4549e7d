"""What happened, told from the traces that the real processes left. Pure: lines in, turns and figures out.

Three witnesses: the daemon's trace (what it was told and ordered), the local server's event log (what came out of its
socket), and the Room's record (what was really spoken and heard). All count the same monotonic clock.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

Line = dict[str, Any]
LONGEST_TO_DAC_S = 1.0
"""A sound that the Room heard later than this after the delta was another one."""


@dataclass(slots=True)
class Turn:
    """One request and what came of it."""

    heard: str = ""
    reply: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    interrupted: bool = False
    wake_to_first_uplink_ms: float | None = None
    speech_end_to_first_audio_ms: float | None = None
    first_delta_to_dac_ms: float | None = None
    reply_audio_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Story:
    wake_word: str
    wake_score: float
    bytes_sent_before_wake: int
    turns: list[Turn]
    states: list[str]
    truncated_ms: list[int]

    @property
    def ok(self) -> bool:
        """The conversation happened: woken, silent before, and each request heard and answered."""
        answered = bool(self.turns) and all(turn.heard and (turn.reply or turn.interrupted) for turn in self.turns)
        return self.wake_word != "" and self.bytes_sent_before_wake == 0 and answered


def tell(trace: Sequence[Line], server: Sequence[Line], room: Line) -> Story:
    """trace and server: lines in order of time. room: the Room's record (docs/room.md), empty for a real card."""
    wakes = [line for line in trace if line["what"] == "WakeHeard"]
    first_wake_s = wakes[0]["time_s"] if wakes else float("inf")
    uplink = [line for line in server if line["direction"] == "in" and line.get("audio_bytes", 0) > 0]
    return Story(
        wake_word=wakes[0]["word"] if wakes else "",
        wake_score=round(wakes[0]["score"], 3) if wakes else 0.0,
        bytes_sent_before_wake=sum(line["audio_bytes"] for line in uplink if line["time_s"] < first_wake_s),
        turns=_turns(trace, server, room, uplink),
        states=_states(trace),
        truncated_ms=[line["audio_end_ms"] for line in server if line["type"] == "conversation.item.truncate"],
    )


def _turns(trace: Sequence[Line], server: Sequence[Line], room: Line, uplink: Sequence[Line]) -> list[Turn]:
    turns: list[Turn] = []
    turn = Turn()
    wake_s: float | None = None
    begun_s: float | None = None
    for line in trace:
        time_s = line["time_s"]
        match line["what"]:
            case "WakeHeard":
                wake_s = time_s
            case "TextHeard":
                turn = Turn(heard=line["text"])
                turns.append(turn)
                if wake_s is not None:
                    turn.wake_to_first_uplink_ms = _ms(wake_s, _first(uplink, wake_s))
                    wake_s = None
            case "ToolCalled":
                turn.tool_calls.append({"name": line["name"], "arguments": line["arguments"]})
            case "ReplyAudible" if begun_s is None:
                begun_s = time_s
                if not turn.reply_audio_ms:  # what follows a tool call is no first sound
                    _time_first_sound(turn, time_s, room)
            case "TextSaid":
                turn.reply = f"{turn.reply} {line['text']}".strip()
            case "PlaybackFinished" | "CutReply" as end if begun_s is not None:
                turn.interrupted |= end == "CutReply"
                turn.reply_audio_ms += _ms(begun_s, time_s) or 0.0
                begun_s = None
    return turns


def _time_first_sound(turn: Turn, delta_s: float, room: Line) -> None:
    replies = (event for event in room.get("events", ()) if event["kind"] == "reply_begins")
    sounded_s = _first(replies, delta_s, key="monotonic_s")
    if sounded_s is None or sounded_s > delta_s + LONGEST_TO_DAC_S:
        return  # too short for the Room to take it for a reply
    turn.first_delta_to_dac_ms = _ms(delta_s, sounded_s)
    spoken = [said["end_monotonic_s"] for said in room.get("said", ()) if said["end_monotonic_s"] <= delta_s]
    if spoken:
        turn.speech_end_to_first_audio_ms = _ms(max(spoken), sounded_s)


def _first(lines: Iterable[Line], since_s: float, key: str = "time_s") -> float | None:
    return next((line[key] for line in lines if line[key] >= since_s), None)


def _ms(start_s: float, end_s: float | None) -> float | None:
    return None if end_s is None else round((end_s - start_s) * 1000, 1)


def _states(trace: Sequence[Line]) -> list[str]:
    """The states shown on MQTT in order, repetitions left out."""
    return [state for state, _ in groupby(line["state"] for line in trace if line["what"] == "StateShown")]


def read_lines(text: str) -> list[Line]:
    """JSON lines; a last line cut short by a killed writer is left out."""
    lines = []
    for raw in text.split("\n"):  # and not splitlines(): JSON may hold other line separators as they are
        if not raw:
            continue
        try:
            lines.append(json.loads(raw))
        except json.JSONDecodeError:
            break
    return lines
