"""Whatever the order: the protocol holds."""

import json
from typing import Any

from hypothesis import given as forall, settings, strategies as st
from tests.unit.realtime.wire_texts import created, delta, done, opened, parsed, refusal

from oyez_realtime import messages as m
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.state import State

RESPONSES = st.sampled_from(["r1", "r2", "r3"])
WIRE = st.one_of(
    st.builds(created, RESPONSES),
    st.builds(done, RESPONSES, st.sampled_from(["completed", "cancelled", "failed"])),
    st.builds(delta, RESPONSES, st.integers(0, 50), st.sampled_from(["i1", "i2"])),
    st.builds(
        refusal, st.sampled_from([None, "evt_1", "evt_2"]), st.sampled_from(["invalid_value", "session_expired"])
    ),
    st.just(m.encode(m.SessionUpdated(session=m.RealtimeSession()))),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.dictionaries(st.sampled_from(["type", "item", "response"]), st.sampled_from(m.SERVER_EVENT_TYPES)).map(
        json.dumps
    ),
)
WISHES = st.sampled_from(["update", "create", "cancel", "truncate", "heard", "append", "commit"])


def wish(protocol: RealtimeProtocol, what: str) -> None:
    match what:
        case "update":
            protocol.send_session_update(m.RealtimeSession())
        case "create":
            protocol.send_response_create()
        case "cancel":
            protocol.send_response_cancel()
        case "truncate":
            end_ms = parsed(protocol.send_item_truncate("i1", 10_000))["audio_end_ms"]
            assert end_ms == protocol.received_ms("i1")
        case "heard":
            protocol.send_heard("i2", 20)
        case "append":
            protocol.send_audio_append(bytes(96))
        case _:
            protocol.send_audio_commit()


@settings(deadline=None, max_examples=300)
@forall(st.lists(st.one_of(WIRE, st.tuples(WISHES)), max_size=40))
def test_no_order_of_events_and_wishes_breaks_the_protocol(steps: list[Any]) -> None:
    """Whatever is said and wished, nothing raises and no delta of a cancelled response gets through."""
    protocol = opened()
    cancelled: set[str] = set()
    for step in steps:
        if isinstance(step, tuple):
            if step[0] == "cancel" and protocol.active_response_id:
                cancelled.add(protocol.active_response_id)
            wish(protocol, step[0])
            continue
        for event in protocol.receive(step):
            if isinstance(event, m.ResponseDone) and event.response.status == "cancelled":
                cancelled.add(event.response.id)
            assert not (isinstance(event, m.ResponseOutputAudioDelta) and event.response_id in cancelled)
        assert sum(parsed(text)["type"] == "response.create" for text in protocol.data_to_send()) <= 1
    assert protocol.state in (State.CREATED, State.READY)
