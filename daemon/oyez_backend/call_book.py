"""What must survive a restart about calls: money spent today by device, and which calls are live.

`calls.json` beside `devices.json`. A live call that the last process left behind still costs: the next one ends it.
"""

import logging
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from oyez_backend.atomic_file import replace
from oyez_backend.device_store import StoreError

log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    on: date = date.min
    """The day that is counted."""
    spent: dict[str, Decimal] = {}
    """Dollars by device."""
    live: tuple[str, ...] = ()
    """Call ids."""
    version: Literal[1] = 1


class CallBook:
    def __init__(self, directory: Path) -> None:
        """Raises StoreError for a book that cannot be read: a budget must not be forgotten in silence."""
        self._path = directory / "calls.json"
        self._complaint = ""
        self.kept = self._read()

    def spend(self, device: str, amount: Decimal, today: date) -> Decimal:
        """What was spent on this device today, with `amount`. A date that went back renews nothing."""
        if today > self.kept.on:
            self._keep(msgspec.structs.replace(self.kept, on=today, spent={}))
        spent = self.kept.spent.get(device, Decimal(0)) + amount
        if amount:
            self._keep(msgspec.structs.replace(self.kept, spent={**self.kept.spent, device: spent}))
        return spent

    def begin(self, call_id: str) -> None:
        self._keep(msgspec.structs.replace(self.kept, live=(*self.kept.live, call_id)))

    def end(self, call_id: str) -> None:
        if call_id in self.kept.live:
            self._keep(msgspec.structs.replace(self.kept, live=tuple(c for c in self.kept.live if c != call_id)))

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Kept()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = (
                f"{self._path}: cannot be read ({error}): mend it, or take it away and today's budget begins anew."
            )
            raise StoreError(message) from None

    def _keep(self, kept: Kept) -> None:
        """A disk that fails is told once and ends no call: the money is counted in memory all the same."""
        self.kept = kept
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace(self._path, msgspec.json.encode(kept))
            self._complaint = ""
        except OSError as error:
            complaint = (
                f"{self._path}: could not be written ({error.strerror}): a restart would forget what calls cost."
            )
            if complaint != self._complaint:
                log.error("%s", complaint)
            self._complaint = complaint
