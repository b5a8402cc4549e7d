"""What the local voice says of itself: small talk, spoken as whole sentences. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from oyez_local.phrases import Meaning, understand

FAILED = "That did not work."
STORY = (
    "Once upon a time there was a small lighthouse at the end of a long stone pier.",
    "It had no keeper, only a voice that lived in its walls and called out to the ships at night.",
    "The voice knew every captain by name, and it knew the hour when each of them would pass.",
    "One winter the fog came in so thick that the light could no longer be seen, not even from the harbour.",
    "So the voice began to sing, slowly and clearly, and it sang the whole night through.",
    "Far out on the water a fishing boat with three sisters on board heard the song and turned toward it.",
    "They followed it past the rocks, past the broken mast of an old wreck, and into the quiet of the bay.",
    "In the morning the fog lifted, and the sisters climbed the pier to say thank you.",
    "The voice was a little hoarse, but it told them that it had enjoyed the company.",
    "And ever since that night, every ship that passes rings its bell twice to say good night.",
)
JOKES = (
    "Why did the loudspeaker go to school? It wanted to be a little sounder.",
    "I asked the light switch for advice. It said that it was on and off about it.",
)
PLAIN: dict[str, str] = {
    "Hello": "Hello. How can I help you?",
    "WhoAreYou": "I am Oyez, the local voice of this house. I work without the internet.",
    "Abilities": "I can switch lights, set timers and alarms, change the volume, tell the time, and tell you a story.",
    "Thanks": "You are welcome.",
    "Goodbye": "Goodbye.",
    "Stop": "All right.",
    "Agreed": "All right.",
    "Declined": "All right.",
}


def small_talk(meaning: Meaning, heard: Sequence[str], said: Sequence[str], now: datetime) -> str | None:
    """An answer that needs no tool; None where one does. heard, said: earlier words of user and voice, oldest first."""
    slots = meaning.slots
    match meaning.intent:
        case "Story":
            return " ".join(STORY)
        case "Joke":
            return JOKES[len(heard) % len(JOKES)]
        case "Count":
            return ", ".join(str(number) for number in range(1, int(slots["count"]) + 1)) + "."
        case "Add":
            return f"{slots['first']:g} plus {slots['second']:g} is {slots['first'] + slots['second']:g}."
        case "NameTold":
            return f"Nice to meet you, {_name(slots['person'])}."
        case "NameAsked":
            return _remembered(heard)
        case "Again":
            return said[-1] if said else "I have not said anything yet."
        case "Echo":
            return f"{str(slots['words']).strip().capitalize()}."
        case "HassGetCurrentTime":
            return f"It is {now:%H:%M}."
        case "HassGetCurrentDate":
            return f"Today is {now:%A}, {now.day} {now:%B}."
    return PLAIN.get(meaning.intent)


def _name(words: Any) -> str:
    return " ".join(word.capitalize() for word in str(words).strip(" .,!").split())


def _remembered(heard: Sequence[str]) -> str:
    for text in reversed(heard):
        for meaning in understand(text):
            if meaning.intent == "NameTold":
                return f"Your name is {_name(meaning.slots['person'])}."
    return "You have not told me your name."


def sentence_from(outputs: Sequence[str]) -> str:
    """What to say about the outputs of tools: their own words where they bring some."""
    sentences = [_from_output(output) for output in outputs]
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence)) or "Done."


def _from_output(output: str) -> str:
    try:
        value = json.loads(output)
    except (ValueError, RecursionError):
        return _sentence(output)
    if not isinstance(value, dict):
        return _sentence(_spoken(value))
    if "response_type" in value:
        return _from_intent(value)
    for key in ("speech", "message", "answer", "error", "result"):
        if isinstance(value.get(key), str) and value[key].strip():
            # Our device wraps what another server of tools said, which may be JSON again.
            return _from_output(value[key]) if value[key].lstrip().startswith("{") else _sentence(value[key])
    failed = value.get("ok") is False or value.get("success") is False
    facts = {key: fact for key, fact in value.items() if key not in ("ok", "success", "status")}
    if failed:
        return FAILED
    return " ".join(_sentence(f"{key.replace('_', ' ')} is {_spoken(fact)}") for key, fact in facts.items())


def _from_intent(value: dict[str, Any]) -> str:
    """Of Home Assistant, which says something only of some intents. "": it was done."""
    speech = value.get("speech")
    plain = speech.get("plain") if isinstance(speech, dict) else None
    words = plain.get("speech") if isinstance(plain, dict) else None
    if isinstance(words, str) and words.strip():
        return _sentence(words)
    data = value.get("data")
    failed = isinstance(data, dict) and data.get("failed") and not data.get("success")
    return FAILED if failed or value["response_type"] == "error" else ""


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_spoken(one) for one in value)
    return "" if value is None else str(value)


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")
