"""What a sentence wants: English sentence templates, matched by hassil. Pure.

Timers, volume, time and date are understood by Home Assistant's own templates (home-assistant-intents); switching by
ours, because a Realtime session declares tools and not the entities that Home Assistant's sentences are bound to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import hassil
from hassil.recognize import recognize_all
from home_assistant_intents import get_intents

from oyez_local.clocks import time_of_day

BORROWED = (
    "HassCancelAllTimers",
    "HassCancelTimer",
    "HassGetCurrentDate",
    "HassGetCurrentTime",
    "HassSetVolume",
    "HassSetVolumeRelative",
    "HassStartTimer",
    "HassTimerStatus",
)

OWN: dict[str, list[str]] = {
    "Switch": [
        "<turn> {state} [<the>] {thing}",
        "<turn> [<the>] {thing} {state}",
        "[<the>] {thing} {state} [please]",
        "lights {state}",
        "<turn> [all] [<the>] lights {state}",
        "<turn> {state} [all] [<the>] lights",
        "(illuminate|light up) [<the>] {thing}",
    ],
    "Brightness": [
        "(set|dim|brighten|turn|put) [<the>] {thing} [brightness] to {percent}[( |)%| percent]",
        "(set|change) [the] brightness of [<the>] {thing} to {percent}[( |)%| percent]",
    ],
    "Louder": ["(louder|speak up|a (bit|little) louder)"],
    "Quieter": ["(quieter|softer|a (bit|little) (quieter|softer))"],
    "NamedTimer": [
        "<timer_set> [a|an|the|my] {timer_name:name} timer for {timer_minutes:minutes} minute[s]",
        "<timer_set> [a|an|the|my] {timer_name:name} timer for {timer_seconds:seconds} second[s]",
        "<timer_set> [a|an|the|my] {timer_name:name} timer for {timer_hours:hours} hour[s]",
        "<timer_set> [a|an|the|my] alarm (in|for) {timer_minutes:minutes} minute[s]",
        "<timer_set> [a|an|the|my] alarm (in|for) {timer_hours:hours} hour[s]",
        "wake me [up] in {timer_minutes:minutes} minute[s]",
        "wake me [up] in {timer_hours:hours} hour[s]",
    ],
    "SetAlarm": [
        "<timer_set> [a|an|the|my] alarm (for|at) {clock}",
        "<timer_set> [a|an|the|my] {timer_name:name} alarm (for|at) {clock}",
        "<timer_set> [a|an|the|my] alarm (named|called) {timer_name:name} (for|at) {clock}",
        "<timer_set> [a|an|the|my] {clock} alarm",
        "alarm (for|at) {clock}",
        "wake me [up] at {clock}",
    ],
    "CancelAlarm": [
        "(<timer_cancel>|delete|remove|turn off) [the|my] alarm",
        "(<timer_cancel>|delete|remove|turn off) [the|my] alarm (for|at) {clock}",
        "(<timer_cancel>|delete|remove|turn off) [the|my] {clock} alarm",
        "(<timer_cancel>|delete|remove|turn off) [the|my] {timer_name:name} alarm",
    ],
    "TimerList": [
        "(what|which) [are my] (timer|timers|alarm|alarms) [are|is|do i have|have i] [set|running|on|there]",
        "(list|tell me) [all] [of] [the|my] (timers|alarms)",
        "(are there any|is there a|do i have a|do i have any) (timer|timers|alarm|alarms) [set|running]",
        "[how much] time [is] left",
        "how long [is] left [on the alarm]",
        "when (does|will) [the|my] (timer|alarm) (ring|end|go off)",
    ],
    "Order": ["(open|close|shut|lock|unlock|start|run|activate|press|play|pause|set|make) [<the>] {thing}"],
    "Stop": ["(stop|quiet|silence|enough|shut up|be quiet|that's enough|never mind|nevermind|cancel|forget it) [now]"],
    "WhatHeard": [
        "what (did|have) you (hear|heard|understand|understood) [me say|from me|last|lately|so far]",
        "what was the last thing [that] you heard",
    ],
    "WhyWake": [
        "why did you (wake [up]|start listening|turn on|answer)",
        "why (are|were) you (awake|listening)",
        "what woke you [up]",
    ],
    "WhatsWrong": [
        "(what is|what's) wrong [with you]",
        "(what is|what's) the (matter|problem|trouble) [with you]",
        "is (something|anything) wrong [with you]",
        "are you (okay|ok|all right|alright|well)",
        "do you have (any|a) (trouble|troubles|problem|problems)",
    ],
    "StopListening": [
        "stop listening [to (me|us)] [now]",
        "(mute|turn off|switch off) [the|your] (microphone|mic)",
        "mute yourself",
        "(don't|do not) listen [to (me|us)] [any more|anymore|now]",
    ],
    "Hello": [
        "(hello|hi|hey|good morning|good evening|good afternoon) [there|oyez|jarvis|everyone]",
        "(hello|hi|hey) how are you [today|doing]",
        "how are you [today|doing]",
    ],
    "WhoAreYou": ["who are you", "what are you", "what's your name", "what is your name", "tell me about yourself"],
    "Abilities": ["what can you do [for me]", "help [me]", "what can i (say|ask) [you]"],
    "NameTold": ["my name is {person}", "(call me|i am called) {person}", "my name's {person}"],
    "NameAsked": ["(what is|what's) my name", "(do you know|who am i|do you remember) [what|my name] [is|my name]"],
    "Story": [
        "tell [me] a [long|short|little|bedtime|nice] story [about {topic}]",
        "(read|tell) me something [long|nice|interesting]",
    ],
    "Joke": ["tell [me] [a|another] joke", "make me laugh"],
    "Count": ["count [up] to {count}", "count from one to {count}"],
    "Add": ["<what_is> {first} (plus|and|+) {second}", "how much is {first} (plus|and|+) {second}"],
    "Again": ["(say that again|repeat that|what did you say|pardon|say it again)"],
    "Echo": ["(say|repeat after me|repeat) {words}"],
    "Thanks": ["(thanks|thank you) [very much|so much|a lot]", "(great|perfect|okay|good) thank you"],
    "Agreed": ["(yes|yeah|yep|sure|okay|ok|go ahead|do it) [please]"],
    "Declined": ["(no|nope) [thanks|thank you]"],
    "Goodbye": ["(goodbye|bye|bye bye|good night|see you [later|tomorrow]|that is all|that's all)"],
}

LISTS: dict[str, Any] = {
    "state": {"values": ["on", "off"]},
    "thing": {"wildcard": True},
    "person": {"wildcard": True},
    "topic": {"wildcard": True},
    "words": {"wildcard": True},
    "percent": {"range": {"from": 0, "to": 100}},
    "count": {"range": {"from": 1, "to": 100}},
    "first": {"range": {"from": 0, "to": 100}},
    "second": {"range": {"from": 0, "to": 100}},
    "name": {"wildcard": True},
    "area": {"wildcard": True},
    "floor": {"wildcard": True},
    "clock": {"wildcard": True},
}

LAST_RESORT = ("Order", "Echo")
"""Templates with a wildcard for almost anything: believed only when no other template fits."""

QUESTION_WORDS = ("is", "are", "was", "were", "why", "when", "who", "what", "what's", "how", "did", "does")

HESITATION = re.compile(r"^\s*(?:(?:uh|um|er|erm|hm+|ah|oh)\b[\s,.!]*)+", re.IGNORECASE)
"""Says nothing; it is also what a recogniser makes of the end of a wake phrase."""
MAX_SKIPPED_WORDS = 3
"""The tail of a wake phrase, a name, an "um" before the request."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a sentence wants: the template's name and what stood in its slots."""

    intent: str
    slots: dict[str, Any] = field(default_factory=dict, hash=False)
    text: str = ""
    """The words that were understood, without punctuation."""


