"""What goes along with an MQTT message beside its payload."""

from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes

from oyez.home.packets import Incoming, incoming, of_publish, properties
from oyez.home.topics import Message


def test_a_message_says_where_its_answer_is_wanted_and_an_ordinary_one_says_nothing() -> None:
    told = of_publish(Message("a", b"", answer_topic="b", correlation=b"c"))
    assert told is not None
    assert (told.ResponseTopic, told.CorrelationData) == ("b", b"c")
    assert of_publish(Message("a", b"")) is None


def test_what_comes_carries_what_it_answers_where_that_was_told() -> None:
    message = MQTTMessage(topic=b"a")
    message.payload = b"x"
    assert incoming(message) == Incoming("a", b"x", False, False, None)
    message.properties = properties(PacketTypes.PUBLISH, CorrelationData=b"c")
    assert incoming(message).correlation == b"c"
