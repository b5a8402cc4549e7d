"""Whether it is quiet hours, by the local wall clock alone: no midnight, change of time or clock that is set can
confuse what looks at nothing but the time of day. Pure."""

from datetime import time


def is_quiet(begins: str, ends: str, now: time) -> bool:
    """begins, ends: `HH:MM`, not alike; from the first on until just before the second, also over midnight."""
    begin, end = time.fromisoformat(begins), time.fromisoformat(ends)
    return begin <= now < end if begin < end else not end <= now < begin


def sentence(ends: str) -> str:
    """For whoever is refused."""
    return f"It is quiet hours until {ends}: only what is urgent is said or played."
