"""What a server says that we do not know: the event arrives whole, what is new is counted and named once."""

import json
from typing import Any

import pytest
from tests.unit.realtime.wire_texts import opened

from oyez_realtime import messages as m
from oyez_realtime.surplus import unknown_paths
from oyez_realtime.tolerance import DROPS_MAX, PATH_MAX_CHARS, STOPS_AT_UNKNOWN_FIELDS

WHERE = {"event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
SESSION = m.RealtimeSession(id="sess_1", expires_at=9, tools=[m.FunctionTool("f"), m.FunctionTool("g")])


def with_novelties() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(m.encode(m.SessionUpdated(event_id="e", session=SESSION)))
    event["at_the_root"] = 1
    event["session"]["novelty"] = {"deep": [1]}
    for tool in event["session"]["tools"]:
        tool["colour"] = "blue"
    return event


def test_an_event_with_unknown_nested_fields_arrives_whole() -> None:
    """Each is named by its path, without the index; what is known, read-only fields among it, is not."""
    event, left_out = m.read_server_event(json.dumps(with_novelties()))
    assert event == m.SessionUpdated(event_id="e", session=SESSION)
    assert sorted(left_out) == ["at_the_root", "session.novelty", "session.tools[].colour", "session.tools[].colour"]


def test_the_protocol_counts_every_one_and_names_each_once() -> None:
    """Once per event type and path, however often it comes."""
    protocol = opened()
    for _ in range(3):
        assert protocol.receive(json.dumps(with_novelties())) == [m.SessionUpdated(event_id="e", session=SESSION)]
    assert protocol.oddities.counts == {
        "session.updated at_the_root": 3,
        "session.updated session.novelty": 3,
        "session.updated session.tools[].colour": 6,
    }
    reports = protocol.oddities.take_reports()
    assert len(reports) == 3
    assert any("session.updated" in report and "session.tools[].colour" in report for report in reports)


@pytest.mark.parametrize("struct", STOPS_AT_UNKNOWN_FIELDS, ids=lambda struct: struct.__name__)
def test_a_delta_with_an_unknown_field_arrives_and_is_counted_each_time(struct: Any) -> None:
    """The hot path looks for nothing, and misses nothing."""
    protocol = opened()
    told = {"type": struct.__struct_config__.tag, **WHERE, "delta": "AAEC", "call_id": "c"}
    told = {name: value for name, value in told.items() if name in (*struct.__struct_fields__, "type")}
    for _ in range(2):
        (event,) = protocol.receive(json.dumps({**told, "novelty": {"a": 1}}))
        assert event == m.decode_server_event(json.dumps(told))
    assert protocol.oddities.counts == {f"{struct.__struct_config__.tag} novelty": 2}


def test_the_padding_of_deltas_is_known() -> None:
    """The live service sends it with every delta: it is no surprise."""
    for struct in STOPS_AT_UNKNOWN_FIELDS:
        assert "obfuscation" in struct.__struct_fields__
    text = json.dumps({"type": "response.output_text.delta", **WHERE, "delta": "a", "obfuscation": "xYz"})
    event, left_out = m.read_server_event(text)
    assert left_out == []
    assert isinstance(event, m.ResponseOutputTextDelta)
    assert (event.delta, event.obfuscation) == ("a", "xYz")


def test_every_delta_of_a_response_is_watched_by_the_decoder() -> None:
    """A new kind of delta must not fall between the two ways of looking."""
    deltas = {kind for kind in m.SERVER_EVENT_TYPES if kind.startswith("response.") and kind.endswith(".delta")}
    assert {struct.__struct_config__.tag for struct in STOPS_AT_UNKNOWN_FIELDS} == deltas
    assert all(struct.__struct_config__.forbid_unknown_fields for struct in STOPS_AT_UNKNOWN_FIELDS)


def test_free_form_objects_hold_no_surprises() -> None:
    """A schema, metadata and a tool's annotations may hold anything."""
    tool = m.FunctionTool("f", parameters={"type": "object", "x-anything": {"y": 1}})
    response = m.Response(id="r", metadata={"any": "thing"})
    for event in (m.SessionUpdated(session=m.RealtimeSession(tools=[tool])), m.ResponseDone(response=response)):
        assert m.read_server_event(m.encode(event)) == (event, [])


def test_an_event_of_a_thousand_novelties_is_taken_and_few_are_named() -> None:
    """A hostile server costs neither the event nor the memory."""
    event: dict[str, Any] = {"type": "response.created", "event_id": "e", "response": {"id": "r"}}
    event |= {f"novelty_{number}_{'x' * 1000}": number for number in range(1000)}
    understood, left_out = m.read_server_event(json.dumps(event))
    assert understood == m.ResponseCreated(event_id="e", response=m.Response(id="r"))
    assert len(left_out) == DROPS_MAX
    assert max(map(len, left_out)) <= PATH_MAX_CHARS


def test_what_is_new_in_a_list_costs_only_itself() -> None:
    """An unknown kind of tool is left out and named; the session around it is kept."""
    session = {"type": "realtime", "tools": [{"type": "hologram"}, {"type": "function", "name": "f"}], "novelty": 1}
    event, left_out = m.read_server_event(json.dumps({"type": "session.updated", "event_id": "e", "session": session}))
    assert isinstance(event, m.SessionUpdated)
    assert event.session == m.RealtimeSession(tools=[m.FunctionTool("f")])
    assert left_out == ["session.tools[].type", "session.tools[]", "session.novelty"]


def test_a_value_outside_what_we_know_is_left_out_by_name() -> None:
    """A new effort of reasoning: the session stands without it."""
    session = {"type": "realtime", "reasoning": {"effort": "cosmic"}, "instructions": "hi"}
    event, left_out = m.read_server_event(json.dumps({"type": "session.created", "event_id": "e", "session": session}))
    assert isinstance(event, m.SessionCreated)
    assert event.session == m.RealtimeSession(reasoning=m.Reasoning(), instructions="hi")
    assert left_out == ["session.reasoning.effort"]


def test_lone_surrogates_are_no_event_and_no_crash() -> None:
    """A text that cannot be UTF-8 is refused like any other that is no JSON."""
    with pytest.raises(m.WireError) as refused:
        m.read_server_event('{"type":"\ud800"}')
    assert refused.value.code == "invalid_json"


def test_paths_of_what_no_struct_holds_know_lists_and_depth() -> None:
    """The one function on which both the strict and the forgiving reader stand."""
    raw = {"tools": [{"type": "function", "name": "f"}, {"type": "function", "name": "g", "q": 1}], "x": 1}
    session = m.RealtimeSession(tools=[m.FunctionTool("f"), m.FunctionTool("g")])
    assert list(unknown_paths(session, raw)) == ["tools[1].q", "x"]
