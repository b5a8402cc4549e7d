"""Orders that concern speaking: volume, texts, questions, and who agrees to a tool. Pure."""

from oyez.events import ApprovalGiven, Event, ListenAsked, SayAsked, StopAsked, VolumeAsked
from oyez.home.order_fields import OFF, ON, Body, Wrong, field, no_id, number, press, shown, spoken

LONGEST_SPEECH = 2000
"""Characters that `do/say` takes: about two minutes of speech."""
LONGEST_ID = 255
"""Characters of a request that `do/approve` answers: as the state document shows it."""


def volume(body: Body, order_id: str | None) -> Event:
    no_id(order_id)
    return VolumeAsked(number(body, field(body, "volume"), 0, 100) / 100)


def listen(body: Body, order_id: str | None) -> Event:
    press(body)
    return ListenAsked(order_id)


def stop(body: Body, order_id: str | None) -> Event:
    press(body)
    return StopAsked(order_id)


def say(body: Body, order_id: str | None) -> Event:
    return SayAsked(spoken(field(body, "text"), "text", LONGEST_SPEECH), order_id)


def approve(body: Body, order_id: str | None) -> Event:
    approve = field(body, "approve", "request_id")
    request_id = body.get("request_id") if isinstance(body, dict) else None
    if request_id is not None and not (isinstance(request_id, str) and 1 <= len(request_id) <= LONGEST_ID):
        raise Wrong(f"`request_id` must be a string of 1 to {LONGEST_ID} characters, as event/approval gave it.")
    word = str(approve).lower() if isinstance(approve, bool | str) else ""
    if word not in ON | OFF:
        raise Wrong(f"{shown(approve)} is neither true nor false.")
    return ApprovalGiven(word in ON, request_id, order_id)
