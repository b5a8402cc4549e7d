"""A daemon from outside: what it is configured with, its trace line by line, and what it shows on MQTT."""

import json
from pathlib import Path
from typing import Any

from tests.doubles.onlooker import Onlooker
from tests.doubles.processes import Process
from tests.stories.theatre import Services

CONFIG = """
[device]
id = "{device_id}"
[board]
{board}
[line]
backend_url = "{backend_url}"
device_key_file = "{key_file}"
[home]
port = {broker_port}
[conversation]
patience_s = 1.0
[[tools]]
name = "set_light"
description = "Switch a light on or off."
topic = "house/light/{{name}}/set"
payload = "{{on}}"
answer = "The {{name}} is {{on}}."
[tools.parameters.name]
description = "Which light."
[tools.parameters.on]
type = "boolean"
"""


def write_config(folder: Path, world: Services, board: str, device_id: str = "story") -> Path:
    """The configuration of a daemon that lives on these services. board: the lines of [board]."""
    key_file, config = folder / "device_key", folder / "oyez.toml"
    key_file.write_text(world.device_key)
    places = {"backend_url": world.backend_url, "key_file": key_file, "broker_port": world.broker.port}
    config.write_text(CONFIG.format(device_id=device_id, board=board, **places))
    return config


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
