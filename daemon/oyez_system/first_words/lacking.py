"""What is said, and when. Pure; time is an argument.

1. Only the first that is lacking is said: without a network nobody knows whether there is a backend.
2. Each is said once a start, and only when it has been lacking for a while without a break.
3. When nothing is lacking the device says that it is ready, and this is over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from oyez_system.first_words.wireless_log import Wireless

READY = "ready"
READY_S = 2.0
GIVE_UP_S = 900.0


@dataclass(frozen=True, slots=True)
class Facts:
    set_up: bool = True
    """Somebody said what this device is."""
    card: bool = True
    """There is a microphone; the daemon hears it, where it runs."""
    wireless: Wireless = "unknown"
    route: bool = True
    """A way out of the house."""
    troubles: tuple[str, ...] = ()
    """Of the daemon."""
    well: bool = False
    """The daemon hears, plays and was given a token."""


RULES: tuple[tuple[str, float, Callable[[Facts], bool]], ...] = (
    ("not_set_up", 5.0, lambda facts: not facts.set_up),
    ("no_sound_card", 45.0, lambda facts: not facts.card),
    ("no_wifi_password", 5.0, lambda facts: facts.wireless == "wrong_password" and not facts.route),
    ("no_network", 90.0, lambda facts: not facts.route),
    ("no_key", 10.0, lambda facts: "token_refused" in facts.troubles),
    ("no_backend", 30.0, lambda facts: "backend_away" in facts.troubles),
    (READY, READY_S, lambda facts: facts.well),
)
"""(sentence, so long it must hold, what it is), the weightiest first."""


@dataclass
class FirstWords:
    begun_s: float
    said: set[str] = field(default_factory=set)
    over: bool = False
    _since_s: dict[str, float] = field(default_factory=dict)

    def step(self, facts: Facts, now_s: float) -> str | None:
        """The sentence that is to be said now."""
        for name, _, holds in RULES:
            if holds(facts):
                self._since_s.setdefault(name, now_s)
            else:
                self._since_s.pop(name, None)
        weightiest = next(((name, patience_s) for name, patience_s, holds in RULES if holds(facts)), None)
        self.over = self.over or now_s - self.begun_s >= GIVE_UP_S
        if self.over or weightiest is None:
            return None
        name, patience_s = weightiest
        if name in self.said or now_s - self._since_s[name] < patience_s:
            return None
        self.said.add(name)
        self.over = name == READY
        return name
