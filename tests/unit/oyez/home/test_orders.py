"""Payloads become events or refusals; nothing a neighbour sends can do anything else."""

import pytest

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
from oyez.home.deeds import CancelTimer, FactoryReset, FetchSound, LabelClip, SetTimer
from oyez.home.order_fields import Refusal
from oyez.home.orders import LARGEST_BYTES, ORDERS, Order, parse
from oyez.home.orders_hearing import MOST_WORDS
from oyez.home.orders_speaking import LONGEST_QUESTION, LONGEST_SPEECH
from oyez.home.sound_source import LONGEST_ADDRESS, LONGEST_NAME

KNOWN = ("alexa", "hey_jarvis", "our_own")


def order(name: str, payload: bytes, retained: bool = False) -> Order | Refusal:
    return parse("k", f"oyez/k/{name}", payload, retained, KNOWN)


@pytest.mark.parametrize(
    ("name", "payload", "event"),
    [
        ("set/volume", b"0", VolumeAsked(0.0)),
        ("set/volume", b" 40 \n", VolumeAsked(0.4)),
        ("set/volume", b"55.5", VolumeAsked(0.555)),
        ("set/volume", b'{"volume": 100}', VolumeAsked(1.0)),
        ("set/muted", b"ON", MuteAsked(True)),
        ("set/muted", b"off", MuteAsked(False)),
        ("set/muted", b"True", MuteAsked(True)),
        ("set/muted", b'{"muted": false}', MuteAsked(False)),
        ("do/listen", b"PRESS", ListenAsked()),
        ("do/listen", b'{"id": "7"}', ListenAsked("7")),
        ("do/stop", b"press", StopAsked()),
        ("do/stop", b'{"id": "a-b"}', StopAsked("a-b")),
        ("do/say", b"Dinner is ready", SayAsked("Dinner is ready")),
        ("do/say", '{"text": " Käse ", "id": "9"}'.encode(), SayAsked("Käse", "9")),
        ("do/say", b'"quoted"', SayAsked('"quoted"')),
        ("do/say", b'{"text": "Fire", "priority": "urgent", "volume": 90}', SayAsked("Fire", None, "urgent", 0.9)),
        ("do/say", b'{"text": "Fire", "priority": null, "volume": null}', SayAsked("Fire")),
        ("do/ask", b"Shall I lock the door?", AskAsked("Shall I lock the door?")),
        (
            "do/ask",
            b'{"question": "Tea?", "answer_s": 12, "volume": 0, "id": "8"}',
            AskAsked("Tea?", "8", volume=0.0, answer_s=12.0),
        ),
        ("do/ask", b'{"question": "Tea?", "priority": "urgent"}', AskAsked("Tea?", None, "urgent")),
        ("do/announce", b"bell.wav", FetchSound("bell.wav")),
        ("do/announce", "Türklingel (neu).ogg".encode(), FetchSound("Türklingel (neu).ogg")),
        ("do/announce", b"https://ha.local:8123/api/tts/a.mp3", FetchSound("https://ha.local:8123/api/tts/a.mp3")),
        (
            "do/announce",
            b'{"source": "HTTP://ha/a", "priority": "urgent", "volume": 70, "id": "9"}',
            FetchSound("HTTP://ha/a", "9", "urgent", 0.7),
        ),
        ("do/restart", b"PRESS", RestartAsked()),
        ("do/factory_reset", b"erase everything", FactoryReset()),
        ("do/factory_reset", b'{"confirm": "erase everything", "id": "r"}', FactoryReset("r")),
        ("do/restart", b'{"id": "r"}', RestartAsked("r")),
        ("set/follow_up", b"OFF", FollowUpAsked(False)),
        ("set/follow_up", b'{"follow_up": true}', FollowUpAsked(True)),
        ("do/talk", b"PRESS", TalkPressed()),
        ("do/talk", b"release", TalkReleased()),
        ("do/talk", b'{"action": "press", "id": "1"}', TalkPressed("1")),
        ("do/talk", b'{"action": "release", "id": "2"}', TalkReleased("2")),
        ("do/approve", b"true", ApprovalGiven(True)),
        ("do/approve", b"OFF", ApprovalGiven(False)),
        ("do/approve", b'{"approve": true}', ApprovalGiven(True)),
        ("do/approve", b'{"approve": false, "request_id": "r 1", "id": "3"}', ApprovalGiven(False, "r 1", "3")),
        ("set/wake_words", b"alexa", WakeWordsAsked(("alexa",))),
        ("set/wake_words", b" our_own , alexa,alexa,", WakeWordsAsked(("our_own", "alexa"))),
        ("set/wake_words", b'["alexa", "hey_jarvis"]', WakeWordsAsked(("alexa", "hey_jarvis"))),
        ("set/wake_words", b'{"wake_words": ["alexa"], "id": "4"}', WakeWordsAsked(("alexa",), "4")),
        ("set/sensitivity", b"HIGH", SensitivityAsked("high")),
        ("set/sensitivity", b'{"sensitivity": "low", "id": "5"}', SensitivityAsked("low", "5")),
        ("do/enrol", b"kitchen-help", EnrolAsked("kitchen-help")),
        ("do/enrol", b'{"name": "our_own", "id": "6"}', EnrolAsked("our_own", "6")),
        ("do/label_clip", b'{"clip": "000012", "label": "true", "id": "7"}', LabelClip("000012", "true", "7")),
        ("do/label_clip", b'{"clip": "12", "label": false}', LabelClip("12", "false")),
        ("do/timer", b"300", SetTimer(300.0, None)),
        ("do/timer", b'{"seconds": 1.5, "label": " eggs ", "id": "e"}', SetTimer(1.5, None, "eggs", "e")),
        ("do/timer", b'{"at": "7:05", "label": "up"}', SetTimer(None, "07:05", "up")),
        ("do/cancel_timer", b"all", CancelTimer(None)),
        ("do/cancel_timer", b"t1", CancelTimer("t1")),
        ("do/cancel_timer", b'{"timer": "e", "id": "8"}', CancelTimer("e", "8")),
        ("do/cancel_timer", b'{"timer": "all"}', CancelTimer(None)),
    ],
)
def test_an_order_becomes_its_event(name: str, payload: bytes, event: Order) -> None:
    assert order(name, payload) == event