def understand(text: str) -> list[Meaning]:
    """What `text` wants, in order; [] when nothing fits. "A and B" is two wishes if each is one by itself."""
    words = _plain(text)
    if not words:
        return []
    parts = [_one(part) for part in re.split(r"\b(?:and then|and|then)\b", words)]
    if len(parts) > 1 and all(parts):
        return [part for part in parts if part]
    whole = _one(words) or _one(_plain(re.split(r"(?<=[.!?])\s+", text.strip())[-1]))
    return [whole] if whole else []


def _plain(text: str) -> str:
    text = HESITATION.sub("", text)
    text = re.sub(r"[\s,.!]*\bplease\b[\s,.!?]*$", "", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'%+:.-]|[.-](?!\d)", " ", text.replace("’", "'"))).strip()


def _one(sentence: str) -> Meaning | None:
    words = sentence.split()
    if words and words[0].lower() in QUESTION_WORDS:
        # "Is the light on?" asks: dropping its first word would make an order of it.
        return _match(sentence, without=("Switch", "Order"))
    for skipped in range(min(MAX_SKIPPED_WORDS, len(words) - 1) + 1):
        rest = " ".join(words[skipped:])
        meaning = _match(rest)
        # Half of a sentence must not become an order by a template that fits almost everything.
        if meaning and (skipped == 0 or meaning.intent not in LAST_RESORT):
            return meaning
    return None


def _match(sentence: str, without: tuple[str, ...] = ()) -> Meaning | None:
    intents, skip_words = _templates()
    results = [
        (result.intent.name, {name: entity.value for name, entity in result.entities.items()})
        for result in recognize_all(sentence, intents, skip_words=skip_words)
    ]
    candidates = [(name, slots) for name, slots in results if name not in without and _sensible(slots)]
    if not candidates:
        return None
    name, slots = min(candidates, key=lambda found: (found[0] in LAST_RESORT, _wildness(found[1])))
    return Meaning(name, slots, sentence)


def _sensible(slots: dict[str, Any]) -> bool:
    """Refuses a wildcard that swallowed the grammar of its sentence, or holds no time where one must be."""
    if "clock" in slots and time_of_day(str(slots["clock"])) is None:
        return False
    thing = str(slots.get("thing", "")).lower().split()
    return not {"on", "off"} & set(thing) and len(thing) <= 6


def _wildness(slots: dict[str, Any]) -> int:
    """How many characters were matched by wildcards: the fewer, the better the template fits."""
    wild = ("thing", "name", "area", "floor", "topic", "words", "person", "clock", "conversation_command")
    return sum(len(str(value)) for key, value in slots.items() if key in wild)


@cache
def _templates() -> tuple[hassil.Intents, list[str]]:
    english = get_intents("en") or {}
    borrowed = {name: {"data": list(_usable(english["intents"][name]["data"]))} for name in BORROWED}
    own = {name: {"data": [{"sentences": sentences}]} for name, sentences in OWN.items()}
    intents = hassil.Intents.from_dict(
        {
            "language": "en",
            "intents": borrowed | own,
            "lists": english["lists"] | LISTS,
            "expansion_rules": english["expansion_rules"],
        }
    )
    return intents, [*english["skip_words"], "now please", "then"]


def _usable(blocks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Blocks that need no knowledge of rooms; a delayed command would be a second sentence inside the first."""
    for block in blocks:
        sentences = " ".join(block["sentences"])
        if not any(slot in sentences for slot in ("{area}", "{floor}", "{name}", "{timer_command")):
            yield {"sentences": block["sentences"]}


def warm_up() -> None:
    """Parses the templates now (about a tenth of a second) and not while somebody waits for an answer."""
    understand("what time is it")
