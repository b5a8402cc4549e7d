"""What the household set and what is configured, brought together."""

from oyez import actions as do, events as ev
from oyez.config import Config, Conversation
from oyez.kept_settings import conversation_as_set, first_view, hearing_as_set, worth_keeping
from oyez.memory import Remembered
from oyez.state import State
from oyez.view import View, see


def shown(config: Config, kept: Remembered) -> View:
    return first_view(config, kept, hearing_as_set(config, kept, None))


def test_follow_up_as_it_was_set_is_shown_kept_and_found_again() -> None:
    config = Config()
    view = see(shown(config, Remembered()), State(), ev.FollowUpAsked(False), list[do.Action]())
    assert view.follow_up is False
    kept = worth_keeping(config, view, None)
    assert kept.follow_up is False
    assert conversation_as_set(config, kept).follow_up is False
    assert shown(config, kept).follow_up is False


def test_follow_up_as_configured_is_not_kept_so_that_a_later_edit_counts() -> None:
    config = Config(conversation=Conversation(follow_up=False))
    view = shown(config, Remembered())
    assert view.follow_up is False
    assert worth_keeping(config, view, None).follow_up is None
    assert conversation_as_set(config, Remembered()) == config.conversation


def test_brightness_as_it_was_set_is_kept_and_of_a_device_without_lights_nothing_is_said() -> None:
    config = Config()
    view = first_view(config, Remembered(), config.hearing, lit=True)
    assert view.brightness == config.lights.brightness
    assert worth_keeping(config, view, None).brightness is None
    dimmed = see(view, State(), ev.BrightnessAsked(0.1), list[do.Action]())
    kept = worth_keeping(config, dimmed, None)
    assert kept.brightness == 0.1
    assert first_view(config, kept, config.hearing, lit=True).brightness == 0.1
    dark = first_view(config, kept, config.hearing)
    assert dark.brightness is None
    assert see(dark, State(), ev.BrightnessAsked(0.1), list[do.Action]()).brightness is None


def test_muted_by_the_switch_is_not_kept_since_the_switch_says_itself_how_it_stands() -> None:
    config = Config()
    assert not worth_keeping(config, View(muted=True, muted_by=("switch",)), None).muted
    assert worth_keeping(config, View(muted=True, muted_by=("switch", "household")), None).muted
