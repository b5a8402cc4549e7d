"""What the doctor gathers beside the board's own facts. Pure; None: not known."""

from typing import Any

import msgspec


class SettingsFacts(msgspec.Struct, frozen=True, kw_only=True):
    mistakes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    unreadable: str = ""
    """Why this user cannot look at all."""
    board_away: str = ""
    """With board.name = "auto": why no board is taken, in a sentence; empty: one is."""


class StateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The folder of what survives a restart."""

    folder: str
    failed: str = ""
    """Why nothing can be written there; empty: it was tried, and can."""
    free_mb: int | None = None
    free_percent: float | None = None


class VersionFacts(msgspec.Struct, frozen=True, kw_only=True):
    installed: str
    latest: str
    gone_back: str = ""
    """Why the last update did not stay, a sentence; empty: it did, or there was none."""


class WordsFacts(msgspec.Struct, frozen=True, kw_only=True):
    mistakes: tuple[str, ...] = ()
    """Of models that cannot be used."""


class ClockFacts(msgspec.Struct, frozen=True, kw_only=True):
    synchronised: bool | None = None
    ahead_s: float | None = None
    """Of this machine's clock, against the backend's."""


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """Of one name."""

    who: str
    """What it is the name of, e.g. `the backend`."""
    name: str
    took_s: float | None = None
    failed: str = ""


class LatencyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of TCP connections to the service, one after the other."""

    who: str
    times_ms: tuple[float, ...] = ()
    failures: int = 0


class BrokerFacts(msgspec.Struct, frozen=True, kw_only=True):
    away: str = ""
    """Why it cannot be used, in a sentence; empty: it can."""
    daemon: str = "unknown"
    """online, offline, or unknown: nobody ever told."""


class UnitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of oyez.service, as systemd tells it."""

    active: str = ""
    result: str = ""
    exit_code: int = 0
    restarts: int = 0


class DaemonFacts(msgspec.Struct, frozen=True, kw_only=True):
    unit: UnitFacts | None = None
    state: dict[str, Any] | None = None
    """Its state document; None: it is not running."""
    installed: str = ""
    """Version on the card."""
    up_s: float | None = None


class BackendFacts(msgspec.Struct, frozen=True, kw_only=True):
    trouble: str = ""
    """Why it gave no token, in a sentence; empty: it gave one."""
    kind: str = "well"
    """well, no_key, refused or away."""
    life_s: float | None = None
    """Of the token."""


class LineFacts(msgspec.Struct, frozen=True, kw_only=True):
    trouble: str = ""
    kind: str = "well"
    """well, model, refused or away."""
    model: str = ""
    opened_ms: float | None = None


class MoneyFacts(msgspec.Struct, frozen=True, kw_only=True):
    currency: str
    day: float
    month: float
    budget_day: float
    budget_month: float
    warn_at: float
