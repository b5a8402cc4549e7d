"""Whatever a neighbour sends is an event in range or a refusal."""

import json

import hypothesis.strategies as st
from hypothesis import given

from oyez.events import (
    ApprovalGiven,
    AskAsked,
    EnrolAsked,
    FollowUpAsked,
    ListenAsked,
    MuteAsked,
    RestartAsked,
    SayAsked,
    SensitivityAsked,
    StopAsked,
    TalkPressed,
    TalkReleased,
    VolumeAsked,
    WakeWordsAsked,
)
from oyez.home.deeds import CancelTimer, FetchSound, InstallUpdate, LabelClip, SetTimer
from oyez.home.order_fields import Refusal
from oyez.home.orders import ORDERS, Order, parse
from oyez.home.orders_hearing import MOST_WORDS
from oyez.home.orders_speaking import LONGEST_ANSWER_S, LONGEST_QUESTION, LONGEST_SPEECH
from oyez.home.orders_timers import LONGEST_S

KNOWN = ("alexa", "hey_jarvis", "our_own")


def order(name: str, payload: bytes, retained: bool = False) -> Order | Refusal:
    return parse("k", f"oyez/k/{name}", payload, retained, KNOWN)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
NAMES = [
    *("text", "id", "volume", "muted", "action", "approve", "request_id", "wake_words", "sensitivity"),
    *("name", "clip", "label", "x", "priority", "question", "answer_s", "source", "follow_up"),
    *("seconds", "at", "timer", "volume"),
]
FIELDS = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4)


@given(
    st.sampled_from([*ORDERS, "do/x", "set/"]),
    st.binary(max_size=300) | st.text(max_size=80).map(str.encode) | FIELDS.map(lambda f: json.dumps(f).encode()),
    st.booleans(),
)
def test_whatever_comes_is_an_event_in_range_or_a_refusal(name: str, payload: bytes, retained: bool) -> None:
    result = order(name, payload, retained)
    if isinstance(result, Refusal):
        assert result.sentence.encode()
        return
    assert not retained
    match result:
        case VolumeAsked(level=level):
            assert 0.0 <= level <= 1.0
        case SayAsked(text=text, priority=priority, volume=volume):
            assert text.encode()
            assert 0 < len(text) <= LONGEST_SPEECH
            assert priority in ("normal", "urgent")
            assert volume is None or 0.0 <= volume <= 1.0
        case AskAsked(question=question, answer_s=answer_s):
            assert 0 < len(question) <= LONGEST_QUESTION
            assert 1.0 <= answer_s <= LONGEST_ANSWER_S
        case FetchSound(source=source):
            assert source.startswith(("http://", "https://")) or ("/" not in source and not source.startswith("."))
        case WakeWordsAsked(words=words):
            assert 0 < len(words) <= MOST_WORDS
            assert set(words) <= set(KNOWN)
        case EnrolAsked(name=phrase):
            assert phrase.replace("_", "a").replace("-", "a").isalnum()
        case LabelClip(clip=clip, label=label):
            assert clip.isdigit()
            assert label in ("true", "false", "unsure")
        case SetTimer(seconds=seconds, at=at, label=label):
            assert (seconds is None) != (at is None)
            assert seconds is None or 1 <= seconds <= LONGEST_S
            assert label.isprintable()
        case CancelTimer(timer_id=timer_id):
            assert timer_id is None or timer_id.isprintable()
        case other:
            assert isinstance(
                other,
                MuteAsked
                | ListenAsked
                | StopAsked
                | TalkPressed
                | TalkReleased
                | ApprovalGiven
                | SensitivityAsked
                | FollowUpAsked
                | RestartAsked
                | InstallUpdate,
            )
