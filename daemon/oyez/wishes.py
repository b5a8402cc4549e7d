"""What is to be heard in the room beside a conversation, and its order. Pure.

Urgent first, then what the device itself has to say, then the rest; each in the order in which it came.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from oyez import actions as do
from oyez.actions import Action
from oyez.events import AskAsked, PlayAsked, SayAsked
from oyez.state import MAX_WAITING, SOUNDING, Notice, State, Wish

MUTED = "the microphone is muted; unmute it first"


def needs_line(wish: Wish) -> bool:
    """A sound was fetched already; words are spoken by the service."""
    return not isinstance(wish, PlayAsked)


def is_urgent(wish: Wish) -> bool:
    return not isinstance(wish, Notice) and wish.priority == "urgent"


def can_wait(wish: Wish) -> bool:
    """Ordered, and not urgent."""
    return not isinstance(wish, Notice) and wish.priority == "normal"


def volume_of(wish: Wish) -> float | None:
    return None if isinstance(wish, Notice) else wish.volume


def words_of(wish: SayAsked | AskAsked | Notice) -> str:
    return wish.question if isinstance(wish, AskAsked) else wish.text


def waits(state: State, wish: Wish) -> State:
    """In its place; what is being said stays the first."""
    first = 1 if state.phase in SOUNDING else 0
    behind = sorted((*state.waiting[first:], wish), key=_rank)
    return replace(state, waiting=(*state.waiting[:first], *behind))


def _rank(wish: Wish) -> int:
    if isinstance(wish, Notice):
        return 1
    return 0 if is_urgent(wish) else 2


def objection(state: State, wish: SayAsked | AskAsked | PlayAsked) -> str:
    """Why it cannot be done, for who ordered it; empty: it can."""
    if state.spent and needs_line(wish):
        return state.spent
    if state.quiet and can_wait(wish):
        return state.quiet
    if state.muted and isinstance(wish, AskAsked):
        return MUTED
    # Urgent ones have places of their own, which no heap of others takes.
    urgent = sum(is_urgent(other) for other in state.waiting)
    if urgent >= MAX_WAITING or (not is_urgent(wish) and len(state.waiting) >= MAX_WAITING):
        return f"{MAX_WAITING} announcements are waiting already; send it again later"
    return ""


def answer(wish: Wish, ok: bool, why: str = "", said: str | None = None) -> list[Action]:
    """What became of it: to who ordered it, if anybody did, and to who keeps its sound. said: to a question."""
    if isinstance(wish, Notice):
        return []
    told: list[Action] = [do.CompleteOrder(wish.order_id, ok, why, said)]
    return [*told, do.DropClip(wish.clip)] if isinstance(wish, PlayAsked) else told


def refuse(wishes: Iterable[Wish], why: str) -> list[Action]:
    return [action for wish in wishes for action in answer(wish, False, why)]


def refuse_those(state: State, why: str, which: Callable[[Wish], bool]) -> tuple[State, list[Action]]:
    """Of all that wait, but not of what is being said."""
    first = 1 if state.phase in SOUNDING else 0
    behind = state.waiting[first:]
    kept = tuple(wish for wish in behind if not which(wish))
    gone = [wish for wish in behind if which(wish)]
    return replace(state, waiting=(*state.waiting[:first], *kept)), refuse(gone, why)


def able(state: State, *, line_open: bool) -> tuple[State, list[Action]]:
    """What has come to be its turn and cannot be done any more is refused, until the first can be."""
    actions: list[Action] = []
    while state.waiting and (why := _hindrance(state, state.waiting[0], line_open)):
        actions += answer(state.waiting[0], False, why)
        state = replace(state, waiting=state.waiting[1:])
    return state, actions


def _hindrance(state: State, wish: Wish, line_open: bool) -> str:
    if isinstance(wish, AskAsked) and state.muted:
        return MUTED
    if not line_open and isinstance(wish, Notice):
        return "no line is opened for what nobody asked for"
    return state.spent if state.spent and needs_line(wish) and not isinstance(wish, Notice) else ""
