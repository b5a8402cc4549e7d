"""What the household set and what is configured, brought together at the start and told apart when kept. Pure but for
looking which phrases are enrolled."""

from pathlib import Path

from msgspec.structs import replace

from oyez.config import Config, Conversation, Hearing
from oyez.hearing.listening import known_words, usual_words
from oyez.memory import Remembered
from oyez.view import View


def hearing_as_set(config: Config, kept: Remembered, state: Path | None) -> Hearing:
    """The table [hearing] with the household's own wake words and sensitivity. state: the folder of what survives."""
    hearing = config.hearing
    words = kept.listens_for(usual_words(hearing, state), known_words(hearing, state))
    return replace(hearing, wake_words=words, wake_word=None, sensitivity=kept.sensitivity or hearing.sensitivity)


def conversation_as_set(config: Config, kept: Remembered) -> Conversation:
    """The table [conversation] with what the household has set of it."""
    conversation = config.conversation
    return conversation if kept.follow_up is None else replace(conversation, follow_up=kept.follow_up)


def first_view(config: Config, kept: Remembered, hearing: Hearing, *, lit: bool = False) -> View:
    """What onlookers see before anything happened. hearing: as set. lit: the device has lights."""
    brightness = config.lights.brightness if kept.brightness is None else kept.brightness
    return View(
        volume=config.speaking.volume if kept.volume is None else kept.volume,
        muted=kept.muted,
        wake_word=", ".join(hearing.wake_words),
        wake_words=hearing.wake_words,
        sensitivity=hearing.sensitivity,
        follow_up=conversation_as_set(config, kept).follow_up,
        muted_by=("household",) if kept.muted else (),
        brightness=brightness if lit else None,
    )


def worth_keeping(config: Config, view: View, state: Path | None) -> Remembered:
    """Only what differs from the configuration, or a later edit of it would never count."""
    words = None if set(view.wake_words) == set(usual_words(config.hearing, state)) else view.wake_words
    sensitivity = None if view.sensitivity == config.hearing.sensitivity else view.sensitivity
    follow_up = None if view.follow_up == config.conversation.follow_up else view.follow_up
    brightness = None if view.brightness == config.lights.brightness else view.brightness
    return Remembered("household" in view.muted_by, view.volume, words, sensitivity, follow_up, brightness)
