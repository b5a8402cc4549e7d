"""Older spellings of what servers say, turned into today's: event names, flat sessions, content types.

The old names live on in relays and local servers. Everything here works on decoded JSON, off the fast path.
"""

from typing import Any

JsonObject = dict[str, Any]

EVENT_TYPES = {
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "transcription_session.created": "session.created",
    "transcription_session.updated": "session.updated",
}

AUDIO_FORMATS: dict[str, JsonObject] = {
    "pcm16": {"type": "audio/pcm", "rate": 24_000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}

CONTENT_TYPES = {"text": "output_text", "audio": "output_audio"}

FLAT_SESSION_FIELDS = {
    "voice": ("audio", "output", "voice"),
    "speed": ("audio", "output", "speed"),
    "output_audio_format": ("audio", "output", "format"),
    "input_audio_format": ("audio", "input", "format"),
    "input_audio_transcription": ("audio", "input", "transcription"),
    "input_audio_noise_reduction": ("audio", "input", "noise_reduction"),
    "turn_detection": ("audio", "input", "turn_detection"),
    "modalities": ("output_modalities",),
    "max_response_output_tokens": ("max_output_tokens",),
}

FLAT_RESPONSE_FIELDS = {
    "modalities": ("output_modalities",),
    "voice": ("audio", "output", "voice"),
    "output_audio_format": ("audio", "output", "format"),
}

FORGOTTEN_SESSION_FIELDS = ("temperature", "client_secret")
"""What a session had and has no more: a setting without successor, and a secret that has its own object now."""


def modernised(event: JsonObject) -> JsonObject:
    """A copy of a server event in today's spelling; one that is modern comes back equal."""
    name = event.get("type")
    modern = {**event, "type": EVENT_TYPES.get(name, name) if isinstance(name, str) else name}
    if isinstance(event.get("session"), dict):
        kind = "transcription" if str(name).startswith("transcription_session") else "realtime"
        modern["session"] = modern_session(event["session"], kind)
    if isinstance(event.get("item"), dict):
        modern["item"] = modern_item(event["item"])
    response = event.get("response")
    if isinstance(response, dict):
        modern["response"] = _modern_response(response)
    return modern


def modern_session(session: JsonObject, kind: str) -> JsonObject:
    """`kind` is the type that a session without one is taken for: realtime or transcription."""
    gone = (*FLAT_SESSION_FIELDS, *FORGOTTEN_SESSION_FIELDS)
    modern: JsonObject = {key: value for key, value in session.items() if key not in gone}
    modern.setdefault("type", "transcription" if "transcription" in str(session.get("object")) else kind)
    for flat, path in FLAT_SESSION_FIELDS.items():
        if flat in session and not (flat == "modalities" and modern["type"] == "transcription"):
            _put(modern, path, _modern_value(flat, session[flat]))
    return modern


def _modern_value(flat: str, value: Any) -> Any:
    if flat == "modalities" and isinstance(value, list):
        return ["audio"] if "audio" in value else ["text"]
    if flat.endswith("_format") and isinstance(value, str):
        return AUDIO_FORMATS.get(value, value)
    return value


def _put(target: JsonObject, path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        inner = target.get(step)
        target[step] = dict(inner) if isinstance(inner, dict) else {}
        target = target[step]
    target.setdefault(path[-1], value)


def modern_item(item: JsonObject) -> JsonObject:
    content = item.get("content")
    if item.get("role") != "assistant" or not isinstance(content, list):
        return item
    return {**item, "content": [_modern_part(part) for part in content]}


def _modern_part(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {**part, "type": CONTENT_TYPES.get(str(part.get("type")), part.get("type"))}


def _modern_response(response: JsonObject) -> JsonObject:
    modern = {key: value for key, value in response.items() if key not in (*FLAT_RESPONSE_FIELDS, "temperature")}
    for flat, path in FLAT_RESPONSE_FIELDS.items():
        if flat in response:
            value = response[flat]
            _put(modern, path, value if flat == "modalities" else _modern_value(flat, value))
    output = modern.get("output")
    if isinstance(output, list):
        modern["output"] = [modern_item(item) if isinstance(item, dict) else item for item in output]
    return modern
