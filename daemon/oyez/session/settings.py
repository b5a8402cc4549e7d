"""What the service is told when a session opens. Pure.

Field names are the protocol's (realtime.md 1.3); the dictionary is checked by `oyez_realtime` when it is sent.
"""

from collections.abc import Sequence
from typing import Any

from oyez.config import Line

RATE_HZ = 24_000


def session(config: Line, tools: Sequence[dict[str, Any]]) -> dict[str, Any]:
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
    return {
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


def spoken(text: str) -> dict[str, Any]:
    """The `response` of a response.create that says `text` outside the conversation."""
    return {
        "conversation": "none",
        "input": [],
        "instructions": f"Say exactly this and nothing else: {text}",
        "tool_choice": "none",
        "output_modalities": ["audio"],
    }
