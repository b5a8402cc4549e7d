"""What a button means, by what the device does at that moment."""

import pytest

from oyez import events as ev
from oyez.button_deeds import ALL_WELL, Use, doubles, events
from oyez.config import Buttons
from oyez.view import Trouble, View
from oyez_hw.presses import Gesture, Told

C = Buttons()
ASLEEP, AWAKE = View(volume=0.55), View(state="speaking")
WRONG = View(troubles=(Trouble("a", "No broker."), Trouble("b", "No backend.")))


@pytest.mark.parametrize(
    ("use", "gesture", "view", "told"),
    [
        ("action", "short", ASLEEP, ev.ListenAsked()),
        ("action", "short", AWAKE, ev.StopAsked()),
        ("action", "short", View(ringing=True), ev.StopAsked()),
        ("action", "hold", ASLEEP, ev.TalkPressed(since_s=5.0)),
        ("action", "release", AWAKE, ev.TalkReleased()),
        ("action", "double", ASLEEP, ev.SayAsked(ALL_WELL, priority="urgent")),
        ("action", "double", WRONG, ev.SayAsked("No broker. No backend.", priority="urgent")),
        ("mute", "short", ASLEEP, ev.MuteAsked(True)),
        ("mute", "hold", View(muted=True), ev.MuteAsked(False)),
        ("mute", "release", ASLEEP, None),
        ("volume_up", "short", ASLEEP, ev.VolumeAsked(pytest.approx(0.65))),
        ("volume_up", "short", View(volume=0.97), ev.VolumeAsked(1.0)),
        ("volume_down", "short", View(volume=0.03), ev.VolumeAsked(0.0)),
    ],
)
def test_each_gesture_on_each_button(use: Use, gesture: Gesture, view: View, told: ev.Event | None) -> None:
    assert list(events(use, Told(gesture, 5.0), C, view)) == ([] if told is None else [told])


def test_as_the_owner_wishes_it() -> None:
    wished = Buttons(short="mute", double="volume_down", talk=False)
    assert list(events("action", Told("short", 5.0), wished, ASLEEP)) == [ev.MuteAsked(True)]
    assert list(events("action", Told("hold", 5.0), wished, ASLEEP)) == [ev.MuteAsked(True)], "a long press is a press"
    assert list(events("action", Told("release", 5.0), wished, ASLEEP)) == []
    assert list(events("action", Told("double", 5.0), wished, View(volume=0.5))) == [ev.VolumeAsked(0.4)]


def test_a_second_press_is_waited_for_only_where_it_would_mean_something_and_never_to_silence() -> None:
    assert doubles("action", C, ASLEEP)
    assert not doubles("action", C, AWAKE)
    assert not doubles("action", C, View(ringing=True))
    assert not doubles("action", Buttons(double="none"), ASLEEP)
    assert not doubles("mute", C, ASLEEP)
