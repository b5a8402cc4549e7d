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
