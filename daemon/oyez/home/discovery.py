"""The retained document by which Home Assistant knows the device and its entities. Pure.

Tried against Home Assistant 2026.11: unknown keys pass without a word, a missing `origin`, `unique_id` or identifier
refuses all; `object_id` does nothing any more, `default_entity_id` with its domain does. A component that was announced
and is left out stays as a dead entity: it goes when it is announced once more with nothing but its platform.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from oyez.home.entities.catalogue import announced
from oyez.home.entities.entity import Entity, Known
from oyez.home.topics import Message, base

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def announcement(
    prefix: str,
    device_id: str,
    device_name: str,
    version: str,
    known: Known | None = None,
    gone: Mapping[str, str] | None = None,
) -> Message:
    """Raises ValueError where Home Assistant would refuse the topic.

    gone: key and platform of entities that it knows and that are no more.
    """
    root = base(device_id)
    removed = {key: {"platform": platform} for key, platform in (gone or {}).items()}
    document = {
        "device": {
            "identifiers": [f"oyez_{device_id}"],
            "name": device_name,
            "manufacturer": "Oyez",
            "model": "Oyez voice appliance",
            "sw_version": version,
        },
        "origin": {"name": "oyez", "sw_version": version},
        "availability_topic": f"{root}/availability",
        "qos": 1,
        "components": {
            **removed,
            **{entity.key: _component(entity, device_id) for entity in announced(root, known or Known())},
        },
    }
    return Message(topic(prefix, device_id), json.dumps(document, ensure_ascii=False).encode(), retain=True)


def removal(prefix: str, device_id: str) -> Message:
    """Takes the device and all its entities out of Home Assistant."""
    return Message(topic(prefix, device_id), b"", retain=True)


def birth_topic(prefix: str) -> str:
    """Where Home Assistant says `online` after its start."""
    return f"{prefix}/status"


def topic(prefix: str, device_id: str) -> str:
    if not _ID.fullmatch(device_id):
        raise ValueError(f"{device_id!r} cannot be a device id: letters, digits, _ and - only, 1 to 64 of them")
    if not prefix or any(character in "+#\0" for character in prefix):
        raise ValueError(f"{prefix!r} cannot be a discovery prefix: it must be an MQTT topic without + and #")
    return f"{prefix}/device/{device_id}/config"


def _component(entity: Entity, device_id: str) -> dict[str, Any]:
    slug = re.sub(r"[^a-z0-9]+", "_", device_id.lower()).strip("_") or "device"
    return {
        "platform": entity.platform,
        "unique_id": f"oyez_{device_id}_{entity.key}",
        "default_entity_id": f"{entity.platform}.{slug}_{entity.key}",
        "name": entity.name,
        "icon": entity.icon,
        **entity.settings,
    }
