"""When a session is replaced by the next: before the service ends it, at a moment in which nobody notices. Pure."""

from dataclasses import dataclass

DOCUMENTED_LIFE_S = 3600.0
"""The longest life of a session (60 minutes), and what is assumed where the service states none that makes sense."""
SHARE = 1 / 3
"""A session that lives shorter than three times the margin is replaced in the last third of its life."""
TRANSCRIPT_PATIENCE_S = 4.0
"""So long what was said last may lack its words; after that the mirror keeps its sound instead."""
MOST_UNSENT_S = 0.2


def stated_life_s(expires_at: float | None, issued_at: float, since_issue_s: float) -> float:
    """How long a session lives that was opened `since_issue_s` after its token was issued.

    expires_at: unix seconds by the service's clock, from `session.created`. issued_at: unix seconds by the backend's
    clock, from the token's answer. The device's own clock is not asked: a Raspberry Pi that has just started thinks
    that it is last week. The backend and the service keep time; where they differ so much that the life makes no sense
    the documented one is assumed, and a session that ends earlier is mended like any other loss.
    """
    if expires_at is None:
        return DOCUMENTED_LIFE_S
    life_s = expires_at - (issued_at + since_issue_s)
    return min(life_s, DOCUMENTED_LIFE_S) if life_s > 0 else DOCUMENTED_LIFE_S


def due_s(opened_s: float, life_s: float, before_s: float) -> float:
    """Monotonic time from which on the next quiet moment is taken."""
    return opened_s + life_s - min(before_s, life_s * SHARE)


@dataclass(frozen=True, slots=True)
class Moment:
    """What goes on now."""

    speaking: bool
    """Somebody speaks, or spoke and the service has not made an item of it."""
    reply_due: bool
    """A response is active or was asked for."""
    tools_running: bool
    unsent_s: float
    """Sound that waits to be sent."""
    errands: int
    """Orders that wait to be sent."""
    wordless_s: float | None
    """How long what was said last has been waiting for its words; None: it has them."""

    @property
    def quiet(self) -> bool:
        waits = self.wordless_s is not None and self.wordless_s < TRANSCRIPT_PATIENCE_S
        busy = self.speaking or self.reply_due or self.tools_running or self.errands > 0
        return not (busy or waits or self.unsent_s > MOST_UNSENT_S)