@pytest.mark.parametrize(
    ("name", "payload", "why"),
    [
        ("set/volume", b"101", "out of range"),
        ("set/volume", b"-1", "out of range"),
        ("set/volume", b"nan", "no number"),
        ("set/volume", b"1e2", "no number"),
        ("set/volume", b"", "no number"),
        ("set/volume", b"true", "no number"),
        ("set/volume", b'{"volume": true}', "no number"),
        ("set/volume", b'{"volume": "40"}', "no number"),
        ("set/volume", b'{"volume": 1e999}', ""),
        ("set/volume", b'{"level": 40}', "unknown field"),
        ("set/volume", b"{}", "missing"),
        ("set/volume", b'{"volume": 40, "id": "1"}', "takes no `id`"),
        ("set/muted", b"maybe", "neither ON nor OFF"),
        ("set/muted", b"", "neither ON nor OFF"),
        ("set/muted", b'{"muted": 1}', "neither ON nor OFF"),
        ("do/listen", b"", "not understood"),
        ("do/listen", b"now", "not understood"),
        ("do/stop", b'{"when": 1}', "unknown field"),
        ("do/say", b"   ", "no text"),
        ("do/say", b'{"text": 5}', "must be a string"),
        ("do/say", b'{"text": "x", "voice": "y"}', "unknown field"),
        ("do/say", b'{"text": "x"', "begins like a JSON object"),
        ("do/say", b'{"text": "x", "id": ""}', "`id` must be"),
        ("do/say", b'{"text": "x", "id": 5}', "`id` must be"),
        ("do/say", b"a\x00b", "control characters"),
        ("do/say", b"\xff\xfe", "UTF-8"),
        ("do/say", b'{"text": "x", "priority": "high"}', "send normal or urgent"),
        ("do/say", b'{"text": "x", "priority": ["urgent"]}', "send normal or urgent"),
        ("do/say", b'{"text": "x", "volume": 101}', "`volume`: 101 is out of range"),
        ("do/say", b'{"text": "x", "volume": "40"}', "`volume`: '40' is no number"),
        ("do/ask", b"", "no question"),
        ("do/ask", b'{"text": "x"}', "unknown field"),
        ("do/ask", b'{"question": "x", "answer_s": 0}', "out of range"),
        ("do/ask", b'{"question": "x", "answer_s": true}', "no number"),
        ("do/ask", b"x" * (LONGEST_QUESTION + 1), "more than"),
        ("do/ask", b"a\x1bb", "control characters"),
        ("do/announce", b"", "name a sound"),
        ("do/announce", b'{"source": 5}', "name a sound"),
        ("do/announce", b'{"url": "http://x/a"}', "unknown field"),
        ("do/announce", b"file:///etc/passwd", "only http:// and https://"),
        ("do/announce", b"data:audio/wav;base64,AAAA", "only http:// and https://"),
        ("do/announce", b"../secret.wav", "without a path"),
        ("do/announce", b"/etc/passwd", "without a path"),
        ("do/announce", b"a\\b.wav", "without a path"),
        ("do/announce", b".hidden.wav", "leading dot"),
        ("do/announce", b"a\x00.wav", "cannot be printed"),
        ("do/announce", b"http://x/a b.wav", "%20"),
        ("do/announce", b"http://x/" + b"a" * LONGEST_ADDRESS, "more than"),
        ("do/announce", b"a" * (LONGEST_NAME + 1), "more than"),
        ("do/factory_reset", b"PRESS", "everything on the device would be lost"),
        ("do/factory_reset", b'{"id": "r"}', "`confirm` is missing"),
        ("do/restart", b"", "not understood"),
        ("do/restart", b"now", "not understood"),
        ("set/follow_up", b"perhaps", "neither ON nor OFF"),
        ("set/follow_up", b'{"follow_up": true, "id": "1"}', "takes no `id`"),
        ("do/say", b"x" * (LONGEST_SPEECH + 1), "more than"),
        ("do/say", b"x" * (LARGEST_BYTES + 1), "more than"),
        ("do/talk", b"", "neither press nor release"),
        ("do/talk", b'{"action": true}', "neither press nor release"),
        ("do/talk", b'{"id": "1"}', "missing"),
        ("do/talk", b'{"action": "press", "s": 1}', "known are `action`, `id`"),
        ("do/approve", b"", "neither true nor false"),
        ("do/approve", b'{"approve": 1}', "neither true nor false"),
        ("do/approve", b'{"request_id": "r"}', "missing"),
        ("do/approve", b'{"approve": true, "request_id": 5}', "`request_id` must be"),
        ("do/approve", b'{"approve": true, "request_id": ""}', "`request_id` must be"),
        ("do/approve", b'{"approve": true, "for": "r"}', "known are `approve`, `request_id`, `id`"),
        ("do/timer", b"", "no number"),
        ("do/timer", b"0", "out of range"),
        ("do/timer", b"1e9", "no number"),
        ("do/timer", b'{"seconds": true}', "no number"),
        ("do/timer", b'{"seconds": 2592001}', "out of range"),
        ("do/timer", b"{}", "either `seconds` or `at`"),
        ("do/timer", b'{"seconds": 5, "at": "07:00"}', "either `seconds` or `at`"),
        ("do/timer", b'{"at": "24:00"}', "no time of day"),
        ("do/timer", b'{"at": 7}', "no time of day"),
        ("do/timer", '{"at": "٠٧:٠٠"}'.encode(), "no time of day"),
        ("do/timer", b'{"seconds": 5, "label": 5}', "must be a string"),
        ("do/timer", b'{"seconds": 5, "label": "a\\nb"}', "control characters"),
        ("do/timer", b'{"seconds": 5, "id": "all"}', "every one of them"),
        ("do/timer", b'{"seconds": 5, "days": 1}', "known are `seconds`, `label`, `id`"),
        ("do/cancel_timer", b"", "no timer"),
        ("do/cancel_timer", b'{"timer": 5}', "no timer"),
        ("do/cancel_timer", b'{"id": "5"}', "missing"),
        ("set/wake_words", b"", "nobody could wake it"),
        ("set/wake_words", b"[]", "nobody could wake it"),
        (
            "set/wake_words",
            b"alexa, computer",
            "'computer' is no wake word of this device: known are alexa, hey_jarvis",
        ),
        ("set/wake_words", b'["alexa"', "none"),
        ("set/wake_words", b'{"wake_words": [1]}', "no list of names"),
        ("set/wake_words", b'{"wake_words": {"alexa": 1}}', "no list of names"),
        ("set/wake_words", ",".join(f"w{n}" for n in range(MOST_WORDS + 1)).encode(), "more than"),
        ("set/sensitivity", b"medium-rare", "neither low, medium nor high"),
        ("set/sensitivity", b'{"sensitivity": 1}', "neither low, medium nor high"),
        ("do/enrol", b"", "no name"),
        ("do/enrol", b"../our own", "no name"),
        ("do/enrol", b"alexa", "comes with the device"),
        ("do/enrol", b'{"name": 5}', "no name"),
        ("do/label_clip", b"true", "send {"),
        ("do/label_clip", b'{"clip": "000012"}', "`label` is missing"),
        ("do/label_clip", b'{"clip": "../000012", "label": "true"}', "no clip's id"),
        ("do/label_clip", b'{"clip": 12, "label": "true"}', "no clip's id"),
        ("do/label_clip", b'{"clip": "000012", "label": "perhaps"}', "no label"),
        ("do/label_clip", b'{"clip": "000012", "label": ["true"]}', "no label"),
        ("do/dance", b"PRESS", "no order of this device"),
        ("set", b"1", "no order of this device"),
    ],
)
def test_what_is_no_order_is_refused_with_its_reason(name: str, payload: bytes, why: str) -> None:
    refusal = order(name, payload)
    assert isinstance(refusal, Refusal)
    assert why in refusal.sentence


def test_a_refusal_repeats_the_id_so_that_the_sender_knows_which_order_failed() -> None:
    refusal = order("do/say", b'{"text": "", "id": "42"}')
    assert isinstance(refusal, Refusal)
    assert refusal.order_id == "42"


@pytest.mark.parametrize("name", list(ORDERS))
def test_a_retained_order_is_refused_as_stale(name: str) -> None:
    refusal = order(name, b'{"id": "1"}' if name in ("do/listen", "do/stop") else b"1", retained=True)
    assert isinstance(refusal, Refusal)
    assert "retained" in refusal.sentence


def test_another_devices_topic_is_no_order_of_this_one() -> None:
    assert isinstance(parse("k", "oyez/bath/do/stop", b"PRESS", False), Refusal)


def test_deeply_nested_json_is_refused_and_does_not_exhaust_the_stack() -> None:
    assert isinstance(order("do/say", b'{"text":' + b"[" * 4000), Refusal)
