"""Entities of microphone and loudspeaker: mute, volume, wake words, and what the ears measure. Pure."""

from typing import get_args

from oyez.config_hearing import Sensitivity
from oyez.home.entities.entity import Entity, Known, attributes, measurement, reading, sensor
from oyez.home.topics import LONGEST_STATE


def entities(root: str, known: Known) -> list[Entity]:
    state = {"state_topic": f"{root}/state"}
    return [
        Entity(
            "mute",
            "switch",
            "Microphone mute",
            "mdi:microphone-off",
            {
                **state,
                "value_template": "{{ 'ON' if value_json.muted else 'OFF' }}",
                **attributes(root, muted_by="muted_by"),
                "command_topic": f"{root}/set/muted",
            },
        ),
        Entity(
            "volume",
            "number",
            "Volume",
            "mdi:volume-high",
            {
                **{"min": 0, "max": 100, "step": 1, "mode": "slider", "unit_of_measurement": "%"},
                **state,
                "value_template": "{{ value_json.volume }}",
                "command_topic": f"{root}/set/volume",
            },
        ),
        Entity("wake", "event", "Wake word heard", "mdi:ear-hearing", _wake(root)),
        *_settings(root, known),
        *_measured(root),
    ]


def _wake(root: str) -> dict[str, object]:
    """Score, threshold, signal-to-noise ratio and direction come with it as attributes."""
    return {"event_types": ["wake"], "state_topic": f"{root}/event/wake"}


def _settings(root: str, known: Known) -> list[Entity]:
    state = {"state_topic": f"{root}/state", "entity_category": "config"}
    words = {**state, "command_topic": f"{root}/set/wake_words"}
    # Mostly one word is listened for, and nobody wants to type its name. While there are several the choice shows none.
    only = "{{ value_json.wake_words[0] if value_json.wake_words | count == 1 else none }}"
    choice = {**words, "options": list(known.words), "value_template": only}
    # Several fit into no choice.
    typed = {**words, "min": 1, "max": LONGEST_STATE}
    typed["value_template"] = "{{ (value_json.wake_words | join(', '))[:255] }}"
    sensitivity = {
        **state,
        "options": list(get_args(Sensitivity)),
        "value_template": "{{ value_json.sensitivity }}",
        "command_topic": f"{root}/set/sensitivity",
    }
    return [
        *([Entity("wake_word", "select", "Wake word", "mdi:ear-hearing", choice)] if known.words else []),
        Entity("wake_words", "text", "Wake words", "mdi:ear-hearing", typed),
        Entity("sensitivity", "select", "Wake word sensitivity", "mdi:tune", sensitivity),
    ]


def _measured(root: str) -> list[Entity]:
    """Home Assistant has no device class for these: its sound pressure is one of the air."""
    tenths = {"suggested_display_precision": 1}
    total = {"entity_category": "diagnostic", "state_class": "total"}
    cards = (
        "{{ (" + reading("hearing.lost.microphone") + " or 0) + (" + reading("hearing.lost.loudspeaker") + " or 0) }}"
    )
    lost = "{{ (" + reading("hearing.lost") + " or {}).values() | sum }}"
    return [
        measurement(root, "erle_db", "Echo loss", "mdi:surround-sound", "hearing.erle_db", "dB", **tenths),
        measurement(root, "drift_ppm", "Clock drift", "mdi:clock-fast", "hearing.drift_ppm", "ppm", **tenths),
        measurement(root, "noise_dbfs", "Noise floor", "mdi:volume-low", "hearing.noise_dbfs", "dBFS", **tenths),
        sensor(
            root,
            "losses",
            "Sound losses",
            "mdi:music-note-off",
            "hearing.lost",
            entity_category="diagnostic",
            state_class="total_increasing",
            value_template=lost,
            **attributes(root, lost="hearing.lost"),
        ),
        sensor(
            root,
            "card_losses",
            "Card losses",
            "mdi:usb-port",
            "hearing.lost",
            entity_category="diagnostic",
            state_class="total_increasing",
            value_template=cards,
        ),
        sensor(root, "false_wakes", "Wake false alarms", "mdi:ear-hearing-off", "hearing.false_wakes", **total),
        sensor(root, "near_misses", "Wake near misses", "mdi:ear-hearing-loop", "hearing.near_misses", **total),
    ]
