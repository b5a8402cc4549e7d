"""Each peer holds a spoken turn, a tool call and an interruption with oyez-local, through its own public classes."""

import pytest

from tests.peers.evening import SPEECH, Evening, plain

HARMLESS = "response_cancel_not_active"
"""LiveKit cancels what the server has just cancelled by itself: every such client loses that race now and then."""

pytestmark = pytest.mark.timeout(240)


def test_nothing_went_wrong(evening: Evening) -> None:
    """Neither side told of an error but the harmless one, and the server could read all that the peer sent."""
    assert evening.report["errors"] == []
    assert {line["error_code"] for line in evening.lines("out", "error")} <= {HARMLESS}
    assert evening.lines("in", "unreadable") == []


def test_a_spoken_turn(evening: Evening) -> None:
    """The user's words reached the peer as text, and the reply's own sound says what its transcript says."""
    assert plain(evening.report["heard"][0]) == plain(SPEECH["who"])
    assert "local voice of this house" in evening.report["replies"][0]["said"]
    assert "local voice of this house" in evening.understood(1)


def test_a_tool_call(evening: Evening) -> None:
    """The peer's tool ran once with what was spoken, and its output was answered aloud."""
    assert evening.report["calls"] == [{"name": "set_light", "arguments": {"name": "kitchen light", "on": True}}]
    assert "kitchen light is on now" in plain(evening.report["replies"][1]["said"])
    assert "light is on now" in evening.understood(2)


def test_an_interruption(evening: Evening) -> None:
    """Speech over the story cancelled it, what was heard of it was told and believed; the next turn was answered."""
    done = [(line["response_status"], line.get("reason")) for line in evening.lines("out", "response.done")]
    assert done.count(("cancelled", "turn_detected")) == 1
    assert done[-1] == ("completed", None)
    (cut,) = evening.lines("in", "conversation.item.truncate")
    assert 500 < cut["audio_end_ms"] < 15_000
    (believed,) = evening.lines("out", "conversation.item.truncated")
    assert (believed["item_id"], believed["audio_end_ms"]) == (cut["item_id"], cut["audio_end_ms"])
    story, answer = evening.report["replies"][2:]
    assert story["interrupted"]
    assert not answer["interrupted"]
    assert plain(evening.report["heard"][-1]) in (plain(SPEECH["sum"]), "what is 2 plus 3")
    assert "is 5" in plain(answer["said"])
    assert "five" in evening.understood(4) or "5" in evening.understood(4)
