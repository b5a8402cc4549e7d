"""What the daemon is told of an update while it is made: seldom enough for a broker. Pure but for what tells."""

from collections.abc import Callable

from msgspec.structs import replace

from oyez.update_file import LONGEST_WHY, Stage, Told

STEP_PERCENT = 1.0
DOWNLOAD_PERCENT = 60.0
"""Of the way; the rest is writing the slot."""


class Telling:
    def __init__(self, told: Told, tell: Callable[[Told], None]) -> None:
        """told: what was told last."""
        self._told, self._tell = told, tell

    @property
    def told(self) -> Told:
        return self._told

    def offer(self, told: Told) -> None:
        """Nothing is going on but that this version is there."""
        self._say(told)

    def downloaded(self, share: float) -> None:
        """share: 0 to 1."""
        self._progress("downloading", share * DOWNLOAD_PERCENT)

    def installed(self, share: float) -> None:
        self._progress("installing", DOWNLOAD_PERCENT + share * (100.0 - DOWNLOAD_PERCENT))

    def restarts(self) -> None:
        self._progress("restart_pending", 100.0)

    def ended(self, why: str = "") -> None:
        """why: a sentence; empty: nothing went wrong."""
        self._say(replace(self._told, in_progress=False, percentage=None, stage="", why=why[:LONGEST_WHY]))

    def _progress(self, stage: Stage, percent: float) -> None:
        percent = min(100.0, max(0.0, percent))
        before = self._told.percentage
        if stage != self._told.stage or before is None or percent - before >= STEP_PERCENT:
            self._say(replace(self._told, in_progress=True, percentage=round(percent, 1), stage=stage, why=""))

    def _say(self, told: Told) -> None:
        self._told = told
        self._tell(told)
