"""Entities of the conversation: what the device does, what it heard and said, what it is to say. Pure."""

from oyez.home.entities.entity import Entity, Known, attributes, button, reading, sensor
from oyez.home.topics import LONGEST_STATE

STATES = ("idle", "listening", "thinking", "speaking")


def entities(root: str, known: Known) -> list[Entity]:
    state = {"state_topic": f"{root}/state"}
    return [
        Entity(
            "state",
            "sensor",
            None,
            "mdi:account-voice",
            {
                "device_class": "enum",
                "options": list(STATES),
                **state,
                "value_template": "{{ value_json.state }}",
                # Long texts are attributes: a state holds 255 characters.
                **attributes(root, last_heard="last_heard", last_said="last_said", wake_word="wake_word"),
            },
        ),
        button(root, "listen", "Listen", "mdi:microphone"),
        button(root, "stop", "Stop", "mdi:stop"),
        _text(root, "say", "Say", "mdi:bullhorn"),
        _text(root, "ask", "Ask", "mdi:chat-question", field="question"),
        Entity("announce", "notify", "Announce", "mdi:bullhorn-variant", _order(f"{root}/do/say", "text")),
        Entity("follow_up", "switch", "Follow-up", "mdi:message-reply-text", _follow_up(root)),
        *(_words(root) if known.texts else []),
    ]


def _text(root: str, key: str, name: str, icon: str, field: str = "text") -> Entity:
    return Entity(key, "text", name, icon, {"min": 1, "max": LONGEST_STATE, **_order(f"{root}/do/{key}", field)})


def _order(topic: str, field: str) -> dict[str, str]:
    """As JSON, since what is typed may begin like JSON and is a text all the same."""
    return {"command_topic": topic, "command_template": "{{ {'" + field + "': value} | tojson }}"}


def _follow_up(root: str) -> dict[str, str]:
    return {
        "entity_category": "config",
        "state_topic": f"{root}/state",
        "value_template": "{{ 'ON' if " + reading("follow_up") + " else 'OFF' }}",
        "command_topic": f"{root}/set/follow_up",
    }


def _words(root: str) -> list[Entity]:
    """Of the household: only where it wants them published."""
    return [
        sensor(
            root,
            key,
            name,
            icon,
            key,
            value_template="{{ value_json." + key + "[:255] }}",
            **attributes(root, text=key),
        )
        for key, name, icon in (
            ("last_heard", "Last heard", "mdi:account-voice"),
            ("last_said", "Last said", "mdi:speaker-message"),
        )
    ]
