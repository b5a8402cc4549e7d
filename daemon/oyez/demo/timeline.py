"""The live timeline: a line of the daemon's trace becomes a sentence, or nothing. Pure."""

from typing import Any

Line = dict[str, Any]


def sentence(line: Line) -> str:
    """What a person would say happened; empty for what is of no interest to them."""
    match line["what"]:
        case "WakeHeard":
            return f"wake word    {line['word']} ({line['score']:.3f})"
        case "SessionReady":
            return "line open    what was said meanwhile goes first"
        case "TextHeard":
            return f"heard        “{line['text']}”"
        case "ToolCalled":
            return f"tool call    {line['name']} {line['arguments']}"
        case "ReplyAudible":
            return "reply        begins"
        case "TextSaid":
            return f"said         “{_short(line['text'])}”"
        case "CutReply":
            return "barge-in     the loudspeaker is silent, the service knows what was heard"
        case "SessionLost" | "Complain":
            return f"trouble      {line['sentence']}"
        case "StateShown":
            return f"state        {line['state']}"
        case _:
            return ""


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:89] + "…"


class Ending:
    """Sees the trace and knows when the conversation is over: all requests were heard, and the device sleeps again."""

    def __init__(self, requests: int) -> None:
        self._due = requests
        self._heard = 0
        self._asleep = False

    def see(self, line: Line) -> None:
        self._heard += line["what"] == "TextHeard"
        if line["what"] == "StateShown":
            self._asleep = line["state"] == "idle"

    @property
    def reached(self) -> bool:
        return self._heard >= self._due and self._asleep
