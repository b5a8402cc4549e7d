"""The event log: what was sent stands there whole, without sound and without secrets."""

import json
from pathlib import Path

from oyez_local.eventlog import EventLog
from oyez_realtime.messages import (
    AudioOutput,
    ConversationItemAdded,
    InputAudio,
    InputAudioBufferAppend,
    McpTool,
    Message,
    RealtimeSession,
    ResponseOutputAudioDelta,
    ServerEvent,
    SessionAudio,
    SessionUpdated,
    encode,
)


def logged(path: Path, event: ServerEvent) -> dict[str, object]:
    log = EventLog(path)
    log.write("out", event, "sess_1", 1.0)
    log.close()
    line: dict[str, object] = json.loads(path.read_text())
    return line


def test_a_sent_event_is_logged_whole(tmp_path: Path) -> None:
    """Under `event` stands exactly what went over the wire."""
    event = ConversationItemAdded(item=Message("user", [], "item_1", "realtime.item", "completed"), event_id="event_1")
    assert logged(tmp_path / "log", event)["event"] == json.loads(encode(event))


def test_sound_is_counted_and_not_logged(tmp_path: Path) -> None:
    """An audio delta keeps its ids and the number of its bytes, and loses the bytes."""
    place = {"item_id": "item_1", "response_id": "resp_1", "output_index": 0, "content_index": 0, "event_id": "event_1"}
    line = logged(tmp_path / "log", ResponseOutputAudioDelta(delta=b"\x01\x02" * 50, **place))  # type: ignore[arg-type]
    assert line["audio_bytes"] == 100
    assert line["event"] == {"type": "response.output_audio.delta", "delta": "", **place}


def test_sound_inside_an_item_is_not_logged(tmp_path: Path) -> None:
    """A retrieved item may carry what the user said: nobody finds that in the log."""
    item = Message("user", [InputAudio(audio=b"\x01\x02", transcript="hello")], "item_1")
    event = logged(tmp_path / "log", ConversationItemAdded(item=item, event_id="event_1"))["event"]
    assert isinstance(event, dict)
    assert event["item"]["content"] == [{"type": "input_audio", "audio": "", "transcript": "hello"}]


def test_credentials_of_mcp_servers_are_not_logged(tmp_path: Path) -> None:
    """A session repeats its tools: their tokens and headers stay out of the log, its audio settings stay in."""
    tool = McpTool(server_label="home", authorization="secret-1", headers={"X-Key": "secret-2"})
    session = RealtimeSession(tools=[tool], audio=SessionAudio(output=AudioOutput(voice="alloy")))
    event = logged(tmp_path / "log", SessionUpdated(session=session, event_id="event_1"))["event"]
    assert "secret" not in (tmp_path / "log").read_text()
    assert isinstance(event, dict)
    assert event["session"]["audio"] == {"output": {"voice": "alloy"}}


def test_what_came_in_is_only_summed_up(tmp_path: Path) -> None:
    """A client's event may carry its secrets: of it only the small fields are kept."""
    log = EventLog(tmp_path / "log")
    log.write("in", InputAudioBufferAppend(audio=b"\x01\x02"), "sess_1", 1.0)
    log.close()
    line = json.loads((tmp_path / "log").read_text())
    assert line == {
        "time_s": 1.0,
        "direction": "in",
        "session": "sess_1",
        "type": "input_audio_buffer.append",
        "audio_bytes": 2,
    }
