"""What a home automation sees of the demo: counts the messages of the device and the states that it showed."""

import json
from types import TracebackType
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, topic_matches_sub
from paho.mqtt.enums import CallbackAPIVersion


class MqttWitness:
    """Listens between `with` and its end. paho runs its own thread; read the counts after the end."""

    def __init__(self, port: int) -> None:
        self.messages = 0
        self.states: list[str] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._seen
        self._client.connect("127.0.0.1", port)
        self._client.subscribe("#")

    def __enter__(self) -> "MqttWitness":
        self._client.loop_start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _seen(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        self.messages += 1
        # Not `status/state`, which holds the bare word.
        if topic_matches_sub("oyez/+/state", message.topic) and message.payload:
            state = json.loads(message.payload)["state"]
            if not self.states or self.states[-1] != state:
                self.states.append(state)
