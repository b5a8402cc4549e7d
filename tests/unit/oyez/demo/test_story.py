"""The demo's story: turns and figures from what the processes wrote down."""

import json
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from oyez.demo.story import Story, read_lines, tell

Line = dict[str, Any]


def told(time_s: float, what: str, **fields: Any) -> Line:
    return {"time_s": time_s, "what": what, **fields}


def sent(time_s: float, audio_bytes: int = 960) -> Line:
    line = {"direction": "in", "type": "input_audio_buffer.append", "audio_bytes": audio_bytes}
    return {"time_s": time_s, **line}


WAKE = told(10.0, "WakeHeard", word="hey_jarvis", score=0.99618)
HEARD = told(12.0, "TextHeard", text="turn on the light")
SAID = told(14.0, "TextSaid", text="The light is on.")
AUDIBLE = told(13.0, "ReplyAudible", response_id="r1")
ANSWERED = [WAKE, HEARD, AUDIBLE, SAID, told(15.0, "PlaybackFinished")]


def room(*replies_s: float, said_s: float = 11.5) -> Line:
    begins = [{"kind": "reply_begins", "monotonic_s": at} for at in replies_s]
    return {"events": [{"kind": "speech_ends", "monotonic_s": said_s}, *begins], "said": [{"end_monotonic_s": said_s}]}


def only_turn(trace: list[Line], heard_in_room: Line | None = None) -> Any:
    (turn,) = tell(trace, [sent(10.02)], heard_in_room or {}).turns
    return turn


def test_a_request_that_was_answered_is_a_conversation_with_its_figures() -> None:
    story = tell(ANSWERED, [sent(10.02), sent(10.04)], room(13.03))
    assert story.ok
    assert (story.wake_word, story.wake_score, story.bytes_sent_before_wake) == ("hey_jarvis", 0.996, 0)
    (turn,) = story.turns
    assert (turn.heard, turn.reply) == ("turn on the light", "The light is on.")
    assert (turn.wake_to_first_uplink_ms, turn.first_delta_to_dac_ms) == (20.0, 30.0)
    assert (turn.speech_end_to_first_audio_ms, turn.reply_audio_ms) == (1530.0, 2000.0)


def test_one_byte_before_the_wake_word_and_it_did_not_go_well() -> None:
    story = tell(ANSWERED, [sent(9.99, 2), sent(10.02)], room(13.03))
    assert story.bytes_sent_before_wake == 2
    assert not story.ok


def test_without_a_wake_word_every_byte_was_sent_before_it() -> None:
    story = tell([HEARD, SAID], [sent(9.0, 4), sent(20.0, 6)], {})
    assert story.bytes_sent_before_wake == 10
    assert not story.ok


def test_what_the_server_sends_is_not_counted_as_sent_by_the_device() -> None:
    delta = {**sent(5.0), "direction": "out", "type": "response.output_audio.delta"}
    assert tell(ANSWERED, [delta], {}).bytes_sent_before_wake == 0


def test_a_request_without_an_answer_is_no_conversation() -> None:
    assert not tell([WAKE, HEARD], [], {}).ok
    assert not tell([WAKE], [], {}).ok


def test_a_reply_that_was_interrupted_counts_as_answered_up_to_the_cut() -> None:
    trace = [WAKE, HEARD, AUDIBLE, told(14.5, "CutReply"), told(16.0, "PlaybackFinished")]
    turn = only_turn(trace)
    assert turn.interrupted
    assert turn.reply_audio_ms == 1500.0
    assert tell(trace, [], {}).ok


def test_tool_calls_and_words_belong_to_the_request_before_them() -> None:
    call = told(12.5, "ToolCalled", call_id="c", name="set_light", arguments={"on": True})
    second = told(20.0, "TextHeard", text="thanks")
    turns = tell([*ANSWERED[:2], call, *ANSWERED[2:], second], [], {}).turns
    assert [turn.heard for turn in turns] == ["turn on the light", "thanks"]
    assert turns[0].tool_calls == [{"name": "set_light", "arguments": {"on": True}}]
    assert (turns[1].tool_calls, turns[1].reply) == ([], "")


