"""Tools and fillers in every order in which a well-behaved service and a house may bring them."""

import hypothesis.strategies as st
from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import Phase, State
from oyez.tool_calls import NOT_DONE
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told


class Service:
    """A service that does what it is asked, one response at a time, and a house whose tools answer when they like.

    Every step is one of the things that may happen next; which of them, hypothesis draws.
    """

    def __init__(self, batches: int, tools: int) -> None:
        self.state, self.now = State(), 0.0
        self.batches, self.tools = batches, tools
        self.creates: list[str] = ["turn"]
        """What is still to be answered, in order; only when nothing runs does the next begin."""
        self.running: list[ev.Event] = []
        """What the running response will still tell."""
        self.answers: list[str] = []
        """Tools that run."""
        self.active = False
        self.playing = self.finishing = False
        self.asked_replies = self.fillers = self.responses = 0
        for event in (WAKE, ev.SessionReady(), BY_SERVER, STOPPED):
            self.tell(event)

    def tell(self, event: ev.Event) -> None:
        self.active = self.active or isinstance(event, ev.ReplyBegun)
        self.active = self.active and not isinstance(event, ev.ReplyEnded)
        self.state, actions = step(self.state, event, self.now, C)
        for action in actions:
            match action:
                case do.AskReply():
                    assert not self.active
                    assert not self.creates
                    self.asked_replies += 1
                    self.creates.append("turn")
                case do.SayFiller():
                    assert not self.active
                    assert not self.creates
                    self.fillers += 1
                    self.creates.append("filler")
                case do.RunTool(call_id=call_id):
                    self.answers.append(call_id)
                case do.FinishReply():
                    self.finishing = True
                case _:
                    pass

    def choices(self) -> list[str]:
        begins = ["begin"] if self.creates and not self.running else []
        told = ["tell"] if self.running else []
        heard = ["heard"] if self.playing and self.finishing else []
        waits = ["wait"] if self.state.filler_due_s is not None else []
        return [*begins, *told, *heard, *waits, *(f"answer {call}" for call in self.answers)]

    def do(self, choice: str) -> None:
        match choice.split():
            case ["begin"]:
                self.running = self._response(self.creates.pop(0))
                self.tell(self.running.pop(0))
            case ["tell"]:
                event = self.running.pop(0)
                if isinstance(event, ev.ReplyAudible):
                    self.playing, self.finishing = True, False
                self.tell(event)
            case ["heard"]:
                self.playing = self.finishing = False
                self.tell(ev.PlaybackFinished())
            case ["wait"]:
                self.now = max(self.now, self.state.filler_due_s or self.now)
                self.tell(ev.DeadlinePassed())
            case ["answer", call_id]:
                self.answers.remove(call_id)
                self.tell(ev.ToolAnswered(call_id, "tool", "out", True))

    def _response(self, kind: str) -> list[ev.Event]:
        self.responses += 1
        name = f"r{self.responses}"
        calls: list[ev.Event] = []
        if kind == "turn" and self.batches:
            self.batches -= 1
            calls = [ev.ToolCalled(f"{name}c{n}", "tool", {}) for n in range(self.tools)]
        sound: list[ev.Event] = [] if calls and self.responses % 2 else [ev.ReplyAudible(name)]
        return [ev.ReplyBegun(name), *sound, *calls, ev.ReplyEnded(name, "completed", len(calls))]


@given(st.data(), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=500)
def test_each_batch_of_tools_leads_to_exactly_one_reply_however_tools_and_fillers_interleave(
    data: st.DataObject, batches: int, tools: int
) -> None:
    service = Service(batches, tools)
    while choices := service.choices():
        service.do(data.draw(st.sampled_from(choices)))
    assert service.asked_replies == batches
    assert service.fillers <= batches
    assert service.state.phase is Phase.LISTENING, "all was heard, and a follow-up is waited for"


def test_a_tool_may_take_longer_than_a_service_may_be_silent() -> None:
    """What runs here is waited for; once it has answered the service has its own time, and no more than that."""
    called = (ev.ReplyBegun("r1"), ev.ToolCalled("c1", "slow", {}), ev.ReplyEnded("r1", "completed", 1))
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, *called, settings=Conversation(filler_s=0.0))
    for _ in range(2):
        assert told.wait() == []
        assert told.state.phase is Phase.THINKING
    assert told.tell(ev.ToolAnswered("c1", "slow", "done", True)) == [do.AnswerTool("c1", "done"), do.AskReply()]
    assert do.CloseSession() in told.wait()


def test_a_tool_that_never_answers_ends_with_the_conversation() -> None:
    called = (ev.ReplyBegun("r1"), ev.ToolCalled("c1", "slow", {}), ev.ReplyEnded("r1", "completed", 1))
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, *called)
    began_s = told.now
    while told.state.phase is Phase.THINKING:
        told.wait()
    assert told.now - began_s <= told.settings.max_conversation_s


def test_a_call_that_comes_behind_an_interruption_is_not_carried_out_and_the_service_learns_that() -> None:
    """Else its conversation, and the mirror of it, would wait for an output for ever."""
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"))
    told.tell(ev.SpeechStarted("gate"))
    (answer,) = told.tell(ev.ToolCalled("c1", "unlock", {}))
    assert answer == do.AnswerTool("c1", NOT_DONE)
