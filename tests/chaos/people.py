"""Who lives with the device: somebody asks, follows up, interrupts; somebody presses buttons. By chance and by seed."""

import asyncio
from collections.abc import Iterator
from random import Random

from oyez import actions as do, events as ev
from oyez.house import House
from oyez.state import IN_CONVERSATION, Phase
from oyez_hw.room import Room
from tests.chaos.witness import Noted, Witness
from tests.doubles.speech import say

REQUESTS = (
    "What time is it?",
    "Turn on the kitchen light.",
    "Turn off the kitchen light.",
    "My name is Ada.",
    "What is my name?",
    "Tell me a joke.",
    "Water the plants in the garden.",
    "Please water the plants in the garden now.",
    "Set the volume to sixty percent.",
    "How are you today?",
    "Say exactly: the quick brown fox jumps over the lazy dog, and then it sleeps in the sun for a very long while.",
)
CLOSING = "Thank you."
BOUND_S = 90.0
"""So long for an answer or a complaint: thinking, mending the line, thinking again, a slow tool."""
HEARD_WITHIN_S = 1.5
SETTLES_S = 0.3
SOUNDS_WITHIN_S = 2.0


class Talker:
    """Speaks, and waits until the device has answered, complained, or been told to be quiet."""

    def __init__(self, rng: Random, room: Room, house: House, witness: Witness) -> None:
        self._rng, self._room, self._house, self._witness = rng, room, house, witness

    async def go_on(self) -> None:
        while True:
            await asyncio.sleep(self._rng.uniform(0.3, 4.0))
            if self._house.conductor.state.muted:
                continue
            await self._ask()

    async def _ask(self) -> None:
        state = self._house.conductor.state
        request = self._rng.choice(REQUESTS)
        if state.phase is Phase.LISTENING and self._rng.random() < 0.1:
            request = CLOSING
        if state.phase not in IN_CONVERSATION or self._rng.random() < 0.15:
            request = f"Hey Jarvis, {request[0].lower()}{request[1:]}"
        self._witness.remark(f"says: {request} ({state.phase.value})")
        place, since_s = self._witness.place, self._now()
        await self._say(request)
        begun = await self._begun(place)
        if begun is None:
            self._unheard(state.phase, since_s)
            return
        self._witness.counts["requests"] += 1
        outcome = await self._outcome(begun, request)
        self._witness.counts[f"outcome {outcome}"] += 1

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _say(self, text: str) -> None:
        sound, rate_hz = say(text)
        done = asyncio.Event()
        self._room.say(sound, rate_hz, self._rng.uniform(-28.0, -20.0), on_done=done.set)
        while not done.is_set():
            await asyncio.sleep(0.05)  # the microphone may be away, and the Room with it
            if self._now() < self._witness.card_away_s:
                break

    async def _begun(self, place: int) -> int | None:
        """The place of the fact by which the device took notice; None: it did not."""
        until_s = self._now() + HEARD_WITHIN_S
        while self._now() < until_s:
            for at, noted in enumerate(self._witness.since(place), place):
                if _notices(noted):
                    return at
            await asyncio.sleep(0.1)
        return None

    def _unheard(self, phase: Phase, since_s: float) -> None:
        """Nobody listens while muted or unplugged, nor for follow-ups when the conversation has just ended; and at the
        beginning of its life the device does not know its own echo, and lets nobody interrupt."""
        away = since_s < self._witness.card_away_s or self._house.conductor.state.muted
        self._witness.remark(f"unheard while {'away or muted' if away else phase.value}: since {since_s:.2f}")

    async def _outcome(self, place: int, request: str) -> str:
        until_s = self._now() + BOUND_S
        while self._now() < until_s:
            found = self._seen(self._witness.since(place))
            if found is not None and self._now() >= found.at_s + SETTLES_S:
                return await self._judged(found, place, request)
            await asyncio.sleep(0.1)
        self._witness.demand(False, f"neither answer nor complaint within {BOUND_S:g} s: {request}")
        return "none"

    def _seen(self, noted: list[Noted]) -> Noted | None:
        """By what it ended. A complaint is sounded behind the end of the conversation, and counts for more."""
        ends = [one for one in noted if _outcome_of(one.fact)]
        first = ends[0] if ends else None
        if first is not None and _outcome_of(first.fact) == "goodbye":
            return next((one for one in ends[1:4] if _outcome_of(one.fact) == "complained"), first)
        return first

    async def _judged(self, found: Noted, place: int, request: str) -> str:
        outcome = _outcome_of(found.fact)
        if outcome in ("answered", "complained"):
            await self._sounded(found, place, request)
        elif outcome == "goodbye" and not self._may_end(request, place):
            self._witness.demand(False, f"ended without a word: {request}")
            return "none"
        return outcome

    def _may_end(self, request: str, place: int) -> bool:
        """It was the person's own wish, or not all of it was heard."""
        return request.endswith(CLOSING) or self._now() < self._witness.card_away_s + 5.0

    async def _sounded(self, found: Noted, place: int, request: str) -> None:
        """The room heard the loudspeaker, unless somebody took the word from it, or the card."""
        await asyncio.sleep(max(0.0, found.at_s + SOUNDS_WITHIN_S - self._now()))
        rate_hz, began_s = self._room.heard.rate_hz, found.at_s - self._room.epoch_s
        heard = self._room.heard.read(round(began_s * rate_hz), round(SOUNDS_WITHIN_S * rate_hz))
        taken = any(
            isinstance(one.fact, do.CutReply | ev.StopAsked | ev.MuteAsked) for one in self._witness.since(place)
        )
        away = self._now() < self._witness.card_away_s + 5.0
        self._witness.demand(bool(heard.any()) or taken or away, f"the room heard nothing: {request}")


