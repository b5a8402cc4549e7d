"""Drives the conversation machine through a story and remembers what it ordered."""

from typing import Any

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import State, Turns

C = Conversation()

WAKE = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5)
BY_SERVER = ev.SpeechStarted("server")
STOPPED = ev.SpeechStopped("server")


class Told:
    def __init__(
        self, *events: ev.Event, settings: Conversation = C, now: float = 10.0, turns: Turns = "service"
    ) -> None:
        self.settings, self.now = settings, now
        self.state, self.ordered = State(turns=turns), list[do.Action]()
        self.tell(*events)

    def tell(self, *events: ev.Event) -> list[do.Action]:
        fresh: list[do.Action] = []
        for event in events:
            self.state, actions = step(self.state, event, self.now, self.settings)
            fresh += actions
        self.ordered += fresh
        return fresh

    def later(self, seconds: float, *events: ev.Event) -> list[do.Action]:
        self.now += seconds
        return self.tell(*events)

    def wait(self) -> list[do.Action]:
        """Until the next moment at which something is due."""
        assert self.state.next_s is not None
        self.now = max(self.now, self.state.next_s)
        return self.tell(ev.DeadlinePassed())


def speaking(**kw: Any) -> Told:
    return Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), **kw)
