"""A button that is held while the power comes on: what it means. Pure; time is an argument.

Only a finger can do it: held for ten seconds after it was said aloud, and then let go. A line that is wired or
configured wrongly, and so looks held for ever, resets nothing.
"""

from typing import Literal

from oyez_hw.presses import Contact

HOLD_S = 10.0
LET_GO_S = 30.0
"""Who has not let go by then is no finger."""
DEBOUNCE_S = 0.1
Verdict = Literal["wait", "let go", "erase", "cancelled", "stuck"]
"""let go: it was held for long enough. Once it is none of the first two it is over."""


class Hold:
    def __init__(self, since_s: float) -> None:
        """since_s: when it had been said what the hold leads to."""
        self._since_s = since_s
        self._contact = Contact(DEBOUNCE_S, closed=True)
        self._let_go_s: float | None = None

    def edge(self, closed: bool, time_s: float) -> None:
        """As it happened; also what happened before `since_s`."""
        self._look(time_s)
        self._contact.edge(closed, time_s)

    def at(self, now_s: float) -> Verdict:
        self._look(now_s)
        held_s = (now_s if self._let_go_s is None else self._let_go_s) - self._since_s
        if self._let_go_s is not None:
            return "erase" if HOLD_S <= held_s < HOLD_S + LET_GO_S else "cancelled"
        if held_s < HOLD_S:
            return "wait"
        return "let go" if held_s < HOLD_S + LET_GO_S else "stuck"

    def _look(self, now_s: float) -> None:
        changed_s = self._contact.at(now_s)
        if changed_s is not None and self._let_go_s is None and not self._contact.level:
            self._let_go_s = changed_s
