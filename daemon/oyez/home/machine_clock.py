"""What time it is on this machine: both clocks at once, and whether a time server vouches for the wall clock."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from oyez.home.timer_dues import Moment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""The mark that systemd-timesyncd leaves once a time server has answered. Without that service nobody ever vouches,
which costs two minutes after a boot."""


class MachineClock:
    def __init__(
        self, mono: Callable[[], float] = time.monotonic, boot_id: Path = BOOT_ID, synchronized: Path = SYNCHRONIZED
    ) -> None:
        """mono: seconds of the kernel's monotonic clock."""
        self._mono, self._synchronized = mono, synchronized
        try:
            self._boot = boot_id.read_text().strip()
        except OSError:
            self._boot = str(uuid.uuid4())  # as if it were another boot: nothing is early by it

    def __call__(self) -> Moment:
        return Moment(self._boot, self._mono(), datetime.now(UTC).timestamp(), self._synchronized.exists())
