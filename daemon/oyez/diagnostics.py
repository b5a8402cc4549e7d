"""What people may know of the appliance beside its conversation: health, version, update, delays, false alarms.

Looked at twice a minute, since each new figure is a message to the broker; at an update every two seconds, since
somebody may be watching it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from oyez.answer_time import AnswerTime
from oyez.evidence import Evidence
from oyez.health import Health, read_health
from oyez.home.deeds import FactoryReset, InstallUpdate
from oyez.home.reset_request import request as ask_for_reset
from oyez.release import installed_version
from oyez.update_news import UpdateNews

LOOK_S = 30.0
UPDATE_LOOK_S = 2.0
CLOCK_STEP = timedelta(seconds=30)
"""A moment in the past that seems to have moved by more was reckoned with a clock that was wrong."""


class Diagnostics:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        evidence: Evidence,
        offset_ms: int,
        folder: Path | None,
        answer: Callable[[str | None, bool, str], None],
        on_news: Callable[[], None],
        clock: Callable[[], float],
        *,
        updates: UpdateNews | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        health: Callable[[], Health] = read_health,
    ) -> None:
        """offset_ms: of the ears' gate. folder: the run folder. answer: the broker's. on_news: a figure has changed.
        clock: monotonic seconds. updates: None: nobody is told of any. now: local time."""
        self._evidence, self._answer, self._on_news = evidence, answer, on_news
        self._clock, self._now, self._health = clock, now, health
        self._answer_time = AnswerTime(offset_ms)
        self._run_folder, self._updates = folder, updates or UpdateNews(folder, None, lambda name, body: None)
        self._started_s = clock()
        self._started: datetime | None = None
        self._booted: datetime | None = None
        self.shown: dict[str, dict[str, Any]] = {}
        """Keys of the state document."""
        self._look()

    def note(self, fact: object) -> None:
        """Whatever is told and ordered. What follows from it is shown with the state that it leads to."""
        self._answer_time.note(fact, self._clock())
        self.shown["line"] = {"answer_ms": self._answer_time.answer_ms}

    def install(self, order: InstallUpdate) -> None:
        why = self._updates.file.request()
        self._answer(order.order_id, not why, why)

    def forget_everything(self, order: FactoryReset) -> None:
        why = ask_for_reset(self._run_folder)
        self._answer(order.order_id, not why, why)

    async def run(self) -> None:
        """For ever."""
        while True:
            counted = self._evidence.counted
            await self._evidence.count()
            before = self.shown
            self._look()
            if self.shown != before or self._evidence.counted != counted:
                self._on_news()
            await self._follow_update(LOOK_S)

    async def _follow_update(self, for_s: float) -> None:
        for _ in range(round(for_s / UPDATE_LOOK_S)):
            await asyncio.sleep(UPDATE_LOOK_S)
            if self._updates.look():
                self._look()
                self._on_news()

    def _look(self) -> None:
        health = self._health()
        now = self._now()
        self._started = _moment(self._started, now - timedelta(seconds=self._clock() - self._started_s))
        if health.uptime_s is not None:
            self._booted = _moment(self._booted, now - timedelta(seconds=health.uptime_s))
        self.shown = {
            "device": {
                "version": installed_version(),
                "started": _shown(self._started),
                "booted": _shown(self._booted),
                "temperature_c": health.temperature_c,
                "under_voltage": health.under_voltage,
                "last_update": None if self._updates.last is None else msgspec.structs.asdict(self._updates.last),
            },
            "line": {"answer_ms": self._answer_time.answer_ms},
            "update": msgspec.structs.asdict(self._updates.file.look()),
        }


def _moment(known: datetime | None, reckoned: datetime) -> datetime:
    """Reckoned anew each time, it would tremble."""
    return known if known is not None and abs(reckoned - known) < CLOCK_STEP else reckoned


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
