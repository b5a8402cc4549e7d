"""What the device can show for having woken, or for not having: event/wake, event/near_miss, clips, and its own words.

Stands between the ears' locker, the broker and the toolbox, none of which knows another. Methods return at once.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from oyez.actions import ReportWake
from oyez.config_hearing import Hearing
from oyez.hearing.locker.clips import Clip, ClipFacts
from oyez.hearing.locker.files import FOLDER
from oyez.hearing.locker.locker import Locker, LockerBusy
from oyez.hearing.mixdown import Mono
from oyez.home.deeds import LabelClip
from oyez.home.topics import wake_body
from oyez.last_wake import LastWake

log = logging.getLogger(__name__)

COUNT_LOOKS = 20
Emit = Callable[[str, Mapping[str, Any]], None]
Answer = Callable[[str | None, bool, str], None]


class Evidence:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        hearing: Hearing,
        folder: Path | None,
        emit: Emit,
        answer: Answer,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        tap_bytes: Callable[[], int],
    ) -> None:
        """folder: the state folder; without one nothing is kept. emit, answer: the broker's. clock: monotonic seconds.
        now: local time. tap_bytes: all that ever left the ears."""
        self._emit, self._answer, self._now, self._tap_bytes = emit, answer, now, tap_bytes
        self.locker: Locker | None = None
        """None: it is switched off."""
        if hearing.locker and folder is not None:
            self.locker = Locker(folder / FOLDER, hearing.locker_mb, clock, on_kept=self._kept)
        self._last = LastWake(locker=self.locker is not None)
        self._news, self._looks_left = False, 0
        self.counted: dict[str, int] = {}
        """As the state document shows it under `hearing`: wakes in the locker that a person called false, and near
        misses in it; empty: no clips are kept."""

    def heard(self, report: ReportWake) -> None:
        """A wake or stop word was believed."""
        self._last.heard(report)
        body = wake_body(report.word, report.score, report.threshold, report.snr_db, report.direction_deg)
        self._emit("wake", body)

    def opened(self) -> None:
        """Call before the tap opens, which gives what was kept at once."""
        self._last.opened(self._now(), self._tap_bytes())

    def why(self) -> str:
        """Why the device woke, in sentences to be read aloud."""
        return self._last.why(self._now(), self._tap_bytes())

    def keep(self, sound: Mono, facts: ClipFacts) -> None:
        """For the ears. sound: int16 (n,) at 16 kHz."""
        if self.locker is not None:
            self.locker.keep(sound, facts)

    def label(self, order: LabelClip) -> None:
        """Answered when it is on the disk, or cannot be."""
        if self.locker is None:
            self._answer(order.order_id, False, "No clips are kept on this device: hearing.locker is off.")
            return
        self._news = True
        self.locker.label(order.clip, order.label, lambda why: self._answer(order.order_id, not why, why))

    async def count(self) -> None:
        """Call now and then. Reads the disk where there is news, and now and then for labels from elsewhere."""
        self._looks_left -= 1
        if self.locker is None or not (self._news or self._looks_left < 0):
            return
        self._news, self._looks_left = False, COUNT_LOOKS
        try:
            clips = await self.locker.list()
        except (OSError, LockerBusy) as error:
            log.debug("the locker was not counted: %s", error)
            return
        self.counted = {
            "false_wakes": sum(clip.facts.kind == "wake" and clip.label == "false" for clip in clips),
            "near_misses": sum(clip.facts.kind == "near_miss" for clip in clips),
        }

    def close(self) -> None:
        """Idempotent."""
        if self.locker is not None:
            self.locker.close()

    def _kept(self, clip: Clip) -> None:
        facts = clip.facts
        self._news = True
        if facts.kind == "near_miss":
            body = wake_body(facts.word, facts.score, facts.threshold, facts.snr_db, facts.direction_deg)
            self._emit("near_miss", {**body, "clip": clip.id, "why": facts.why})
        elif facts.kind == "wake":
            self._last.kept(clip.id, facts.word)
