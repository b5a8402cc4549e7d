"""The ways of the conversation machine into what the device lets be heard beside a conversation. Pure.

phase         line      tap     deadline
calling       opening   closed  opening_s       the line opens to say or ask something that was ordered
announcing    open      closed  speaking_s      that is being said
answering     open      open    the question's answer_s, utterance_s while someone answers, then thinking_s
playing       closed    closed  the sound's own length and a margin
ringing       closed    closed  ring_s          timers have come and nobody has heard them yet
"""

from dataclasses import replace

from oyez import actions as do
from oyez.actions import Action
from oyez.config import Conversation
from oyez.events import AskAsked, PlayAsked
from oyez.leaving import Step, rest
from oyez.state import Answer, Notice, Phase, State, at_rest
from oyez.wishes import able, can_wait, needs_line, volume_of, words_of

MARGIN_S = 5.0
"""So much later than it should be over a sound is given up: the card was slow, or is away."""
SOONEST = 0.5
"""Of a sound's length: an end that is told before is that of something else."""


def next_is_ripe(state: State) -> bool:
    """Something waits, and no timer that has come goes before it: those go before whatever was ordered and can wait."""
    return bool(state.waiting) and not (state.due and can_wait(state.waiting[0]))


def begin(state: State, now: float, c: Conversation) -> Step:
    """asleep -> calling, playing: the first of what waits."""
    return call(state, now, c) if needs_line(state.waiting[0]) else play(state, now)


def call(state: State, now: float, c: Conversation) -> Step:
    """asleep -> calling: the line opens to say what is waiting."""
    return replace(state, phase=Phase.CALLING, deadline_s=now + c.opening_s), [do.OpenSession()]


def announce(state: State, now: float, c: Conversation) -> Step:
    """-> announcing: the line is open and the first of what is waiting is said. All else is silent already."""
    first = state.waiting[0]
    assert not isinstance(first, PlayAsked)
    said = replace(
        at_rest(state),
        phase=Phase.ANNOUNCING,
        deadline_s=now + c.speaking_s,
        # Refused when the line closes: earlier, the service would go on, and speak into what is announced.
        approvals=state.approvals,
        mended_by_s=state.mended_by_s,
        troubled=state.troubled,
        waiting=state.waiting,
        own_volume=volume_of(first) is not None,
        unsaid="" if first == Notice(state.unsaid) else state.unsaid,
    )
    return said, [*_use_volume(state), do.SayText(words_of(first))]


def announce_next(state: State, now: float, c: Conversation) -> Step:
    """announcing, heard to its end -> what waits is said on the same line if its turn has come; else -> asleep."""
    state, refused = able(state, line_open=True)
    if next_is_ripe(state) and needs_line(state.waiting[0]):
        after, actions = announce(state, now, c)
        return after, [*usual_volume(state), *refused, *actions]
    after, actions = rest(state, heard=True)
    return after, [*refused, *actions]


def play(state: State, now: float) -> Step:
    """asleep -> playing."""
    first = state.waiting[0]
    assert isinstance(first, PlayAsked)
    playing = replace(
        state,
        phase=Phase.PLAYING,
        deadline_s=now + first.seconds + MARGIN_S,
        own_volume=first.volume is not None,
    )
    return playing, [*_use_volume(state), do.PlayClip(first.clip)]


def soonest_end_s(state: State) -> float:
    """playing: no sound is over before."""
    first = state.waiting[0]
    assert isinstance(first, PlayAsked)
    assert state.deadline_s is not None
    return state.deadline_s - MARGIN_S - first.seconds * (1.0 - SOONEST)


def listen_for_answer(state: State, now: float) -> Step:
    """announcing -> answering: the question was heard."""
    first = state.waiting[0]
    assert isinstance(first, AskAsked)
    turns: list[Action] = [do.TakeTurns("device")] if state.turns == "service" else []
    by_s = now + first.answer_s
    heard = replace(
        state, phase=Phase.ANSWERING, deadline_s=by_s, own_volume=False, all_given=False, answer=Answer(by_s)
    )
    return heard, [*usual_volume(state), *turns, do.OpenTap(now)]


def ring(state: State, now: float, c: Conversation) -> Step:
    """asleep -> ringing."""
    return replace(state, phase=Phase.RINGING, deadline_s=now + c.ring_s), [do.Ring(True)]


def usual_volume(state: State) -> list[Action]:
    return [do.UseVolume(None)] if state.own_volume else []


def _use_volume(state: State) -> list[Action]:
    level = volume_of(state.waiting[0])
    return [] if level is None else [do.UseVolume(level)]
