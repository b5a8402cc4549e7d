"""What the service is told when a session opens. Pure.

Written as the protocol spells it and checked against its types on the way out.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from oyez.config import Line
from oyez_realtime import messages as wire

RATE_HZ = 24_000


def session(config: Line, tools: Sequence[dict[str, Any]]) -> wire.RealtimeSession:
    """The `session` of session.update: speech in and out at 24 kHz, the service takes the turns."""
    heard: dict[str, Any] = {
        "format": {"type": "audio/pcm", "rate": RATE_HZ},
        "noise_reduction": {"type": "far_field"},
        "turn_detection": {
            "type": "server_vad",
            "threshold": 0.5,
            "prefix_padding_ms": 300,
            "silence_duration_ms": config.silence_ms,
            "create_response": True,
            "interrupt_response": True,
        },
    }
    if config.transcription_model:
        heard["transcription"] = {"model": config.transcription_model, "language": config.language}
    asked = {
        "type": "realtime",
        "instructions": config.instructions,
        "output_modalities": ["audio"],
        "audio": {
            "input": heard,
            "output": {"format": {"type": "audio/pcm", "rate": RATE_HZ}, "voice": config.voice},
        },
        "tools": list(tools),
        "tool_choice": "auto",
        "max_output_tokens": config.max_output_tokens,
    }
    return msgspec.convert(asked, wire.RealtimeSession)


def spoken(text: str) -> wire.ResponseParameters:
    """The `response` of a response.create that says `text` outside the conversation."""
    asked = {
        "conversation": "none",
        "input": [],
        "instructions": f"Say exactly this and nothing else: {text}",
        "tool_choice": "none",
        "output_modalities": ["audio"],
    }
    return msgspec.convert(asked, wire.ResponseParameters)


def address(realtime_url: str, model: str) -> str:
    """The socket's address: the model stands in its query. One that is there already stays, as does everything else."""
    parts = urlsplit(realtime_url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if model and not any(name == "model" for name, _ in query):
        query.append(("model", model))
    return urlunsplit(parts._replace(query=urlencode(query)))
