"""The session machine under any events in any order."""

from typing import Any

from hypothesis import given, settings, strategies as st

from oyez_local.calling import Call
from oyez_local.mind import Decision
from oyez_local.orders import ListTools, Order, Overhear, Think, Transcribe
from oyez_local.rate_limits import RateLimits
from oyez_local.responding import Bounds
from oyez_local.session import Session
from oyez_realtime import messages as wire
from tests.unit.local.machine import MANUAL, SPEECH, append, events, machine, tell

HOME = {"type": "mcp", "server_label": "home", "server_url": "http://h/mcp", "require_approval": "never"}
STEP = st.one_of(
    st.sampled_from(
        [
            {"type": "response.create"},
            {"type": "response.create", "response": {"conversation": "none"}},
            {"type": "response.cancel"},
            {"type": "input_audio_buffer.commit"},
            {"type": "input_audio_buffer.clear"},
            {"type": "session.update", "session": {"type": "realtime", **MANUAL}},
            {"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}},
            {
                "type": "session.update",
                "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}},
            },
            {"type": "session.update", "session": {"type": "realtime", "tools": [HOME]}},
            {
                "type": "conversation.item.create",
                "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "words " * 9}]},
            },
        ]
    ),
    st.sampled_from(["speech", "silence", "transcribed", "overheard", "thought", "called", "served", "answered"]),
    st.sampled_from(["spoken", "finished", "failed", "doomed", "tick"]),
    st.builds(
        lambda item_id, ms: {
            "type": "conversation.item.truncate", "item_id": item_id, "content_index": 0, "audio_end_ms": ms
        },
        st.sampled_from([f"item_{n}" for n in range(1, 9)]),
        st.integers(0, 800),
    ),
    st.builds(
        lambda item_id: {"type": "conversation.item.delete", "item_id": item_id},
        st.sampled_from([f"item_{n}" for n in range(1, 9)]),
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(STEP, max_size=30))
def test_whatever_happens_each_response_ends_once_and_one_is_active(steps: list[Any]) -> None:
    """Any events in any order: nothing raises, a done follows each created, deltas belong to running responses.

    And usage adds up in each of them, with a context so short that items fall out of it.
    """
    session, now_s = machine(bounds=Bounds(RateLimits(), 60)), 0.0
    running: set[str] = set()
    in_conversation: set[str] = set()
    thinking: list[Think] = []
    pending: list[Transcribe] = []
    overheard: list[Overhear] = []
    for step in steps:
        now_s += 0.5
        orders = _take(session, step, now_s, thinking, pending, overheard)
        for order in orders:
            if isinstance(order, Think):
                thinking.append(order)
            elif isinstance(order, Transcribe):
                pending.append(order)
            elif isinstance(order, ListTools):
                orders += session.tools_listed(order.item_id, [wire.McpToolDescription("served", {"type": "object"})])
            elif isinstance(order, Overhear):
                overheard.append(order)
        for event in events(orders):
            if isinstance(event, wire.ResponseCreated):
                running.add(event.response.id)
                if event.response.conversation_id is not None:
                    in_conversation.add(event.response.id)
            elif isinstance(event, wire.ResponseDone):
                running.remove(event.response.id)
                usage: Any = event.response.usage
                assert usage.total_tokens == usage.input_tokens + usage.output_tokens
                assert usage.input_token_details.cached_tokens <= usage.input_tokens
                in_conversation.discard(event.response.id)
            elif response_id := getattr(event, "response_id", None):
                assert response_id in running
            assert len(in_conversation) <= 1


def _take(
    session: Session,
    step: Any,
    now_s: float,
    thinking: list[Think],
    pending: list[Transcribe],
    overheard: list[Overhear],
) -> list[Order]:
    if isinstance(step, dict):
        return tell(session, now_s, **step)
    response_id = thinking[-1].response_id if thinking else "resp_none"
    match step:
        case "speech":
            return append(session, SPEECH, now_s)
        case "silence":
            return append(session, bytes(9600), now_s)
        case "transcribed":
            return session.transcribed(pending.pop().item_id if pending else "item_none", "hello", 1.0)
        case "thought":
            return session.thought(response_id, Decision("Hello."), now_s)
        case "called":
            return session.thought(response_id, Decision("Now.", (Call("f", {}),)), now_s)
        case "served":
            return session.thought(response_id, Decision("Now.", (Call("served", {}),)), now_s)
        case "answered":
            return session.tool_called(response_id, "done", None, now_s)
        case "overheard":
            asked = overheard.pop() if overheard else Overhear("item_none", b"", 24_000, 1)
            return session.overheard(asked.item_id, "What time is it?", asked.pause, now_s)
        case "doomed":
            return session.doom("incomplete", wire.StatusDetails("incomplete", "content_filter"))
        case "spoken":
            return session.spoken(response_id, "word ", bytes(4800), 100.0, now_s)
        case "finished":
            return session.finished(response_id, now_s)
        case "failed":
            return session.failed(response_id, "broken", now_s)
    return session.tick(now_s)
