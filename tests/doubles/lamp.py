"""A lamp on MQTT that answers: on the topic and with the correlation that the message carries, or on one of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


@dataclass
class Lamp:
    topic: str
    says: str = "The light is on now."
    answer_topic: str = ""
    """Empty: where the message says."""
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    def take(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        """On paho's thread."""
        self.asked.append(message.payload.decode())
        if self.silent:
            return
        if self.answer_topic:
            client.publish(self.answer_topic, self.says, qos=1)
            return
        told = message.properties
        assert told is not None
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = told.CorrelationData
        client.publish(told.ResponseTopic, self.says, qos=1, properties=properties)


@asynccontextmanager
async def lamp(port: int, topic: str = "house/light/get", **more: Any) -> AsyncIterator[Lamp]:
    """It listens before it is handed over."""
    made = Lamp(topic, **more)
    loop, subscribed = asyncio.get_running_loop(), asyncio.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv311 if made.answer_topic else MQTTv5)
    client.on_connect = lambda *_: client.subscribe(topic, qos=1)
    client.on_subscribe = lambda *_: loop.call_soon_threadsafe(subscribed.set)
    client.on_message = made.take
    await asyncio.to_thread(client.connect, "127.0.0.1", port)
    client.loop_start()
    try:
        async with asyncio.timeout(10.0):
            await subscribed.wait()
        yield made
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
