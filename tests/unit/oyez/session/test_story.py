"""What a session is told when it becomes the present one, and what the present one is told."""

import pytest

from oyez.config import Line
from oyez.session import errands as do
from oyez.session.story import Story
from oyez_realtime import messages as wire

REPLY = wire.ResponseCreated(response=wire.Response(id="r", conversation_id="c"))
OF_REPLY = {"response_id": "r", "output_index": 0}
SECOND = bytes(48_000)


def story(*events: wire.ServerEvent) -> Story:
    told = Story(Line(), "service")
    told.put(SECOND)
    told.sent(len(SECOND))
    for event in events:
        told.take(event, None, 0.0)
    return told


def moved(told: Story) -> list[do.Outgoing]:
    return [what for what in told.move(told.rehearse()) if not isinstance(what, bytes)]


COMMITTED = wire.InputAudioBufferCommitted(item_id="u")
STARTED = wire.InputAudioBufferSpeechStarted(item_id="u", audio_start_ms=500)
CALL = wire.ResponseFunctionCallArgumentsDone(item_id="f", call_id="c", name="f", arguments="{}", **OF_REPLY)  # type: ignore[arg-type]
WISH = wire.ResponseOutputItemDone(item=wire.McpApprovalRequest("wish", "home", "open", "{}"), **OF_REPLY)  # type: ignore[arg-type]


def test_a_session_is_asked_for_the_answer_that_is_due() -> None:
    assert moved(story(COMMITTED)) == [do.Ask()]


def test_nobody_is_answered_while_they_speak_since_their_end_will_be() -> None:
    told = story(COMMITTED)
    told.ask()
    told.take(STARTED, None, 0.0)
    told.ask()
    assert moved(told) == []


def test_a_text_that_is_owed_is_said_behind_the_answer() -> None:
    told = story(COMMITTED)
    told.say("Dinner is ready.")
    answer, text = moved(told)
    assert answer == do.Ask()
    assert isinstance(text, do.Ask)
    assert text.parameters is not None
    assert "Dinner is ready." in str(text.parameters.instructions)


@pytest.mark.parametrize(
    ("events", "quiet"),
    [
        pytest.param([], True, id="nothing"),
        pytest.param([STARTED], False, id="somebody speaks"),
        pytest.param([COMMITTED], False, id="an answer is due"),
        pytest.param([REPLY], False, id="a reply runs"),
        pytest.param([REPLY, CALL, wire.ResponseDone(response=REPLY.response)], False, id="a tool runs"),
        pytest.param([REPLY, WISH, wire.ResponseDone(response=REPLY.response)], False, id="a wish waits"),
        pytest.param([COMMITTED, REPLY, wire.ResponseDone(response=REPLY.response)], True, id="answered"),
    ],
)
def test_a_session_is_replaced_only_when_nothing_goes_on(events: list[wire.ServerEvent], quiet: bool) -> None:
    assert story(*events).moment(0, 100.0).quiet is quiet


def test_a_wish_is_answered_to_the_session_that_asked_and_to_no_other() -> None:
    """Another one is only told to go on: it knows nothing of the wish, and asks anew."""
    told = story(REPLY, WISH)
    answer, ask = told.approve_tool("wish", True, "")
    assert isinstance(answer, do.Create)
    assert isinstance(answer.item, wire.McpApprovalResponse)
    assert (answer.item.approval_request_id, answer.item.approve, ask) == ("wish", True, do.Ask())
    told = story(REPLY, WISH)
    moved(told)
    assert told.approve_tool("wish", True, "") == [do.Ask()]


def test_a_rehearsal_is_no_longer_whole_once_something_is_said() -> None:
    told = story()
    rehearsal = told.rehearse()
    assert told.is_whole(rehearsal)
    told.take(COMMITTED, None, 0.0)
    assert not told.is_whole(rehearsal)


def test_who_takes_the_turns_is_told_when_it_changes_and_only_then() -> None:
    told = story()
    assert told.take_turns("service") == []
    (change,) = told.take_turns("device")
    assert isinstance(change, do.Configure)
    assert told.take_turns("device") == []


def test_a_service_that_was_configured_not_to_take_turns_does_not_when_asked() -> None:
    told = Story(Line(turn_detection="manual"), "service")
    assert told.turns == "device"
    assert told.take_turns("service") == []
