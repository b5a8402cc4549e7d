"""The device as Home Assistant knows it: what was announced, and which entity became of each part."""

import json
from dataclasses import dataclass
from typing import Any

from tests.doubles.onlooker import onlooker
from tests.peers.home_assistant.api import Api


def prefix(device_id: str) -> str:
    """Of its entities' unique_id."""
    return f"oyez_{device_id}_"


def discovery(device_id: str) -> str:
    return f"homeassistant/device/{device_id}/config"


async def announced(broker_port: int, device_id: str = "kitchen") -> dict[str, dict[str, Any]]:
    """The components of the retained document, by their keys; without those that it takes away."""
    async with onlooker(broker_port) as looker:
        document = json.loads((await looker.until(discovery(device_id))).payload)
    components: dict[str, dict[str, Any]] = document["components"]
    return {key: component for key, component in components.items() if "unique_id" in component}


@dataclass(frozen=True)
class Entities:
    """entity_ids by the key of the component that announced them."""

    by_key: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.by_key[key]


async def entities(api: Api, device_id: str = "kitchen") -> Entities:
    """Those of the device that Home Assistant has now."""
    entries, begin = await api.entities(), prefix(device_id)
    return Entities(
        {name.removeprefix(begin): entry["entity_id"] for name, entry in entries.items() if name.startswith(begin)}
    )


async def taken_in(api: Api, broker_port: int, device_id: str = "kitchen") -> Entities:
    """Its entities, once every announced one is there and none is unavailable."""
    components = await announced(broker_port, device_id)
    async with api.watched() as watched:
        for component in components.values():
            await watched.until(component["default_entity_id"], lambda state: state["state"] != "unavailable")
    return await entities(api, device_id)


NOT_OURS = ("Skipping pip installation", "zlib_ng and isal are not available", "FFmpeg")
"""Of what it complains about on every such machine, device or no device."""


def about_us(lines: list[str]) -> list[str]:
    """Of the lines of its log, warnings and errors that could be about us: all but those known to be not."""
    begins = [line for line in lines if " WARNING " in line or " ERROR " in line]
    return [line for line in begins if not any(known in line for known in NOT_OURS)]
