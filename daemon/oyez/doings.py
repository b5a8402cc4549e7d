"""What each order of the conductor has done, and by which organ: one row an order. No `if` about behaviour."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from oyez import actions as do
from oyez.cards import Cards
from oyez.evidence import Evidence
from oyez.hearing.ears import Ears
from oyez.home.announcements import Announcements
from oyez.home.bidder import Bidder
from oyez.home.broker import Broker
from oyez.home.timekeeper import Timekeeper
from oyez.home.toolbox import Toolbox
from oyez.mixer import Mixer
from oyez.session.line import Line
from oyez.session.till import Till
from oyez.speaking.feeder import Feeder
from oyez.speaking.voice import Voice
from oyez_realtime.items import McpCall

log = logging.getLogger(__name__)

LAST_SOUND_S = 0.5
"""Longer than what was captured takes through the ears."""


class Doings:
    """Loop only. Immediate orders return None; the few that take a moment are awaited in order."""

    def __init__(
        self,
        *,
        announcements: Announcements,
        bidder: Bidder,
        broker: Broker,
        cards: Cards,
        ears: Ears,
        evidence: Evidence,
        feeder: Feeder,
        line: Line,
        mixer: Mixer,
        restart: Callable[[], None],
        till: Till,
        timekeeper: Timekeeper,
        toolbox: Toolbox,
        voice: Voice,
    ) -> None:
        """restart: ends the process in order, soon."""
        self._announcements, self._broker, self._ears, self._evidence = announcements, broker, ears, evidence
        self._bidder, self._feeder, self._line, self._mixer, self._restart = bidder, feeder, line, mixer, restart
        self._till, self._toolbox, self._voice = till, toolbox, voice
        self._cards, self._timekeeper = cards, timekeeper
        self._doings = self._table()

    def carry_out(self, action: do.Action) -> Awaitable[None] | None:
        return self._doings[type(action)](action)

    def _table(self) -> dict[type[do.Action], Callable[[Any], Awaitable[None] | None]]:
        return {
            do.PlayChime: lambda a: self._voice.chime(a.name),
            do.OpenSession: lambda a: self._open_line(),
            do.CloseSession: lambda a: self._line.close(),
            do.OpenTap: self._open_tap,
            do.CloseTap: lambda a: self._ears.close_tap(),
            do.ExpectBargeIn: lambda a: self._ears.replying(a.on, spoken_over=a.spoken_over),
            do.CutReply: lambda a: self._cut_reply(),
            do.CancelReply: lambda a: self._line.cancel_reply(),
            do.FinishReply: lambda a: self._voice.reply_complete(),
            do.RunTool: self._run_tool,
            do.AnswerTool: lambda a: self._line.answer_tool(a.call_id, a.output),
            do.AskReply: lambda a: self._line.ask_reply(),
            do.SayText: lambda a: self._line.say(a.text),
            do.SayFiller: lambda a: self._line.say_filler(),
            do.TakeTurns: lambda a: self._line.take_turns(a.by),
            do.CommitTurn: self._commit_turn,
            do.ForgetTurn: lambda a: self._line.forget_turn(),
            do.ApproveTool: lambda a: (self._toolbox if a.own else self._line).approve_tool(
                a.request_id, a.approve, a.why
            ),
            do.ReportApproval: self._report_approval,
            do.SetMuted: lambda a: self.mute(a.muted),
            do.SetVolume: lambda a: self._mixer.set(a.level),
            do.UseVolume: lambda a: self._mixer.use(a.level),
            do.PlayClip: lambda a: self._feeder.play(a.clip, self._announcements.clip(a.clip)),
            do.DropClip: self._drop_clip,
            do.DropComing: lambda a: self._announcements.give_up(a.why),
            do.Restart: lambda a: self._restart(),
            do.CompleteOrder: lambda a: self._broker.answer(a.order_id, a.ok, a.why, a.answer),
            do.PauseReply: lambda a: self._voice.pause(),
            do.ResumeReply: lambda a: self._voice.resume(),
            do.SetWakeWords: lambda a: self._ears.set_words(a.words),
            do.SetSensitivity: lambda a: self._ears.set_sensitivity(a.sensitivity),
            do.BeginEnrolment: lambda a: self._ears.enrol(a.name, a.order_id),
            do.EndEnrolment: lambda a: self._ears.end_enrolment(),
            do.ReportEnrolment: lambda a: self._broker.emit("enrol", asdict(a)),
            do.ReportWake: self._evidence.heard,
            do.Ring: lambda a: self._voice.ring(a.on),
            do.AcknowledgeTimers: lambda a: self._timekeeper.acknowledge(a.timer_ids, a.heard),
            do.PlaceBid: self._bidder.place,
            do.ReportYield: lambda a: self._broker.emit("yielded", {"word": a.word, "to": a.to}),
            do.RefuseSetting: lambda a: self._broker.emit("error", {"ok": False, "why": a.why, "order": a.setting}),
            do.Complain: lambda a: self._complain(a.kind, a.sentence),
            do.Relieve: lambda a: None,
        }

    def _open_line(self) -> None:
        self._till.begin_conversation()
        self._line.open()

    def mute(self, muted: bool) -> None:
        """What is on its way from the card is thrown away, and then nothing is read any more."""
        self._ears.deaf(muted)
        self._cards.listen(not muted)

    def _open_tap(self, order: do.OpenTap) -> None:
        self._evidence.opened()
        self._ears.open_tap(order.since_s, self._line.send_audio)

    def _drop_clip(self, order: do.DropClip) -> None:
        self._feeder.stop(order.clip)
        self._announcements.drop(order.clip)

    async def _cut_reply(self) -> None:
        """One order, one breath: silence, then tell the service how much the room heard."""
        self._line.drop_reply()
        self._feeder.stop()
        heard = await self._voice.cut()
        if heard is not None:
            self._line.heard(heard.item_id, heard.content_index, heard.heard_ms)
            for item_id, content_index in heard.unheard:
                self._line.heard(item_id, content_index, 0)

    async def _commit_turn(self, turn: do.CommitTurn) -> None:
        """The last syllable was said by now, and is a moment away from the line."""
        if turn.until_s is not None:
            try:
                async with asyncio.timeout(LAST_SOUND_S):
                    await self._ears.let_out_until(turn.until_s)
            except TimeoutError:
                log.warning("The microphone gives no sound: the turn ends with what it gave before.")
        self._line.commit_turn(turn.answered)

    def _run_tool(self, call: do.RunTool) -> None:
        self._broker.emit("tool", {"name": call.name}, {"arguments": call.arguments})
        self._toolbox.call(call.call_id, call.name, call.arguments)

    def tool_used(self, call: McpCall) -> None:
        """By the service, elsewhere."""
        used = self._toolbox.used_elsewhere(call)
        self._broker.emit("tool", {"name": used.tool, "server": used.server}, {"arguments": used.arguments})

    def _report_approval(self, wish: do.ReportApproval) -> None:
        body = {"request_id": wish.request_id, "server": wish.server, "name": wish.name}
        self._broker.emit("approval", body, {"arguments": wish.arguments})

    def _complain(self, kind: str, sentence: str) -> None:
        log.warning("%s", sentence)
        self._broker.emit("error", {"kind": kind, "why": sentence})
