"""What a device that has come to rest has to do yet: say what waits, ring. Pure.

Rows only put things off; `go_on` is asked after each of them, so that nothing waits while the device sleeps.
"""

from oyez.config import Conversation
from oyez.leaving import Step
from oyez.sounding import begin, next_is_ripe, ring
from oyez.state import Phase, State
from oyez.wishes import able

LEADS_TO = frozenset({Phase.CALLING, Phase.PLAYING, Phase.RINGING})


def go_on(state: State, now: float, c: Conversation) -> Step:
    """Asleep: urgent words and sounds first, then timers that have come, then what waited politely."""
    if state.phase is not Phase.ASLEEP:
        return state, []
    state, refused = able(state, line_open=False)
    if next_is_ripe(state):
        after, actions = begin(state, now, c)
    elif state.due:
        after, actions = ring(state, now, c)
    else:
        after, actions = state, []
    return after, [*refused, *actions]
