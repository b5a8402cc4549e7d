"""Tells when quiet hours begin and end."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from oyez.config import Home
from oyez.events import QuietHours
from oyez.quiet_hours import is_quiet, sentence

LOOK_S = 20.0
"""So often the clock is looked at: it may be set at any time."""


class QuietWatch:
    def __init__(
        self,
        config: Home,
        tell: Callable[[QuietHours], None],
        wall_clock: Callable[[], datetime],
        look_s: float = LOOK_S,
    ) -> None:
        """wall_clock: local time."""
        self._begins, self._ends = config.quiet_from, config.quiet_until
        self._tell, self._wall_clock, self._look_s = tell, wall_clock, look_s
        self._told: bool | None = None

    async def run(self) -> None:
        """For ever; returns at once where there are no quiet hours."""
        while self._begins:
            self._look()
            await asyncio.sleep(self._look_s)

    def _look(self) -> None:
        quiet = is_quiet(self._begins, self._ends, self._wall_clock().time())
        if quiet is not self._told:
            self._told = quiet
            self._tell(QuietHours(quiet, sentence(self._ends) if quiet else ""))
