"""Tools of MCP servers: listed, allowed, approved, called and told."""

from typing import Any

import pytest

from oyez_local.calling import Call
from oyez_local.mind import Decision
from oyez_local.orders import CallTool, Hush, ListTools, Order, Think
from oyez_local.session import Session
from oyez_realtime import messages as wire
from tests.unit.local.machine import machine, only, tell, types

TOOLS = [
    wire.McpToolDescription("get_weather", {"type": "object"}, "The weather", {"readOnlyHint": True}),
    wire.McpToolDescription("open_gate", {"type": "object"}),
]


def with_server(**more: Any) -> Session:
    tool = {"type": "mcp", "server_label": "home", "server_url": "http://home.example/mcp", **more}
    session = machine()
    orders = tell(
        session, type="session.update", session={"type": "realtime", "tools": [tool], "output_modalities": ["text"]}
    )
    assert types(orders) == ["session.updated", "mcp_list_tools.in_progress", "ListTools"]
    session.tools_listed(only(orders, ListTools).item_id, TOOLS)
    return session


def called(session: Session, name: str) -> tuple[str, list[Order]]:
    think = only(tell(session, type="response.create"), Think)
    return think.response_id, session.thought(think.response_id, Decision("", (Call(name),)), 0.0)


def test_tools_are_listed_and_offered_to_the_mind() -> None:
    """in_progress, then the item and completed; the mind sees what is allowed and no more."""
    session = machine()
    tool = {"type": "mcp", "server_label": "home", "server_url": "http://h/mcp", "allowed_tools": ["get_weather"]}
    asked = only(tell(session, type="session.update", session={"type": "realtime", "tools": [tool]}), ListTools)
    orders = session.tools_listed(asked.item_id, TOOLS)
    assert types(orders) == ["conversation.item.added", "conversation.item.done", "mcp_list_tools.completed"]
    request = only(tell(session, type="response.create"), Think).request
    assert [tool["name"] for tool in request.tools] == ["get_weather"]


def test_a_server_that_does_not_answer_is_said_to_have_failed() -> None:
    """failed, and the session goes on without its tools; the same tools again do not ask again."""
    session = machine()
    update = {"type": "realtime", "tools": [{"type": "mcp", "server_label": "home", "server_url": "http://h/mcp"}]}
    asked = only(tell(session, type="session.update", session=update), ListTools)
    assert types(session.tools_listed(asked.item_id, None)) == ["mcp_list_tools.failed"]
    assert only(tell(session, type="response.create"), Think).request.tools == []
    assert types(tell(session, type="session.update", session=update)) == ["session.updated"]


def test_a_call_without_approval_is_made_and_told_in_one_response() -> None:
    """The call's events in order, its item with the output, then the mind again, then the answer."""
    session = with_server(require_approval="never")
    response_id, orders = called(session, "get_weather")
    assert types(orders) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done",
        "response.mcp_call.in_progress",
        "CallTool",
    ]
    answered = session.tool_called(response_id, "rain", None, 1.0)
    assert types(answered) == [
        "response.mcp_call.completed",
        "conversation.item.done",
        "response.output_item.done",
        "Think",
    ]
    assert [(e.role, e.text) for e in only(answered, Think).request.history][-1] == ("output", "rain")
    done = only(session.thought(response_id, Decision("It rains."), 1.0), wire.ResponseDone).response
    assert [type(item) for item in done.output] == [wire.McpCall, wire.Message]
    assert (done.status, done.output[0].output) == ("completed", "rain")


def test_a_failed_call_says_so() -> None:
    """The item carries the error, the event is failed, and the mind reads that it did not work."""
    session = with_server(require_approval="never")
    response_id, _ = called(session, "get_weather")
    orders = session.tool_called(response_id, None, wire.McpToolExecutionError("no sky"), 1.0)
    assert types(orders)[0] == "response.mcp_call.failed"
    assert "no sky" in only(orders, Think).request.history[-1].text


@pytest.mark.parametrize("approve", [True, False])
def test_a_call_that_needs_approval(approve: bool) -> None:
    """The request ends the response; approved, the next response makes the call; declined, it never is made."""
    session = with_server()
    _, orders = called(session, "open_gate")
    (request,) = only(orders, wire.ResponseDone).response.output
    assert isinstance(request, wire.McpApprovalRequest)
    waiting = only(tell(session, type="response.create"), Think)
    assert waiting.request.history[-1].role == "call"
    tell(session, type="response.cancel")
    item = {"type": "mcp_approval_response", "id": "ok_1", "approval_request_id": request.id, "approve": approve}
    tell(session, type="conversation.item.create", item=item)
    orders = tell(session, type="response.create")
    if not approve:
        assert only(orders, Think).request.history[-1].role == "output"
        return
    asked = only(orders, CallTool)
    assert (asked.name, asked.server.server_label) == ("open_gate", "home")
    session.tool_called(asked.response_id, "open", None, 1.0)
    session.thought(asked.response_id, Decision("The gate is open."), 1.0)
    assert only(tell(session, type="response.create"), Think)


def test_approval_by_rule() -> None:
    """Read-only tools go ahead, others ask, where the session says so."""
    session = with_server(require_approval={"never": {"read_only": True}})
    assert only(called(session, "get_weather")[1], CallTool)
    tell(session, type="response.cancel")
    assert only(called(session, "open_gate")[1], wire.ResponseDone).response.status == "completed"


def test_a_cancelled_call_is_closed() -> None:
    """Cancelled in mid-call: the item is done with an error, and the late answer changes nothing."""
    session = with_server(require_approval="never")
    response_id, _ = called(session, "get_weather")
    orders = tell(session, type="response.cancel")
    assert Hush(response_id) in orders
    assert types(orders)[:2] == ["Hush", "response.mcp_call.failed"]
    assert session.tool_called(response_id, "late", None, 1.0) == []


def test_an_answer_to_no_request_is_refused() -> None:
    """An approval of something that nobody asked for."""
    item = {"type": "mcp_approval_response", "id": "ok_1", "approval_request_id": "mcpr_x", "approve": True}
    orders = tell(with_server(), type="conversation.item.create", item=item)
    assert only(orders, wire.ErrorEvent).error.param == "item.approval_request_id"
