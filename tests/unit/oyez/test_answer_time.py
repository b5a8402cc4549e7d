"""From the end of a request to the first sound of its answer."""

from oyez import actions as do, events as ev
from oyez.answer_time import AnswerTime


def hear(*facts: tuple[float, object]) -> int | None:
    one = AnswerTime(offset_ms=600)
    for now, fact in facts:
        one.note(fact, now)
    return one.answer_ms


def test_it_counts_from_the_end_of_speech_and_not_from_when_the_gate_was_sure() -> None:
    told = hear((1.0, do.OpenTap(1.0)), (4.0, ev.SpeechStopped()), (5.0, ev.ReplyAudible("r")))
    assert told == 1600


def test_a_pause_in_a_request_is_not_its_end() -> None:
    assert (
        hear(
            (1.0, do.OpenTap(1.0)),
            (2.0, ev.SpeechStopped()),
            (2.5, ev.SpeechStarted()),
            (4.0, ev.SpeechStopped()),
            (5.0, ev.ReplyAudible("r")),
        )
        == 1600
    )


def test_the_second_sound_after_a_tool_makes_it_no_shorter_and_no_longer() -> None:
    told = hear(
        (1.0, do.OpenTap(1.0)),
        (2.0, ev.SpeechStopped()),
        (3.0, ev.ReplyAudible("filler")),
        (9.0, ev.ReplyAudible("answer")),
    )
    assert told == 1600


def test_the_television_before_an_announcement_is_no_request() -> None:
    assert hear((1.0, ev.SpeechStopped()), (2.0, ev.ReplyAudible("r"))) is None
    assert (
        hear(
            (1.0, do.OpenTap(1.0)),
            (2.0, ev.SpeechStopped()),
            (3.0, do.CloseTap()),
            (3.0, do.CloseSession()),
            (9.0, ev.ReplyAudible("r")),
        )
        is None
    )


def test_what_comes_after_a_minute_is_no_answer() -> None:
    assert hear((1.0, do.OpenTap(1.0)), (2.0, ev.SpeechStopped()), (90.0, ev.ReplyAudible("r"))) is None
