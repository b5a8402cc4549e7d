"""The conductor: one task, one step an event, orders in order, one deadline."""

import asyncio
import time
from collections.abc import Awaitable

from oyez import actions as do, events as ev
from oyez.conductor import Conductor
from oyez.config import Conversation
from oyez.state import Phase
from oyez.view import View


class Script:
    """Organs that write down what they are ordered; a cut takes a moment."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.views: list[View] = []
        self.changed = asyncio.Event()

    def carry_out(self, action: do.Action) -> Awaitable[None] | None:
        if isinstance(action, do.CutReply):
            return self._cut()
        self._note(action)
        return None

    def _note(self, what: object) -> None:
        self.done.append(what)
        self.changed.set()

    async def _cut(self) -> None:
        await asyncio.sleep(0)
        self._note("silent")

    def show(self, view: View) -> None:
        self.views.append(view)

    async def until(self, what: object, conductor: Conductor) -> None:
        async with asyncio.timeout(5):
            while what not in self.done:
                self.changed.clear()
                await self.changed.wait()


WAKE = ev.WakeHeard("hey_jarvis", 0.99, 1.0)


async def test_an_order_that_takes_a_moment_is_finished_before_the_next_is_given() -> None:
    """The loudspeaker is silent before the service is told anything."""
    script = Script()
    conductor = Conductor(Conversation(), script, View(), time.monotonic)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(conductor.run())
        for event in (WAKE, ev.SessionReady(), ev.ReplyBegun("r"), ev.ReplyAudible("r"), ev.SpeechStarted()):
            conductor.tell(event)
        await script.until(do.CancelReply(), conductor)
        running.cancel()
    assert script.done.index("silent") < script.done.index(do.CancelReply())


async def test_a_deadline_that_passes_in_silence_puts_the_device_to_sleep() -> None:
    script = Script()
    conductor = Conductor(Conversation(patience_s=0.05), script, View(), time.monotonic)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(conductor.run())
        conductor.tell(WAKE)
        conductor.tell(ev.SessionReady())
        await script.until(do.CloseSession(), conductor)
        running.cancel()
    assert conductor.state.phase is Phase.ASLEEP


async def test_what_an_onlooker_sees_is_shown_when_it_changes_and_only_then() -> None:
    script = Script()
    conductor = Conductor(Conversation(), script, View(), time.monotonic)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(conductor.run())
        for event in (WAKE, ev.SessionReady(), ev.SpeechStarted("server"), ev.SpeechStopped("server")):
            conductor.tell(event)
        conductor.tell(ev.VolumeAsked(0.3))
        await script.until(do.SetVolume(0.3), conductor)
        running.cancel()
    assert [(view.state, view.volume) for view in script.views] == (
        [("idle", 0.6), ("listening", 0.6), ("thinking", 0.6), ("thinking", 0.3)]
    )
