"""The protocol against a model of the service: two pipes with any delay, a server that begins responses of its own."""

from collections import deque
from typing import Any

from hypothesis import given as forall, settings, strategies as st
from tests.unit.realtime.wire_texts import created, delta, done, opened, parsed, refusal

from oyez_realtime import messages as m


class ModelServer:
    """As the reference has it: one response at a time, a create during it is refused with the id of its event."""

    def __init__(self) -> None:
        self.inbox: deque[dict[str, Any]] = deque()
        self.outbox: deque[str] = deque()
        self.accepted: list[str] = []
        self.active: str | None = None
        self._told = False
        self._count = 0

    def claim(self) -> None:
        """A response of its own (voice activity), not told yet."""
        if self.active is None:
            self._count += 1
            self.active, self._told = f"resp_{self._count}", False

    def tell(self) -> None:
        if self.active is not None and not self._told:
            self._told = True
            self.outbox.append(created(self.active))

    def speak(self) -> None:
        if self.active is not None and self._told:
            self.outbox.append(delta(self.active, 20, f"item_{self.active}"))

    def finish(self, status: str = "completed") -> None:
        self.tell()
        if self.active is not None:
            self.outbox.append(done(self.active, status))
            self.active = None

    def take(self) -> None:
        """The oldest frame of the client."""
        if not self.inbox:
            return
        event = self.inbox.popleft()
        if event["type"] == "response.create" and self.active is not None:
            self.outbox.append(refusal(event["event_id"], "conversation_already_has_active_response"))
        elif event["type"] == "response.create":
            self.accepted.append(event["event_id"])
            self.claim()
            self.tell()
        elif event["type"] == "response.cancel" and self.active is None:
            self.outbox.append(refusal(event["event_id"], "response_cancel_not_active"))
        elif event["type"] == "response.cancel":
            self.speak()  # a delta that was already on its way
            self.finish("cancelled")


class Talk:
    """A protocol, the model, and what the protocol let through."""

    def __init__(self) -> None:
        self.protocol, self.server = opened(), ModelServer()
        self.asked: list[str] = []
        self.silenced: set[str] = set()
        self.refused_meanwhile: set[str] = set()
        """Creates that were refused since the last response ended."""

    def send(self, text: str | None) -> None:
        if text is not None:
            event = parsed(text)
            if event["type"] == "response.create":
                assert self.protocol.active_response_id is None
                assert event["event_id"] not in self.refused_meanwhile
            self.server.inbox.append(event)

    def create(self) -> None:
        event_id = f"create_{len(self.asked)}"
        self.asked.append(event_id)
        self.send(self.protocol.send_response_create(event_id=event_id))

    def cancel(self) -> None:
        if self.protocol.active_response_id is not None:
            self.silenced.add(self.protocol.active_response_id)
        self.send(self.protocol.send_response_cancel())

    def deliver(self) -> None:
        """The oldest frame of the server."""
        if not self.server.outbox:
            return
        for event in self.protocol.receive(self.server.outbox.popleft()):
            if isinstance(event, m.ResponseDone) and event.response.status == "cancelled":
                self.silenced.add(event.response.id)
            if isinstance(event, m.ResponseDone):
                self.refused_meanwhile.clear()
            if isinstance(event, m.ErrorEvent) and event.error.code == "conversation_already_has_active_response":
                self.refused_meanwhile.add(str(event.error.event_id))
            if isinstance(event, m.ResponseOutputAudioDelta):
                assert event.response_id not in self.silenced
        for text in self.protocol.data_to_send():
            self.send(text)

    def step(self, name: str) -> None:
        {
            "create": self.create,
            "cancel": self.cancel,
            "deliver": self.deliver,
            "take": self.server.take,
            "claim": self.server.claim,
            "tell": self.server.tell,
            "speak": self.server.speak,
            "finish": self.server.finish,
        }[name]()

    def settle(self) -> None:
        """Everything arrives, every response ends."""
        for _ in range(1000):
            if not (self.server.inbox or self.server.outbox or self.server.active):
                return
            for name in ("take", "deliver", "finish"):
                self.step(name)
        raise AssertionError("the two never come to rest")


STEPS = st.sampled_from(["create", "cancel", "deliver", "take", "claim", "tell", "speak", "finish"])


