"""The composition room: builds the board and the organs, connects, starts and stops them. No `if` about behaviour.

Organs tell the conductor; the conductor's orders come back through `carry_out`, one row an order.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any

import httpx

from oyez import actions as do
from oyez.calibrated import put_to_use
from oyez.card_keeper import Recovery
from oyez.cards import Cards, threads
from oyez.conductor import Conductor
from oyez.config import Config
from oyez.diagnostics import Diagnostics
from oyez.doings import Doings
from oyez.evidence import Evidence
from oyez.hearing.counters import Counters
from oyez.hearing.ears import Ears
from oyez.hearing_care import HearingCare
from oyez.home.announced import AnnouncedFile
from oyez.home.announcements import Announcements
from oyez.home.bidder import Bidder
from oyez.home.broker import Broker
from oyez.home.deeds import CancelTimer, Deed, FactoryReset, FetchSound, InstallUpdate, LabelClip, SetTimer
from oyez.home.machine_clock import MachineClock
from oyez.home.timekeeper import Timekeeper
from oyez.home.timer_tools import timer_tools
from oyez.home.tool_record import ToolRecord
from oyez.kept_settings import conversation_as_set, first_view, hearing_as_set, worth_keeping
from oyez.last_words import LastWords
from oyez.level_meter import tell_levels
from oyez.lives import Lives
from oyez.memory import Memory
from oyez.mixer import Mixer
from oyez.panel import Panel
from oyez.pen import Pen
from oyez.proving import Proving
from oyez.quiet_watch import QuietWatch
from oyez.secret import Secret
from oyez.session.line import Line
from oyez.session.local_server import LocalServer
from oyez.session.till import CALENDAR_S, Till
from oyez.session.token import TokenRefused
from oyez.session.token_source import TokenSource, Trouble
from oyez.speaking.feeder import Feeder
from oyez.speaking.voice import Voice
from oyez.state import Turns
from oyez.supervision import Notifier
from oyez.tooling import SecretHeaders, Tooling
from oyez.trace import StateShown
from oyez.troubles import Troubles
from oyez.update_news import UpdateNews
from oyez.view import View
from oyez.vital_signs import VitalSigns
from oyez_hw.boards import Board
from oyez_hw.capture import Capture
from oyez_hw.playback import Playback

log = logging.getLogger(__name__)


class House:
    """One device. Build it, `await run()`, cancel it to stop."""

    def __init__(
        self,
        config: Config,
        board: Board,
        device_key: str,
        mqtt_password: Secret | None,
        notifier: Notifier,
        trace: Callable[[object], None],
        memory: Memory,
        mcp_tokens: Mapping[str, Secret] | None = None,
        *,
        secret_headers: SecretHeaders | None = None,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = date.today,
        calendar_s: float = CALENDAR_S,
        wall_clock: Callable[[], datetime] = datetime.now,
        sound: tuple[Capture, Playback] | None = None,
        local_server: LocalServer | None = None,
    ) -> None:
        """mcp_tokens: by the label of the MCP server. secret_headers: of tools that call by HTTP. clock: monotonic
        seconds, of the loop and of the board too. today: the local date; calendar_s: so often it is looked at.
        wall_clock: local time. sound: who reads and writes the cards; None: a thread each. local_server: who answers
        while the voice service is away."""
        self._config, self._board, self._notifier, self._trace = config, board, notifier, trace
        self._shown, self._clock = "", clock
        self._capture, self._playback = sound or threads(board, config.board.zeros_s)
        self._memory, kept = memory, memory.recall()
        self._pen = Pen()
        words = LastWords(memory.run_folder)
        self.lives = Lives(memory.folder, self._pen.later, words=words)
        hearing = hearing_as_set(config, kept, memory.folder)
        view = first_view(config, kept, hearing, lit=board.lit)
        turns: Turns = "device" if config.line.turn_detection == "manual" else "service"
        self.conductor = Conductor(conversation_as_set(config, kept), self, view, clock, self._note, kept.muted, turns)
        tell = self.conductor.tell
        self._troubles = Troubles(tell)
        self._http = httpx.AsyncClient(timeout=config.line.connect_timeout_s)
        tokens = TokenSource(
            self._http,
            config.line.backend_url,
            device_key,
            {"type": "realtime", "model": config.line.model},
            config.line.token_margin_s,
            on_trouble=self._backend_troubled,
            clock=clock,
        )
        self._broker = Broker(
            config.home,
            config.device,
            tell,
            password=mqtt_password,
            on_trouble=lambda sentence: self._troubles.set("broker_away", sentence),
            known_words=lambda: self._ears.known_words,
            do_deed=self._do_deed,
            announced=AnnouncedFile(memory.folder, self._pen.later),
            clock=clock,
        )
        agrees = config.home.arbitration
        self._bidder = Bidder(config.device.id, config.conversation.bid_s, self._broker, tell, clock, takes_part=agrees)
        self._evidence = Evidence(
            config.hearing, memory.folder, self._broker.emit, self._broker.answer, clock, datetime.now,
            lambda: self._ears.counters.tap_bytes,
        )  # fmt: skip
        record = ToolRecord(memory.folder, self._pen.later)
        self._timekeeper = Timekeeper(
            MachineClock(clock), memory.folder, tell, self._broker, config.home.publish_text, self._again,
            self._pen.later,
        )  # fmt: skip
        self._tooling = Tooling(
            config, self._broker, self._http, tell, self._troubles, record, self._evidence.why,
            lambda: self.conductor.view, mcp_tokens or {}, secret_headers or {}, [timer_tools(self._timekeeper)],
        )  # fmt: skip
        keep = self._evidence.keep if self._evidence.locker else None
        measured, echo = put_to_use(config.board, hearing, memory.folder, view.volume)
        self._ears = Ears(hearing, tell, clock=clock, board=measured, state=memory.folder, keep=keep)
        self._voice = Voice(config.speaking, self._playback, tell)
        self._feeder = Feeder(self._voice)
        self._announcements = Announcements(config.home, self._http, tell, self._broker.answer, memory.run_folder)
        self._quiet = QuietWatch(config.home, tell, wall_clock)
        self._mixer = Mixer(board.volume, self._troubles, view.volume)
        self.restart_asked = asyncio.Event()
        """The house is to be ended, and built anew by whoever supervises the process."""
        self._till = Till(
            config.money, config.line, memory.folder, tell, today, self._again, calendar_s, self._pen.later
        )
        self._line = Line(
            config.line,
            tokens,
            self._tooling.declarations,
            tell,
            self._voice.say,
            clock,
            self._till.usage,
            lambda call: self._doings.tool_used(call),
            local=local_server,
        )
        recovery = Recovery(self._troubles, clock, self.lives, self.restart_asked.set)
        self._cards = Cards(self._capture, self._playback, self._ears, self._voice, board, recovery)
        self._cards.on_playing = self._mixer.apply
        self._panel = Panel(board, config, tell, self._troubles, lambda: self.conductor.view, self._ears, clock)
        self._care = HearingCare(
            self._ears, self._cards.losses, memory.folder, self._pen.later, self._troubles, self._again, echo
        )
        recovery.on_loss = self._care.look
        self._signs = VitalSigns(self._capture, self._playback, self._cards, self._ears, self.conductor, clock, words)
        proved = (self._signs, self._capture, self.conductor, self._broker, tokens, self._timekeeper)
        self._proving = Proving(*proved, memory.run_folder, self._pen.later, clock)
        updates = UpdateNews(memory.run_folder, memory.folder, self._broker.emit, self._pen.later)
        self._diagnostics = Diagnostics(
            self._evidence, config.hearing.offset_ms, memory.run_folder, self._broker.answer, self._again, clock,
            updates=updates,
        )  # fmt: skip
        self._deeds: dict[type[Deed], Callable[[Any], None]] = {
            LabelClip: self._evidence.label,
            InstallUpdate: self._diagnostics.install,
            FactoryReset: self._diagnostics.forget_everything,
            FetchSound: self._announcements.fetch,
            SetTimer: self._timekeeper.set_as_ordered,
            CancelTimer: self._timekeeper.cancel_as_ordered,
        }
        self._doings = Doings(
            announcements=self._announcements,
            bidder=self._bidder,
            broker=self._broker,
            cards=self._cards,
            ears=self._ears,
            evidence=self._evidence,
            feeder=self._feeder,
            line=self._line,
            mixer=self._mixer,
            restart=self.restart_asked.set,
            till=self._till,
            timekeeper=self._timekeeper,
            toolbox=self._tooling.toolbox,
            voice=self._voice,
        )

    async def run(self) -> None:
        """Runs until cancelled; a crash of any part is a crash of the whole, and systemd brings it back."""
        self._doings.mute(self._panel.mutes() or self.conductor.view.muted)
        levels = tell_levels(lambda: self._ears.level, self._broker.level, wanted=self._config.home.publish_levels)
        try:
            with self.lives.lived(self._broker.emit):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.conductor.run(), name="conductor")
                    group.create_task(self._broker.run(), name="broker")
                    group.create_task(self._line.run(), name="line")
                    group.create_task(self._tooling.run(), name="tools")
                    group.create_task(self._timekeeper.run(), name="timekeeper")
                    group.create_task(self._till.run(), name="till")
                    group.create_task(self._cards.keep_hearing(), name="ears")
                    group.create_task(self._cards.keep_playing(), name="voice")
                    group.create_task(self._cards.watch(), name="cards")
                    group.create_task(self._panel.run(), name="panel")
                    group.create_task(self._feeder.run(), name="feeder")
                    group.create_task(self._announcements.run(), name="announcements")
                    group.create_task(self._quiet.run(), name="quiet hours")
                    group.create_task(self._care.run(), name="hearing care")
                    group.create_task(self._diagnostics.run(), name="diagnostics")
                    group.create_task(levels, name="levels")
                    group.create_task(self._signs.watch(), name="vital signs")
                    group.create_task(self._proving.run(), name="proving")
                    group.create_task(self._signs.report(self._notifier), name="supervision")
        finally:
            self._capture.stop()
            self._playback.stop()
            self._ears.close()
            self._evidence.close()
            self._pen.flush()
            await self._tooling.aclose()
            await self._http.aclose()

    def _note(self, fact: object) -> None:
        """Whatever is told and ordered: for the trace, the delays, and screens that show what is said."""
        self._trace(fact)
        self._diagnostics.note(fact)
        self._broker.caption(fact)

    # --- what the conductor orders ------------------------------------------------------------------------------------

    def carry_out(self, action: do.Action) -> Awaitable[None] | None:
        return self._doings.carry_out(action)

    def _do_deed(self, deed: Deed) -> None:
        """What is ordered and no business of the conversation; whoever does it answers it."""
        self._deeds[type(deed)](deed)

    def show(self, view: View) -> None:
        if view.state != self._shown:
            self._shown = view.state
            self._trace(StateShown(view.state))
        self._tooling.heard(view.last_heard)
        self._memory.keep(worth_keeping(self._config, view, self._memory.folder), self._pen.later)
        self._bidder.show(view)
        self._panel.show(view)
        told, timers = self._diagnostics.shown, self._timekeeper.report()
        self._broker.show(
            view,
            {
                "money": self._till.report(),
                "hearing": {**self._care.measured, **self._evidence.counted},
                "device": {**told["device"], "last_end": self.lives.shown},
                "line": told["line"],
                "update": told["update"],
                "timers": timers["timers"],
                "timers_count": timers["timers_count"],
            },
        )

    def _again(self) -> None:
        """Something beside the conversation is to be shown."""
        self.show(self.conductor.view)

    def _backend_troubled(self, trouble: Trouble | None) -> None:
        self._troubles.gone("backend_away")
        self._troubles.gone("token_refused")
        if trouble is not None:
            self._troubles.found("token_refused" if isinstance(trouble, TokenRefused) else "backend_away", str(trouble))

    @property
    def hears(self) -> bool:
        """Sound moves both ways and the conductor answers: the house is up."""
        return self._signs.complete

    @property
    def hearing(self) -> Counters:
        """What the ears count."""
        return self._ears.counters
