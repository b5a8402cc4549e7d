"""A turn that is only to be written down gets no answer, and always ends in one TextHeard."""

import pytest

from oyez import events as ev
from oyez.config import Line
from oyez.session import errands as do
from oyez.session.story import Story
from oyez_realtime import messages as wire

SECOND = bytes(48_000)
COMMITTED = wire.InputAudioBufferCommitted(item_id="u")
WRITTEN = wire.ConversationItemInputAudioTranscriptionCompleted(item_id="u", content_index=0, transcript="Yes.")
FAILED = wire.ConversationItemInputAudioTranscriptionFailed(
    item_id="u", content_index=0, error=wire.ErrorDetail(type="server_error", message="")
)


def asked(line: Line | None = None) -> Story:
    """Somebody has answered a question, and the device has ended their turn."""
    story = Story(line or Line(), "device")
    story.put(SECOND)
    story.sent(len(SECOND))
    assert story.commit_turn(answered=False) == [do.Commit(False)]
    return story


def test_nothing_is_owed_for_it_and_the_transcript_is_left_to_who_tells_all_of_them() -> None:
    story = asked()
    assert story.take(COMMITTED, None, 0.0) == []
    assert story.take(WRITTEN, None, 0.0) == []
    assert not story.owed
    assert story.lost() == []
    assert not any(isinstance(what, do.Ask) for what in story.move(story.rehearse()))


@pytest.mark.parametrize("event", [FAILED, None])
def test_without_a_transcript_it_is_told_that_nothing_was_understood(event: wire.ServerEvent | None) -> None:
    """The service could not write it down; or the session is lost behind the commit."""
    story = asked()
    story.take(COMMITTED, None, 0.0)
    told = story.take(event, None, 0.0) if event is not None else story.lost()
    assert told == [ev.TextHeard("u", "")]
    assert story.lost() == []


def test_where_nobody_writes_down_what_is_said_it_is_told_at_once() -> None:
    assert asked(Line(transcription_model="")).take(COMMITTED, None, 0.0) == [ev.TextHeard("u", "")]


def test_hardly_a_sound_is_nothing_understood_and_no_reply_that_failed() -> None:
    assert asked().turn_too_short() == [ev.TextHeard("", "")]


def test_a_turn_that_the_lost_session_never_got_is_only_written_down_in_the_next_one_too() -> None:
    story = asked()
    assert story.lost() == []
    assert do.Commit(False) in story.move(story.rehearse())
    assert story.take(COMMITTED, None, 0.0) == []
    assert not story.owed


def test_a_turn_behind_it_is_answered_as_ever() -> None:
    story = asked()
    story.put(SECOND)
    story.commit_turn()
    story.take(COMMITTED, None, 0.0)
    story.take(wire.InputAudioBufferCommitted(item_id="v"), None, 0.0)
    assert story.owed
    assert [what for what in story.move(story.rehearse()) if not isinstance(what, bytes)] == [do.Ask()]
