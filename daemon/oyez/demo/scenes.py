"""What is said in the demo, and when: the Room's script and the daemon's configuration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the visitor."""

    text: str
    after: str
    """start, reply_begins (talks over the reply) or reply_ends: as the Room hears its loudspeaker."""
    delay_s: float


def scenes(wake_word: str) -> tuple[Line, ...]:
    """A request in one breath with the wake word, a follow-up without it, and a barge-in."""
    return (
        Line(f"{spoken(wake_word)}, turn on the kitchen light.", "start", 1.5),
        Line("Tell me a long story about the sea.", "reply_ends", 0.6),
        Line("Stop, what time is it?", "reply_begins", 3.0),
    )


def steps(recordings: Sequence[Path], lines: Sequence[Line] = ()) -> list[dict[str, object]]:
    """Steps of a room script (docs/room.md). Without lines: the first recording holds the wake word, each later one
    waits for the reply to end."""
    timed = lines or [Line("", "reply_ends" if n else "start", 0.6 if n else 1.5) for n in range(len(recordings))]
    return [
        {
            "wav": str(path.resolve()),
            "after": line.after,
            "delay_s": line.delay_s,
            "level_dbfs": -24.0,
            "label": line.text,
        }
        for path, line in zip(recordings, timed, strict=True)
    ]


def script(folder: Path, spoken: Sequence[dict[str, object]]) -> Path:
    """Writes room.json; the Room leaves its record beside it as room.*"""
    path = folder / "script.json"
    path.write_text(json.dumps({"steps": list(spoken), "record_wav": "room"}, indent=2))
    return path


def spoken(wake_word: str) -> str:
    return wake_word.replace("_", " ").title()


def configuration(stage: Stage, room_script: Path | None, board: str, wake_word: str) -> str:
    """The daemon's TOML: one light to switch, everything on loopback."""
    room = f"room_script = {_quoted(str(room_script))}" if room_script else ""
    return f"""\
[device]
id = "demo"
name = "Oyez demo"

[board]
name = {_quoted(board)}
{room}

[hearing]
wake_word = {_quoted(wake_word)}

[line]
backend_url = {_quoted(stage.backend_url)}
device_key_file = {_quoted(str(stage.device_key_file))}

[conversation]
patience_s = 4.0

[home]
port = {stage.mqtt_port}

[[tools]]
name = "set_light"
description = "Switch a light on or off."
topic = "demo/light/{{name}}/set"
payload = "{{on}}"
answer = "The {{name}} is {{on}}."

[tools.parameters.name]
description = "Which light, for example: kitchen light."

[tools.parameters.on]
type = "boolean"
"""


def _quoted(text: str) -> str:
    """A TOML string is a JSON string, but TOML knows no pairs of surrogates and wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
