"""What is wrong at the moment; each trouble is told once: when it begins or changes, and when it is over. Pure."""

from collections.abc import Callable

from oyez import events as ev


class Troubles:
    def __init__(self, tell: Callable[[ev.Event], None]) -> None:
        self._tell = tell
        self._known: dict[str, str] = {}

    def found(self, what: str, sentence: str) -> None:
        """Told once, however often it is tried again."""
        if self._known.get(what) != sentence:
            self._known[what] = sentence
            self._tell(ev.TroubleFound(what, sentence))

    def set(self, what: str, sentence: str | None) -> None:
        """None: it is over."""
        if sentence is None:
            self.gone(what)
        else:
            self.found(what, sentence)

    def gone(self, what: str) -> None:
        if self._known.pop(what, None) is not None:
            self._tell(ev.TroubleGone(what))
