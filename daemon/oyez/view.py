"""What an onlooker may know of the device at one moment: the whole of `oyez/<id>/state`. Pure."""

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from oyez import actions as do, events as ev
from oyez.config_hearing import Sensitivity
from oyez.state import IN_CONVERSATION, Phase, State

Shown = Literal["idle", "listening", "thinking", "speaking"]
MutedBy = Literal["switch", "household"]
"""The switch on the device; or whoever sets it by order, voice or button."""

SHOWN: dict[Phase, Shown] = {
    Phase.ASLEEP: "idle",
    Phase.OPENING: "listening",
    Phase.LISTENING: "listening",
    Phase.THINKING: "thinking",
    Phase.SPEAKING: "speaking",
    Phase.CALLING: "thinking",
    Phase.ANNOUNCING: "speaking",
    Phase.ANSWERING: "listening",
    Phase.PLAYING: "speaking",
    Phase.RINGING: "speaking",
    Phase.BIDDING: "idle",
}


class Trouble(msgspec.Struct, frozen=True):
    """Something is wrong and the device says so."""

    kind: str
    """backend_away, token_refused, line_away, line_refused, line_lost, line_silent, line_local,
    budget_warned, budget_spent, ..."""
    sentence: str


class Approval(msgspec.Struct, frozen=True):
    """Somebody is asked whether a remote tool may be used."""

    request_id: str
    server: str
    """Its label, as configured."""
    name: str
    """Of the tool."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen, so that equality says whether there is anything to publish."""

    state: Shown = "idle"
    muted: bool = False
    muted_by: tuple[MutedBy, ...] = ()
    """While the switch is on, the household may wish it as well: that counts when it goes back."""
    volume: float = 0.6
    """0 to 1."""
    wake_word: str = ""
    """Old spelling of wake_words: all of them in one text."""
    wake_words: tuple[str, ...] = ()
    """Each of them begins a conversation."""
    sensitivity: Sensitivity = "medium"
    """Of every word that has none of its own."""
    last_heard: str = ""
    last_said: str = ""
    troubles: tuple[Trouble, ...] = ()
    """All that is wrong, one of a kind; the newest last."""
    approval: Approval | None = None
    """What a person is asked to decide."""
    follow_up: bool = True
    """Listen again after a reply, without a wake word."""
    ringing: bool = False
    """A timer or an alarm rings."""
    quiet: bool = False
    """It is quiet hours."""
    brightness: float | None = None
    """Of the device's lights, 0 to 1; None: it has none."""
    budget: Literal["ok", "warned", "spent"] = "ok"
    """Of the day and the month. Spent: nothing new is begun."""

    @property
    def trouble(self) -> Trouble | None:
        """What people are told: the newest."""
        return self.troubles[-1] if self.troubles else None

    def without(self, kinds: Collection[str]) -> "View":
        """These troubles are over."""
        left = tuple(trouble for trouble in self.troubles if trouble.kind not in kinds)
        return msgspec.structs.replace(self, troubles=left)


def see(view: View, state: State, event: ev.Event, actions: Sequence[do.Action]) -> View:
    """The view after `event` led to `state` and ordered `actions`."""
    match event:
        case ev.FollowUpAsked(on=on):
            view = msgspec.structs.replace(view, follow_up=on)
        case ev.TextHeard(text=text) if text and not _told_a_program(state, actions):
            view = msgspec.structs.replace(view, last_heard=text)
        case ev.BrightnessAsked(level=level) if view.brightness is not None:
            view = msgspec.structs.replace(view, brightness=level)
        case ev.TextSaid(text=text):
            view = msgspec.structs.replace(view, last_said=text)
        case ev.EnrolmentEnded(name=name, ok=True, wakes=True) if name not in view.wake_words:
            words = (*view.wake_words, name)
            view = msgspec.structs.replace(view, wake_words=words, wake_word=", ".join(words))
        case ev.BudgetWarned():
            view = msgspec.structs.replace(view, budget="warned")
        case ev.BudgetRenewed():
            view = msgspec.structs.replace(view, budget="ok")
        case _:
            pass
    for action in actions:
        match action:
            case do.Complain(kind=kind, sentence=sentence):
                others = view.without((kind,))
                view = msgspec.structs.replace(others, troubles=(*others.troubles, Trouble(kind, sentence)))
            case do.Relieve(kinds=kinds):
                view = view.without(kinds)
            case do.SetVolume(level=level):
                view = msgspec.structs.replace(view, volume=level)
            case do.SetWakeWords(words=words):
                view = msgspec.structs.replace(view, wake_words=words, wake_word=", ".join(words))
            case do.SetSensitivity(sensitivity=sensitivity):
                view = msgspec.structs.replace(view, sensitivity=sensitivity)
            case _:
                pass
    return msgspec.structs.replace(
        view,
        state=SHOWN[state.phase],
        muted=state.muted,
        muted_by=_muted_by(state),
        quiet=bool(state.quiet),
        ringing=state.phase is Phase.RINGING,
        approval=_awaited(state),
        budget="spent" if state.spent else view.budget,
    )


def _muted_by(state: State) -> tuple[MutedBy, ...]:
    by: list[tuple[MutedBy, bool]] = [("switch", state.switched), ("household", state.muted_by_household)]
    return tuple(who for who, wishes in by if wishes)


def _told_a_program(state: State, actions: Sequence[do.Action]) -> bool:
    """What was said is an answer to a question, and for whoever asked it alone."""
    answered = any(isinstance(action, do.CompleteOrder) and action.answer is not None for action in actions)
    return answered or state.phase is Phase.ANSWERING


def _awaited(state: State) -> Approval | None:
    if not state.approvals or state.phase not in IN_CONVERSATION:
        return None
    wish = state.approvals[0]
    return Approval(wish.request_id, wish.server, wish.name)
