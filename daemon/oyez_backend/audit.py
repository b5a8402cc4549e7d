"""One JSON line for each thing that was decided or done about a call. Never what was said, nor who said it.

Call ids, names of devices, rules and tools, codes, counts and times: enough to explain a bill and a refusal.
"""

import logging
from typing import TypeAlias

import msgspec

log = logging.getLogger("oyez_backend.audit")

Fact: TypeAlias = str | int | float | bool | None


def note(what: str, **facts: Fact) -> None:
    """`what`: incoming, rejected, accepted, tool, parting, ended, ... Facts that are None are left out."""
    told = {name: fact for name, fact in facts.items() if fact is not None}
    log.info("%s", msgspec.json.encode({"audit": what, **told}).decode())