@settings(max_examples=500)
@forall(st.lists(STEPS, max_size=60))
def test_every_request_for_a_response_is_taken_once(steps: list[str]) -> None:
    """Whatever the server begins by itself and however late frames are: none is lost, none is sent twice, none goes out
    while a response is known to run, and no delta of a cancelled response comes through."""
    talk = Talk()
    for step in steps:
        talk.step(step)
    talk.settle()
    assert sorted(talk.server.accepted) == sorted(talk.asked)
    assert len(set(talk.server.accepted)) == len(talk.server.accepted)
    assert talk.protocol.waiting_creates == 0


def test_two_requests_that_met_two_responses_of_the_servers_own_are_both_taken_in_order() -> None:
    """So slow a way up that each looked answered by what the server began by itself, and was not."""
    talk = Talk()
    for step in ("create", "claim", "tell", "finish", "deliver", "deliver", "create", "claim", "tell", "deliver"):
        talk.step(step)
    for step in ("take", "take"):
        talk.step(step)
    talk.settle()
    assert talk.server.accepted == ["create_0", "create_1"]


def test_a_cancel_that_overtakes_the_news_of_its_response_silences_it() -> None:
    """Button pressed, button pressed again: the response whose beginning we have not heard of yet is not heard."""
    talk = Talk()
    for step in ("create", "cancel", "take", "speak", "take", "deliver"):
        talk.step(step)
    assert talk.protocol.active_response_id == "resp_1"
    talk.silenced.add("resp_1")
    talk.settle()
    assert talk.protocol.dropped_deltas == 2


def test_a_cancel_that_hit_nothing_silences_nothing_that_comes_later() -> None:
    """The create before it was refused for good; the server says that there was nothing to cancel."""
    talk = Talk()
    talk.send(talk.protocol.send_response_create(event_id="wrong"))
    talk.server.inbox.clear()
    cancel = parsed(talk.protocol.send_response_cancel())
    talk.server.outbox += [refusal("wrong"), refusal(cancel["event_id"], "response_cancel_not_active")]
    for step in ("deliver", "deliver", "create", "take", "speak", "deliver", "deliver"):
        talk.step(step)
    assert (talk.protocol.dropped_deltas, talk.protocol.received_ms("item_resp_1")) == (0, 20)


@forall(st.lists(STEPS, max_size=30))
def test_what_waited_when_the_session_ended_is_never_sent(steps: list[str]) -> None:
    """A request that was queued belongs to its session: neither this protocol nor the next one replays it."""
    talk = Talk()
    for step in steps:
        talk.step(step)
    talk.protocol.connection_closed(1006)
    assert talk.protocol.data_to_send() == []
    assert talk.protocol.waiting_creates == 0
    successor = opened()
    successor.receive(done("resp_1"))
    assert successor.data_to_send() == []


PARTS = st.sampled_from([("item_a", 0), ("item_a", 1), ("item_b", 0)])


@forall(st.lists(st.tuples(PARTS, st.integers(0, 200), st.booleans()), max_size=12), PARTS, st.integers(-10, 3000))
def test_what_is_said_of_what_was_heard_is_always_acceptable(
    arrivals: list[tuple[tuple[str, int], int, bool]], part: tuple[str, int], heard_ms: int
) -> None:
    """A truncation never exceeds what arrived; 0 ms of an item deletes it; all of a finished part says nothing."""
    protocol = opened()
    arrived: dict[tuple[str, int], int] = {}
    complete = set()
    for (item_id, index), ms, last in arrivals:
        sound = m.ResponseOutputAudioDelta(response_id="r", item_id=item_id, content_index=index, delta=bytes(ms * 48))
        protocol.receive(m.encode(sound))
        arrived[item_id, index] = arrived.get((item_id, index), 0) + ms
        if last:
            protocol.receive(m.encode(m.ResponseOutputAudioDone(response_id="r", item_id=item_id, content_index=index)))
            complete.add((item_id, index))
    text = protocol.send_heard(part[0], heard_ms, part[1])
    if heard_ms <= 0 and part[1] == 0:
        assert parsed(text)["type"] == "conversation.item.delete"
    elif part not in arrived or (part in complete and max(0, heard_ms) >= arrived[part]):
        assert text is None
    else:
        assert parsed(text)["audio_end_ms"] == max(0, min(heard_ms, arrived[part]))
