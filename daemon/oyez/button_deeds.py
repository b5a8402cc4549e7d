"""What a button on the board means, in what the device does at that moment. Pure."""

from collections.abc import Sequence
from typing import Literal

from oyez.config_panel import Buttons, Deed
from oyez.events import Event, ListenAsked, MuteAsked, SayAsked, StopAsked, TalkPressed, TalkReleased, VolumeAsked
from oyez.view import View
from oyez_hw.presses import Told

Use = Literal["action", "mute", "volume_up", "volume_down"]

ALL_WELL = "Nothing is wrong that I know of."


def doubles(use: Use, config: Buttons, view: View) -> bool:
    """Whether a second press would mean something else than the first. Awake it does not: a press silences at once."""
    return use == "action" and config.double != "none" and _sleeps(view)


def events(use: Use, told: Told, config: Buttons, view: View) -> Sequence[Event]:
    if use == "action":
        return _of_action(told, config, view)
    deed: Deed = use
    # Whoever leans on it has pressed it once.
    return _of(deed, config, view) if told.gesture in ("short", "hold") else ()


def _of_action(told: Told, config: Buttons, view: View) -> Sequence[Event]:
    match told.gesture:
        case "short":
            return _of(config.short, config, view)
        case "double":
            return _of(config.double, config, view)
        case "hold":
            return (TalkPressed(since_s=told.since_s),) if config.talk else _of(config.short, config, view)
        case "release":
            return (TalkReleased(),) if config.talk else ()


def _of(deed: Deed, config: Buttons, view: View) -> Sequence[Event]:
    match deed:
        case "listen_or_stop":
            return (ListenAsked() if _sleeps(view) else StopAsked(),)
        case "mute":
            return (MuteAsked(not view.muted),)
        case "volume_up":
            return (VolumeAsked(min(1.0, view.volume + config.volume_step)),)
        case "volume_down":
            return (VolumeAsked(max(0.0, view.volume - config.volume_step)),)
        case "whats_wrong":
            wrong = " ".join(trouble.sentence for trouble in view.troubles)
            return (SayAsked(wrong or ALL_WELL, priority="urgent"),)
        case "none":
            return ()


def _sleeps(view: View) -> bool:
    return view.state == "idle" and not view.ringing
