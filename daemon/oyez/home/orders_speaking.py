"""Orders that concern speaking: volume, texts, sounds, questions, and who agrees to a tool. Pure."""

from typing import Any

from oyez.events import (
    ApprovalGiven,
    AskAsked,
    Event,
    FollowUpAsked,
    ListenAsked,
    RestartAsked,
    SayAsked,
    StopAsked,
    VolumeAsked,
)
from oyez.events_home import Priority
from oyez.home.deeds import FetchSound
from oyez.home.order_fields import OFF, ON, Body, Wrong, field, no_id, number, press, shown, spoken, switch
from oyez.home.sound_source import BadSource, checked

LONGEST_SPEECH = 2000
"""Characters that `do/say` takes: about two minutes of speech."""
LONGEST_QUESTION = 500
LONGEST_ANSWER_S = 30.0
"""`do/ask` waits no longer for the first word: nobody knows that the device listens."""
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


def restart(body: Body, order_id: str | None) -> Event:
    press(body)
    return RestartAsked(order_id)


def follow_up(body: Body, order_id: str | None) -> Event:
    no_id(order_id)
    return FollowUpAsked(switch(field(body, "follow_up")))


def say(body: Body, order_id: str | None) -> Event:
    text = spoken(field(body, "text", "priority", "volume"), "text", LONGEST_SPEECH)
    return SayAsked(text, order_id, _priority(body), _own_volume(body))


def ask(body: Body, order_id: str | None) -> Event:
    question = spoken(field(body, "question", "priority", "volume", "answer_s"), "question", LONGEST_QUESTION)
    answer_s = _wished(body, "answer_s")
    if answer_s is None:
        return AskAsked(question, order_id, _priority(body), _own_volume(body))
    wait_s = number(body, answer_s, 1, LONGEST_ANSWER_S, "answer_s")
    return AskAsked(question, order_id, _priority(body), _own_volume(body), wait_s)


def announce(body: Body, order_id: str | None) -> FetchSound:
    try:
        source = checked(field(body, "source", "priority", "volume"))
    except BadSource as bad:
        raise Wrong(str(bad)) from None
    return FetchSound(source, order_id, _priority(body), _own_volume(body))


def _wished(body: Body, name: str) -> Any:
    """A field that may be left out; null is the same."""
    return body.get(name) if isinstance(body, dict) else None


def _priority(body: Body) -> Priority:
    match _wished(body, "priority"):
        case None | "normal":
            return "normal"
        case "urgent":
            return "urgent"
        case other:
            raise Wrong(f"`priority` is {shown(other)}: send normal or urgent.")


def _own_volume(body: Body) -> float | None:
    """0 to 1; None: as it is set."""
    volume = _wished(body, "volume")
    return None if volume is None else number(body, volume, 0, 100, "volume") / 100


def approve(body: Body, order_id: str | None) -> Event:
    approve = field(body, "approve", "request_id")
    request_id = body.get("request_id") if isinstance(body, dict) else None
    if request_id is not None and not (isinstance(request_id, str) and 1 <= len(request_id) <= LONGEST_ID):
        raise Wrong(f"`request_id` must be a string of 1 to {LONGEST_ID} characters, as event/approval gave it.")
    word = str(approve).lower() if isinstance(approve, bool | str) else ""
    if word not in ON | OFF:
        raise Wrong(f"{shown(approve)} is neither true nor false.")
    return ApprovalGiven(word in ON, request_id, order_id)
