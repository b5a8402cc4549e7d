"""What the service owes: who is told that a reply has ended, and what the next session is asked for."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez import events as ev
from oyez.session.owing import Owing
from oyez_realtime import messages as wire
from oyez_realtime.closing import ERROR_CODES, Remedy

WHERE = {"output_index": 0, "content_index": 0}
COMMITTED = wire.InputAudioBufferCommitted(item_id="u")
STARTED = wire.InputAudioBufferSpeechStarted(item_id="u", audio_start_ms=0)


def begun(response_id: str = "r", conversation_id: str | None = "c") -> wire.ServerEvent:
    return wire.ResponseCreated(response=wire.Response(id=response_id, conversation_id=conversation_id))


def done(response_id: str = "r") -> wire.ServerEvent:
    return wire.ResponseDone(response=wire.Response(id=response_id, status="completed"))


def audio(response_id: str = "r") -> wire.ServerEvent:
    return wire.ResponseOutputAudioDelta(response_id=response_id, item_id="a", delta=b"\0\0", **WHERE)


def audio_done(response_id: str = "r") -> wire.ServerEvent:
    return wire.ResponseOutputAudioDone(response_id=response_id, item_id="a", **WHERE)


def words(text: str, response_id: str = "r") -> wire.ServerEvent:
    return wire.ResponseOutputAudioTranscriptDelta(response_id=response_id, item_id="a", delta=text, **WHERE)


def call(response_id: str = "r") -> wire.ServerEvent:
    return wire.ResponseFunctionCallArgumentsDone(
        response_id=response_id, item_id="f", output_index=0, call_id="c", name="f", arguments="{}"
    )


def owing(*events: wire.ServerEvent) -> Owing:
    books = Owing()
    for event in events:
        books.take(event)
    return books


@pytest.mark.parametrize(
    ("events", "ended", "due"),
    [
        pytest.param([], [], "", id="nothing"),
        pytest.param([COMMITTED], [], "answer", id="committed"),
        pytest.param([COMMITTED, STARTED], [], "", id="somebody speaks on: their end will be answered"),
        pytest.param([COMMITTED, begun()], [], "answer", id="begun and nothing came"),
        pytest.param([COMMITTED, begun(), audio()], [], "rest", id="in the middle"),
        pytest.param(
            [begun(), audio(), audio_done()], [ev.ReplyEnded("r", "completed")], "", id="all came but its end"
        ),
        pytest.param([begun(), audio(), call()], [ev.ReplyEnded("r", "completed", 1)], "", id="its tool was called"),
        pytest.param([COMMITTED, begun(), audio(), done()], [], "", id="over"),
    ],
)
def test_after_a_loss_just_what_is_missing_is_owed(
    events: list[wire.ServerEvent], ended: list[ev.Event], due: str
) -> None:
    books = owing(*events)
    assert books.lost() == ended
    assert (books.answer_due, books.rest_due) == (due == "answer", due == "rest")
    assert books.busy is bool(due)


def test_a_reply_that_is_not_wanted_is_told_as_ended_and_not_asked_for() -> None:
    books = owing(begun(), audio())
    books.unwanted()
    assert books.lost() == [ev.ReplyEnded("r", "cancelled")]
    assert not books.busy


def test_the_rest_of_a_reply_that_is_cut_while_the_line_is_mended_is_not_asked_for() -> None:
    books = owing(begun(), audio())
    assert books.lost() == []
    books.unwanted()
    assert not books.busy


def test_a_call_that_was_still_being_written_is_owed_though_the_words_had_all_come() -> None:
    """ "I will turn it on." and then no light: worse than saying it twice."""
    books = Owing()
    item = wire.FunctionCall("f", "", "c", id="f")
    added = wire.ResponseOutputItemAdded(response_id="r", output_index=1, item=item)
    for event in (COMMITTED, begun(), audio(), audio_done(), added):
        books.take(event)
    assert books.lost() == []
    assert books.rest_due
    assert books.rest_may_call


def test_a_reply_that_has_used_a_tool_elsewhere_uses_none_a_second_time() -> None:
    books = Owing()
    item = wire.McpCall(id="m", server_label="home", name="unlock", arguments="{}")
    added = wire.ResponseOutputItemAdded(response_id="r", output_index=0, item=item)
    for event in (COMMITTED, begun(), added, audio()):
        books.take(event)
    assert books.lost() == []
    assert books.rest_due
    assert not books.rest_may_call


def test_a_second_loss_before_the_answer_began_owes_it_still() -> None:
    books = owing(COMMITTED)
    books.lost()
    books.lost()
    assert books.answer_due
    books.take(begun("r2"))
    assert not books.answer_due


def test_an_announcement_is_said_from_where_it_broke_and_a_filler_not_again() -> None:
    books = Owing()
    books.to_say("Dinner is ready now.")
    books.to_say("", filler=True)
    for event in (begun("t", None), audio("t"), words("Dinner is", "t"), begun("f", None), audio("f")):
        books.take(event)
    assert books.lost() == [ev.ReplyEnded("f", "cancelled")]
    assert books.texts() == [("ready now.", False)]


def test_a_server_that_does_not_say_what_stands_outside_says_the_text_when_no_answer_is_due() -> None:
    books = Owing()
    books.to_say("Dinner is ready.")
    books.take(wire.ResponseCreated(response=wire.Response(id="t")))
    books.take(done("t"))
    assert not books.busy


def test_an_announcement_that_never_began_is_said_whole() -> None:
    books = Owing()
    books.to_say("Dinner is ready.")
    books.lost()
    assert books.texts() == [("Dinner is ready.", False)]


def failure(code: str) -> wire.ErrorEvent:
    return wire.ErrorEvent(error=wire.ErrorDetail("x", "No.", code))


@pytest.mark.parametrize("code", [code for code, verdict in ERROR_CODES.items() if verdict.remedy is Remedy.TELL])
def test_an_error_that_is_to_be_told_fails_the_reply_that_waits_and_is_else_told_once(code: str) -> None:
    """Every row of the table that says `tell`."""
    waiting = owing(COMMITTED)
    born, ended = waiting.objected(failure(code), None)
    assert isinstance(born, ev.ReplyBegun)
    assert isinstance(ended, ev.ReplyEnded)
    assert (ended.response_id, ended.status) == (born.response_id, "failed")
    assert "No." in ended.sentence
    assert not waiting.busy
    idle = Owing()
    (told,) = idle.objected(failure(code), None)
    assert isinstance(told, ev.TroubleFound)
    assert idle.objected(failure(code), None) == []


@pytest.mark.parametrize("code", [code for code, verdict in ERROR_CODES.items() if verdict.remedy is Remedy.IGNORE])
def test_an_error_that_is_to_be_ignored_changes_nothing(code: str) -> None:
    """Every row of the table that says `ignore`."""
    books = owing(COMMITTED)
    assert books.objected(failure(code), "input_audio_buffer.commit") == []
    assert books.answer_due


def test_a_wish_for_a_reply_that_is_refused_is_a_reply_that_failed_and_one_that_waits_is_not() -> None:
    books = Owing()
    books.asked()
    assert books.objected(failure("conversation_already_has_active_response"), "response.create") == []
    assert books.answer_due
    assert len(books.objected(failure("invalid_value"), "response.create")) == 2
    assert not books.busy


EVENTS = st.sampled_from([COMMITTED, STARTED, begun(), begun("r2"), audio(), audio_done(), words("x"), call(), done()])


@given(st.lists(EVENTS | st.sampled_from(["asked", "unwanted", "lost"]), max_size=30))
def test_no_reply_is_told_as_ended_twice_and_none_that_called_a_tool_is_asked_for_again(
    history: list[wire.ServerEvent | str],
) -> None:
    books, running, calls, ended = Owing(), "", 0, 0
    for happening in history:
        if happening == "lost":
            told = books.lost()
            ended += len(told)
            assert len(told) <= 1
            if calls:
                assert told == [ev.ReplyEnded(running, "completed", calls)]
            running, calls = "", 0
        elif happening == "asked":
            books.asked()
        elif happening == "unwanted":
            books.unwanted()
        elif isinstance(happening, wire.ResponseCreated):
            running, calls = happening.response.id, 0
            books.take(happening)
        elif not isinstance(happening, str):
            books.take(happening)
            if isinstance(happening, wire.ResponseFunctionCallArgumentsDone) and happening.response_id == running:
                calls += 1
            if isinstance(happening, wire.ResponseDone) and happening.response.id == running:
                running, calls = "", 0
    assert not (books.answer_due and books.rest_due)
