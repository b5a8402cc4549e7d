"""Rows of the table for what is listened for, and how readily: settings, which may change at any moment. Pure."""

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.state import State
from oyez.table import ALL, STAYS, row


@row(ALL, ev.WakeWordsAsked, STAYS)
def set_wake_words(state: State, event: ev.WakeWordsAsked, now: float, c: Conversation) -> Step:
    """Muted or in conversation too: it counts from the next sound that is listened to."""
    return state, [do.SetWakeWords(event.words), do.CompleteOrder(event.order_id, True)]


@row(ALL, ev.SensitivityAsked, STAYS)
def set_sensitivity(state: State, event: ev.SensitivityAsked, now: float, c: Conversation) -> Step:
    return state, [do.SetSensitivity(event.sensitivity), do.CompleteOrder(event.order_id, True)]
