"""The ways of the conversation machine to silence: what it takes to leave a phase, whatever comes then. Pure."""

from dataclasses import replace

from oyez import actions as do
from oyez.actions import Action
from oyez.state import LINE_USED, SOUNDING, TAP_OPEN, Phase, State, at_rest
from oyez.wishes import answer, refuse

ENDED = "the conversation ended"
OVER_IT = "someone spoke over it"

Step = tuple[State, list[Action]]


def hush(state: State, *, heard: bool = False) -> list[Action]:
    """What it takes to be silent at once and let nothing out. heard: what was announced was heard to its end."""
    actions: list[Action] = []
    # The sound of a reply may be there already, and what tells of it still on its way to us.
    coming = state.phase is Phase.THINKING and state.reply_is_coming
    announced = state.phase in (Phase.ANNOUNCING, Phase.PLAYING) and not heard
    if coming or announced or state.phase is Phase.SPEAKING:
        actions.append(do.CutReply())
    if state.phase is Phase.RINGING:
        actions.append(do.Ring(False))
    if state.reply is not None:
        actions.append(do.CancelReply())
    if state.own_volume:
        actions.append(do.UseVolume(None))
    if state.phase is Phase.SPEAKING:
        actions.append(do.ExpectBargeIn(False))
    if state.phase in TAP_OPEN:
        actions.append(do.CloseTap())
    if state.device_takes_turns and state.turns == "service":
        actions.append(do.TakeTurns("service"))
    return actions


def close_line(state: State) -> list[Action]:
    if state.phase not in LINE_USED:
        return []
    refused = [do.ApproveTool(wish.request_id, False, ENDED, wish.own) for wish in state.approvals]
    return [*refused, do.CloseSession()]


def rest(state: State, *, heard: bool = False) -> Step:
    """-> asleep at once. What waits is begun from there (resting.py). heard: as in hush."""
    owed: list[Action] = [do.PlayChime("error")] if state.troubled else []
    asleep = replace(at_rest(state), waiting=state.waiting)
    return asleep, [*hush(state, heard=heard), *close_line(state), *owed]


def end(state: State, why: str) -> Step:
    """-> asleep at once, with nothing left to do but timers. why: told to orders that are not carried out."""
    after, actions = rest(state)
    return replace(after, waiting=()), [*actions, *refuse(state.waiting, why)]


def give_up(state: State, why: str) -> Step:
    """-> asleep at once: what was being said, asked or played is not said to its end; the others go on waiting."""
    after, actions = rest(replace(state, waiting=state.waiting[1:]))
    return after, [*actions, *answer(state.waiting[0], False, why)]


def make_room(state: State) -> Step:
    """-> asleep for a person, who goes first. Troubles are told behind their conversation."""
    over = 1 if state.phase in SOUNDING | {Phase.CALLING} else 0
    room = replace(at_rest(state), troubled=state.troubled, waiting=state.waiting[over:])
    return room, [*hush(state), *close_line(state), *refuse(state.waiting[:over], OVER_IT)]


def acknowledge(state: State, *, heard: bool) -> list[Action]:
    """The timers that have come."""
    return [do.AcknowledgeTimers(state.due, heard)] if state.due else []
