"""What a story can see of a daemon from outside: its trace, line by line, and what it shows on MQTT."""

import json
from typing import Any

from tests.doubles.onlooker import Onlooker
from tests.doubles.processes import Process


async def traced(daemon: Process, what: str, *, after: int, **fields: Any) -> dict[str, Any]:
    """The first line of the daemon's trace from `after` on that tells this fact with these fields."""
    while True:
        line = await daemon.line(f'"what":"{what}"', after=after)
        fact: dict[str, Any] = json.loads(line)
        if all(fact.get(name) == value for name, value in fields.items()):
            return fact
        after = daemon.lines.index(line, after) + 1


async def trouble_shown(looker: Onlooker, kinds: set[str | None], after: int) -> str:
    """The sentence on MQTT, once the state tells of one of these kinds of trouble; None: of no trouble."""

    def fits(payload: bytes) -> bool:
        trouble = json.loads(payload)["trouble"]
        return (trouble["kind"] if trouble else None) in kinds

    message = await looker.until("oyez/story/state", fits, after=after, timeout_s=20.0)
    trouble = json.loads(message.payload)["trouble"]
    return trouble["sentence"] if trouble else ""
