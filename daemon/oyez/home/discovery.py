"""The retained document by which Home Assistant knows the device and its entities. Pure.

Tried against Home Assistant 2026.11: unknown keys pass without a word, a missing `origin`, `unique_id` or identifier
refuses all; `object_id` does nothing any more, `default_entity_id` with its domain does.
"""

import json
import re
from collections.abc import Collection
from typing import Any, get_args

from oyez.config_hearing import Sensitivity
from oyez.home.topics import LONGEST_STATE, Message, base

MEASURES = {
    "erle_db": ("Echo loss", "dB", "mdi:surround-sound"),
    "drift_ppm": ("Clock drift", "ppm", "mdi:clock-fast"),
    "noise_dbfs": ("Noise floor", "dBFS", "mdi:volume-low"),
    "snr_db": ("Speech above noise", "dB", "mdi:signal"),
}
"""Diagnostic sensors by their key under `hearing` in the state document. Home Assistant has no device class for them:
its sound pressure is one of the air, and these are not."""
STATES = ("idle", "listening", "thinking", "speaking")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def announcement(
    prefix: str, device_id: str, device_name: str, version: str, measured: Collection[str] = ()
) -> Message:
    """Raises ValueError where Home Assistant would refuse the topic.

    measured: those of MEASURES that this device has a value for.
    """
    root = base(device_id)
    entities = {
        **_entities(root),
        **_hearing(root),
        **{key: _measure(root, key) for key in MEASURES if key in measured},
    }
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
        "components": {key: _identified(key, device_id, entity) for key, entity in entities.items()},
    }
    return Message(_topic(prefix, device_id), json.dumps(document, ensure_ascii=False).encode(), retain=True)


def removal(prefix: str, device_id: str) -> Message:
    """Takes the device and all its entities out of Home Assistant."""
    return Message(_topic(prefix, device_id), b"", retain=True)


def birth_topic(prefix: str) -> str:
    """Where Home Assistant says `online` after its start."""
    return f"{prefix}/status"


def _topic(prefix: str, device_id: str) -> str:
    if not _ID.fullmatch(device_id):
        raise ValueError(f"{device_id!r} cannot be a device id: letters, digits, _ and - only, 1 to 64 of them")
    if not prefix or any(character in "+#\0" for character in prefix):
        raise ValueError(f"{prefix!r} cannot be a discovery prefix: it must be an MQTT topic without + and #")
    return f"{prefix}/device/{device_id}/config"


def _identified(key: str, device_id: str, entity: dict[str, Any]) -> dict[str, Any]:
    slug = re.sub(r"[^a-z0-9]+", "_", device_id.lower()).strip("_") or "device"
    return {
        "unique_id": f"oyez_{device_id}_{key}",
        "default_entity_id": f"{entity['platform']}.{slug}_{key}",
        **entity,
    }


def _entities(root: str) -> dict[str, dict[str, Any]]:
    state = {"state_topic": f"{root}/state"}
    return {
        "state": {
            "platform": "sensor",
            "name": None,
            "icon": "mdi:account-voice",
            "device_class": "enum",
            "options": list(STATES),
            **state,
            "value_template": "{{ value_json.state }}",
            # Long texts are attributes: a state holds 255 characters.
            "json_attributes_topic": f"{root}/state",
            "json_attributes_template": _texts("last_heard", "last_said", "wake_word"),
        },
        "mute": {
            "platform": "switch",
            "name": "Mute",
            "icon": "mdi:microphone-off",
            **state,
            "value_template": "{{ 'ON' if value_json.muted else 'OFF' }}",
            "command_topic": f"{root}/set/muted",
        },
        "volume": {
            "platform": "number",
            "name": "Volume",
            "icon": "mdi:volume-high",
            "min": 0,
            "max": 100,
            "step": 1,
            "mode": "slider",
            "unit_of_measurement": "%",
            **state,
            "value_template": "{{ value_json.volume }}",
            "command_topic": f"{root}/set/volume",
        },
        "listen": _button("Listen", "mdi:microphone", f"{root}/do/listen"),
        "stop": _button("Stop", "mdi:stop", f"{root}/do/stop"),
        "say": {
            "platform": "text",
            "name": "Say",
            "icon": "mdi:bullhorn",
            "min": 1,
            "max": LONGEST_STATE,
            "command_topic": f"{root}/do/say",
        },
        "trouble": {
            "platform": "sensor",
            "name": "Trouble",
            "icon": "mdi:alert-circle-outline",
            "entity_category": "diagnostic",
            **state,
            "value_template": "{{ value_json.trouble.kind[:255] if value_json.trouble else 'none' }}",
            "json_attributes_topic": f"{root}/state",
            "json_attributes_template": "{{ {'sentence': (value_json.trouble or {}).get('sentence', '')} | tojson }}",
        },
        "wake": {
            "platform": "event",
            "name": "Wake word",
            "icon": "mdi:ear-hearing",
            "event_types": ["wake"],
            "state_topic": f"{root}/event/wake",
        },
    }


def _hearing(root: str) -> dict[str, dict[str, Any]]:
    state = {"state_topic": f"{root}/state", "entity_category": "config"}
    return {
        # A text, since a select holds one choice and there may be several words.
        "wake_words": {
            "platform": "text",
            "name": "Wake words",
            "icon": "mdi:ear-hearing",
            "min": 1,
            "max": LONGEST_STATE,
            **state,
            "value_template": "{{ (value_json.wake_words | join(', '))[:255] }}",
            "command_topic": f"{root}/set/wake_words",
        },
        "sensitivity": {
            "platform": "select",
            "name": "Wake word sensitivity",
            "icon": "mdi:tune",
            "options": list(get_args(Sensitivity)),
            **state,
            "value_template": "{{ value_json.sensitivity }}",
            "command_topic": f"{root}/set/sensitivity",
        },
    }


def _measure(root: str, key: str) -> dict[str, Any]:
    name, unit, icon = MEASURES[key]
    return {
        "platform": "sensor",
        "name": name,
        "icon": icon,
        "entity_category": "diagnostic",
        "state_class": "measurement",
        "unit_of_measurement": unit,
        "suggested_display_precision": 1,
        "state_topic": f"{root}/state",
        # None makes the sensor unknown, as it is while nothing plays.
        "value_template": "{{ (value_json.hearing or {}).get('" + key + "') }}",
    }


def _button(name: str, icon: str, topic: str) -> dict[str, Any]:
    return {"platform": "button", "name": name, "icon": icon, "command_topic": topic, "payload_press": "PRESS"}


def _texts(*keys: str) -> str:
    pairs = ", ".join(f"'{key}': value_json.{key}" for key in keys)
    return "{{ {" + pairs + "} | tojson }}"
