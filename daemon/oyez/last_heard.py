"""What was said to the device lately, for the one who asks it. In memory only, and only the last few. Pure."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from oyez.last_wake import ago

MOST = 3


class LastHeard:
    """Told by the house of each text, and when it came."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """now: local time."""
        self._now = now
        self._texts: deque[tuple[datetime, str]] = deque(maxlen=MOST)

    def heard(self, text: str) -> None:
        """Again the same: nothing new."""
        if text and (not self._texts or self._texts[-1][1] != text):
            self._texts.append((self._now(), text))

    def told(self) -> str:
        """Sentences to be read aloud, the newest first."""
        if not self._texts:
            return "I have understood nothing yet: nothing was said to me, or nobody writes it down."
        told = [f"{ago(self._now(), at)}: {text.rstrip('.')}." for at, text in reversed(self._texts)]
        return " ".join(["I heard, the newest first.", *told])