def test_the_delay_is_that_of_the_first_sound_even_if_more_sounds_follow_a_tool_call() -> None:
    again = [told(17.0, "ReplyAudible", response_id="r2"), told(18.0, "PlaybackFinished")]
    turn = only_turn([*ANSWERED, *again], room(13.03, 17.3))
    assert turn.first_delta_to_dac_ms == 30.0
    assert turn.reply_audio_ms == 3000.0


def test_two_replies_that_are_heard_to_one_end_are_counted_from_the_first() -> None:
    again = told(14.2, "ReplyAudible", response_id="r2")
    assert only_turn([*ANSWERED[:4], again, *ANSWERED[4:]]).reply_audio_ms == 2000.0


def test_a_reply_too_short_for_the_room_to_notice_borrows_no_delay_from_a_later_one() -> None:
    turn = only_turn(ANSWERED, room(25.0))
    assert turn.first_delta_to_dac_ms is None
    assert turn.speech_end_to_first_audio_ms is None


def test_only_the_request_after_the_wake_word_has_a_delay_from_it() -> None:
    turns = tell([*ANSWERED, told(20.0, "TextHeard", text="and now off")], [sent(10.02), sent(19.0)], {}).turns
    assert [turn.wake_to_first_uplink_ms for turn in turns] == [20.0, None]


def test_the_chime_or_an_announcement_without_a_request_is_no_turn() -> None:
    assert tell([WAKE, AUDIBLE, SAID, told(15.0, "PlaybackFinished")], [], {}).turns == []


def test_states_are_told_once_however_often_they_were_shown() -> None:
    shown = ("idle", "idle", "listening", "listening", "idle")
    trace = [told(n, "StateShown", state=state) for n, state in enumerate(shown)]
    assert tell(trace, [], {}).states == ["idle", "listening", "idle"]


def test_truncations_are_those_that_the_server_was_told() -> None:
    truncate = {"time_s": 14.5, "direction": "in", "type": "conversation.item.truncate", "audio_end_ms": 1480}
    assert tell(ANSWERED, [truncate, sent(15.0)], {}).truncated_ms == [1480]


LINES = st.lists(st.dictionaries(st.text(), st.text() | st.integers(), min_size=1), max_size=5)


@given(LINES, st.booleans())
def test_lines_are_read_as_they_were_written_whatever_the_words_hold(lines: list[Line], ascii_only: bool) -> None:
    """A line separator of Unicode inside a transcript ends no line. (The story ended there.)"""
    text = "".join(json.dumps(line, ensure_ascii=ascii_only) + "\n" for line in lines)
    assert read_lines(text) == lines


@given(LINES.filter(len), st.data())
def test_a_line_cut_short_by_a_killed_writer_is_the_only_one_lost(lines: list[Line], data: st.DataObject) -> None:
    last = json.dumps(lines[-1])
    cut = data.draw(st.integers(0, len(last) - 1))
    text = "".join(json.dumps(line) + "\n" for line in lines[:-1]) + last[:cut]
    assert read_lines(text) == lines[:-1]


FACT = st.builds(
    told,
    st.just(0.0),
    st.sampled_from(
        ["WakeHeard", "TextHeard", "ReplyAudible", "TextSaid", "PlaybackFinished", "CutReply", "SessionLost"]
    ),
    word=st.just("hey_jarvis"),
    score=st.just(1.0),
    text=st.just("text"),
)


@given(st.lists(st.tuples(FACT, st.floats(0.001, 5)), max_size=30))
def test_whatever_the_order_of_facts_no_sound_is_counted_twice(facts: list[tuple[Line, float]]) -> None:
    now, trace = 100.0, []
    for fact, later_s in facts:
        now += later_s
        trace.append({**fact, "time_s": now})
    story: Story = tell(trace, [], {})
    assert sum(turn.reply_audio_ms for turn in story.turns) <= (now - 100.0) * 1000 + 1
    assert all(turn.reply_audio_ms >= 0 for turn in story.turns)
