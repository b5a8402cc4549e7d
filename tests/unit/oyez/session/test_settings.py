"""What the service is told when a session opens."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from oyez.config import Line, Mcp
from oyez.home import remote_tools
from oyez.secret import Secret
from oyez.session.settings import address, filler, going_on, session, spoken, turns_only
from oyez_local.mind import verbatim
from oyez_local.settings import new_session, updated
from oyez_realtime.messages import McpTool, RealtimeSession

TOOLS = [{"type": "function", "name": name, "parameters": {"type": "object"}} for name in ("get_time", "set_volume")]


def wire(line: Line, tools: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(session(line, tools or [])))
    return found


def test_speech_goes_both_ways_at_24_khz_and_the_service_takes_the_turns() -> None:
    told = wire(Line(voice="cedar", silence_ms=700))
    heard, said = told["audio"]["input"], told["audio"]["output"]
    assert heard["format"] == said["format"] == {"type": "audio/pcm", "rate": 24_000}
    assert (told["type"], told["output_modalities"], said["voice"]) == ("realtime", ["audio"], "cedar")
    turns = heard["turn_detection"]
    assert (turns["type"], turns["silence_duration_ms"]) == ("server_vad", 700)
    assert turns["create_response"] is turns["interrupt_response"] is True


def test_the_meaning_of_what_was_said_can_end_a_turn_and_so_can_the_device() -> None:
    """semantic_vad with its eagerness; manual: the service takes no turn, whoever is asked to."""
    turns = wire(Line(turn_detection="semantic_vad", eagerness="low"))["audio"]["input"]["turn_detection"]
    assert (turns["type"], turns["eagerness"], turns["create_response"]) == ("semantic_vad", "low", True)
    assert wire(Line(turn_detection="manual"))["audio"]["input"]["turn_detection"] is None
    changed = [json.loads(msgspec.json.encode(turns_only(Line(), by))) for by in ("device", "service")]
    assert [session["audio"]["input"]["turn_detection"] is None for session in changed] == [True, False]
    assert all(set(session) == {"type", "audio"} for session in changed)
    manual = json.loads(msgspec.json.encode(turns_only(Line(turn_detection="manual"), "service")))
    assert manual["audio"]["input"]["turn_detection"] is None


def test_a_poor_uplink_gets_g711_both_ways() -> None:
    told = wire(Line(audio_format="pcmu"))["audio"]
    assert told["input"]["format"] == told["output"]["format"] == {"type": "audio/pcmu"}


def test_what_a_turn_can_cost_is_bounded() -> None:
    """The service forgets what is beyond the bound, much at a time, and speaks no longer than allowed."""
    told = wire(Line(context_tokens_max=5000, retention_ratio=0.7, max_output_tokens=300))
    limits = {"type": "retention_ratio", "retention_ratio": 0.7, "token_limits": {"post_instructions": 5000}}
    assert told["truncation"] == limits
    assert told["max_output_tokens"] == 300


def test_a_reply_that_was_cut_off_is_gone_on_with_and_calls_what_it_has_not_called() -> None:
    for may_call, choice in ((True, "auto"), (False, "none")):
        told = json.loads(msgspec.json.encode(going_on(Line(instructions="Be brief."), may_call)))
        assert told["instructions"].startswith("Be brief.")
        assert "cut off" in told["instructions"]
        assert told["tool_choice"] == choice


def test_a_filler_is_said_in_the_language_of_the_house_and_outside_the_conversation() -> None:
    for language, words in (("de", "Moment"), ("en", "moment"), ("cy", "language cy")):
        told = json.loads(msgspec.json.encode(filler(Line(language=language))))
        assert words in told["instructions"]
        assert (told["conversation"], told["input"], told["tool_choice"]) == ("none", [], "none")


def test_what_is_heard_is_written_down_only_where_that_is_wanted() -> None:
    assert wire(Line(language="de"))["audio"]["input"]["transcription"] == {"model": "gpt-transcribe", "language": "de"}
    assert "transcription" not in wire(Line(transcription_model=""))["audio"]["input"]


def test_the_tools_of_the_house_and_the_limit_of_a_reply_are_told() -> None:
    told = wire(Line(max_output_tokens=300, instructions="Be brief."), TOOLS)
    assert [tool["name"] for tool in told["tools"]] == ["get_time", "set_volume"]
    assert (told["tool_choice"], told["max_output_tokens"], told["instructions"]) == ("auto", 300, "Be brief.")


def test_the_model_is_no_part_of_the_session_since_the_address_names_it() -> None:
    assert "model" not in wire(Line(model="some-model"))


def test_an_announcement_stands_outside_the_conversation_and_calls_no_tool() -> None:
    told = json.loads(msgspec.json.encode(spoken("Dinner is ready.")))
    assert (told["conversation"], told["input"], told["tool_choice"]) == ("none", [], "none")


def test_an_announcement_is_spoken_word_for_word_by_our_own_server() -> None:
    assert verbatim(str(spoken("Say: dinner, exactly at six!").instructions)) == "Say: dinner, exactly at six!"


def test_the_address_gets_the_model_and_keeps_its_own() -> None:
    assert address("ws://127.0.0.1:8765/v1/realtime", "m") == "ws://127.0.0.1:8765/v1/realtime?model=m"
    assert address("wss://h/v1/realtime?model=own", "m") == "wss://h/v1/realtime?model=own"
    assert address("wss://h/v1/realtime", "") == "wss://h/v1/realtime"


@given(st.lists(st.tuples(st.text(min_size=1), st.text())), st.text(min_size=1))
def test_nothing_of_a_query_is_lost_and_no_model_name_breaks_out_of_it(
    query: list[tuple[str, str]], model: str
) -> None:
    from urllib.parse import urlencode

    query = [(name, value) for name, value in query if name != "model"]
    made = urlsplit(address(f"wss://h/v1/realtime?{urlencode(query)}", model))
    assert parse_qsl(made.query, keep_blank_values=True) == [*query, ("model", model)]
    assert (made.scheme, made.netloc, made.path, made.fragment) == ("wss", "h", "/v1/realtime", "")


@pytest.mark.parametrize("turn_detection", ["server_vad", "semantic_vad", "manual"])
@pytest.mark.parametrize("audio_format", ["pcm", "pcmu", "pcma"])
def test_the_local_server_takes_all_that_the_service_is_told(turn_detection: str, audio_format: str) -> None:
    """So that it can answer in the service's place with the same tools."""
    mcp = Mcp(label="home", url="https://h/mcp", allowed_tools=("a",), without_approval=("a",))
    tools = [*TOOLS, *remote_tools.declarations([mcp], {"home": Secret("t")})]
    config = msgspec.convert({"turn_detection": turn_detection, "audio_format": audio_format}, Line)
    taken = updated(new_session("oyez-local", "sess_1", 4_000_000_000), session(config, tools), has_spoken=False)
    assert isinstance(taken, RealtimeSession)
    assert isinstance(taken.tools, list)
    assert [isinstance(tool, McpTool) for tool in taken.tools] == [False, False, True]