def _outcome_of(fact: object) -> str:
    """What this fact means to somebody who waits; empty: nothing yet."""
    match fact:
        case do.ExpectBargeIn(on=True):
            return "answered"
        case do.PlayChime(name="error"):
            return "complained"
        case ev.StopAsked() | ev.MuteAsked(muted=True) | ev.TalkPressed():
            return "called off"
        case do.PlayChime(name="done") | do.CloseSession():
            return "goodbye"
        case _:
            return ""


def _notices(noted: Noted) -> bool:
    match noted.fact:
        case ev.WakeHeard():
            return noted.phase is Phase.ASLEEP
        case ev.SpeechStarted():
            return noted.phase in (Phase.LISTENING, Phase.OPENING)
        case _:
            return False


class Household:
    """Orders that do not wait for a good moment. Told to the conductor as MQTT tells them."""

    def __init__(self, rng: Random, house: House, witness: Witness) -> None:
        self._rng, self._house, self._witness = rng, house, witness
        self._ids = _order_ids()

    async def go_on(self, mean_s: float) -> None:
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / mean_s))
            deed = self._rng.choice(("stop", "mute", "say", "listen", "talk", "volume"))
            self._witness.remark(f"order {deed}")
            await self._carry_out(deed)

    async def _carry_out(self, deed: str) -> None:
        tell, order_id = self._house.conductor.tell, next(self._ids)
        match deed:
            case "stop":
                tell(ev.StopAsked(order_id))
            case "mute":
                tell(ev.MuteAsked(True))
                await asyncio.sleep(self._rng.uniform(0.2, 5.0))
                tell(ev.MuteAsked(False))
            case "say":
                tell(ev.SayAsked("Dinner is ready.", order_id))
            case "listen":
                tell(ev.ListenAsked(order_id))
            case "talk":
                tell(ev.TalkPressed(order_id))
                await asyncio.sleep(self._rng.choice((0.1, 1.0, 3.0)))
                tell(ev.TalkReleased(next(self._ids)))
            case _:
                tell(ev.VolumeAsked(self._rng.uniform(0.4, 0.8)))


def _order_ids() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"order{number}"
