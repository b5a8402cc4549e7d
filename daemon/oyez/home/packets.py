"""What goes along with an MQTT message and is no part of its payload. Pure."""

from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from oyez.home.topics import Message


@dataclass(frozen=True, slots=True)
class Incoming:
    topic: str
    payload: bytes
    retained: bool
    duplicate: bool
    """The broker sends it a second time, not knowing whether the first arrived."""
    correlation: bytes | None = None
    """What the request carried that this answers; None: MQTT 3.1.1, or the sender named none."""


def incoming(message: MQTTMessage) -> Incoming:
    correlation = getattr(getattr(message, "properties", None), "CorrelationData", None)
    return Incoming(message.topic, bytes(message.payload), message.retain, message.dup, correlation)


def properties(packet: int, **values: Any) -> Properties:
    """By the names of the MQTT 5 standard, without spaces."""
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made


def of_publish(message: Message) -> Properties | None:
    """Where and under what an answer is wanted, and how long it lives; None: nothing of that. MQTT 5 only."""
    wishes: dict[str, Any] = {}
    if message.answer_topic:
        wishes |= {"ResponseTopic": message.answer_topic, "CorrelationData": message.correlation}
    if message.life_s is not None:
        wishes["MessageExpiryInterval"] = message.life_s
    return properties(PacketTypes.PUBLISH, **wishes) if wishes else None
