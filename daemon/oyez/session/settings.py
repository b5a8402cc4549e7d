"""What the service is told when a session opens. Pure.

Written as the protocol spells it and checked against its types on the way out.
"""

from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from oyez.config import Line
from oyez.session.codec import WIRE
from oyez_realtime import messages as wire

RATE_HZ = 24_000
FILLERS = {
    "de": "Einen Moment.",
    "en": "One moment.",
    "es": "Un momento.",
    "fr": "Un instant.",
    "it": "Un momento.",
    "nl": "Een ogenblik.",
    "pt": "Um momento.",
}
GO_ON = (
    "Your last answer was cut off in the middle because the connection broke. Go on with it from where it stops: "
    "repeat nothing, greet nobody, do not speak of the interruption."
)

Turns = Literal["service", "device"]


def turn_maker(config: Line, asked: Turns) -> Turns:
    """Who takes the turns when this one is asked to: a service that was configured not to does not."""
    return "device" if config.turn_detection == "manual" else asked


def session(config: Line, tools: Sequence[dict[str, Any]], turns: Turns | None = None) -> wire.RealtimeSession:
    """The `session` of session.update. turns: None: as configured."""
    audio_format = WIRE[config.audio_format]
    heard: dict[str, Any] = {
        "format": audio_format,
        "noise_reduction": {"type": "far_field"},
        "turn_detection": _turn_detection(config, turns or "service"),
    }
    if config.transcription_model:
        heard["transcription"] = {"model": config.transcription_model, "language": config.language}
    asked = {
        "type": "realtime",
        "instructions": config.instructions,
        "output_modalities": ["audio"],
        "audio": {"input": heard, "output": {"format": audio_format, "voice": config.voice}},
        "tools": list(tools),
        "tool_choice": "auto",
        "max_output_tokens": config.max_output_tokens,
        "truncation": {
            "type": "retention_ratio",
            "retention_ratio": config.retention_ratio,
            "token_limits": {"post_instructions": config.context_tokens_max},
        },
    }
    return msgspec.convert(asked, wire.RealtimeSession)


def turns_only(config: Line, turns: Turns) -> wire.RealtimeSession:
    """A `session` that changes who takes the turns and nothing else."""
    heard = {"turn_detection": _turn_detection(config, turns)}
    return msgspec.convert({"type": "realtime", "audio": {"input": heard}}, wire.RealtimeSession)


def _turn_detection(config: Line, turns: Turns) -> dict[str, Any] | None:
    """None: the device says when a turn has ended."""
    if turn_maker(config, turns) == "device":
        return None
    answers = {"create_response": True, "interrupt_response": True}
    if config.turn_detection == "semantic_vad":
        return {"type": "semantic_vad", "eagerness": config.eagerness, **answers}
    return {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": config.silence_ms,
        **answers,
    }


def going_on(config: Line, may_call: bool) -> wire.ResponseParameters:
    """The `response` of a response.create that finishes a reply which a loss cut off. may_call: what it announced may
    still have to be called; where it has called a tool already a second time would be one too many."""
    choice = "auto" if may_call else "none"
    asked = {"instructions": f"{config.instructions}\n\n{GO_ON}".strip(), "tool_choice": choice}
    return msgspec.convert(asked, wire.ResponseParameters)


def filler(config: Line) -> wire.ResponseParameters:
    """The `response` of a response.create that says a word while a tool takes its time."""
    words = FILLERS.get(config.language)
    if words is not None:
        return spoken(words)
    wish = f"Ask for a moment's patience in two or three words of the language {config.language}; say nothing else."
    return msgspec.structs.replace(spoken(""), instructions=wish)


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
