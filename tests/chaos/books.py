"""The server's own log, read as it is written: what was used, what came in, which responses ran together.

From its usage the costs are reckoned anew, by a formula of their own, and held against the till's to the last digit.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import msgspec

from oyez_local.eventlog import EventLog
from oyez_realtime import messages as wire
from oyez_realtime.messages import ClientEvent, ServerEvent
from tests.chaos.witness import Witness

PRICES = {"text": ("4.0", "0.4", "24.0"), "audio": ("32.0", "0.4", "64.0")}
"""Dollars for a million tokens of gpt-realtime-2.1: fresh, cached, output; and of gpt-transcribe for a minute."""
TRANSCRIPT_MINUTE = Decimal("0.0045")
KEPT = 2000
QUIET_S = 1.5


class Books(EventLog):
    def __init__(self, witness: Witness, clock: Callable[[], float], today: Callable[[], date]) -> None:
        super().__init__(None)
        self._witness, self._clock, self._today = witness, clock, today
        self._costs: OrderedDict[str, list[Decimal]] = OrderedDict()
        """By response or item: told by the server. A turn that the next session was given again is written down again,
        and paid again."""
        self._uncounted: list[tuple[str, date]] = []
        """Counted by the device, not yet here."""
        self.days: defaultdict[date, Decimal] = defaultdict(Decimal)
        self.months: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
        self.counted: Counter[str] = Counter()
        self.dearest = Decimal(0)
        self.told = Decimal(0)
        """All that the server told, whether or not it arrived."""
        self.codes: Counter[str] = Counter()
        self.audio_bytes = 0
        self.most_overrun = Decimal(0)
        self.deaf_until_s = float("-inf")
        """A session that was made silent hears later what was sent earlier."""
        self.halves = 0
        """Responses whose end was to be swallowed, and so is not in this log."""
        self._active: dict[str, str] = {}
        self.compared = 0
        self._off: list[tuple[date, Decimal, Decimal]] = []
        """Differences of the day and of the month that were told already."""

    def write(
        self, direction: Literal["in", "out"], event: ClientEvent | ServerEvent, session_id: str, time_s: float
    ) -> None:
        match event:
            case wire.InputAudioBufferAppend(audio=audio):
                self._heard(len(audio))
            case wire.ResponseDone(response=response):
                self._active.pop(session_id, None) if self._active.get(session_id) == response.id else None
                self._told(response.id, _response_cost(msgspec.to_builtins(response)))
            case wire.ResponseCreated(response=response):
                self._begun(session_id, response)
            case wire.ConversationItemInputAudioTranscriptionCompleted(item_id=item_id, usage=usage):
                self._told(item_id, _transcript_cost(msgspec.to_builtins(usage)))
            case wire.ErrorEvent(error=error):
                self.codes[str(wire.given(error.code))] += 1
            case _:
                pass

    def _heard(self, size: int) -> None:
        self.audio_bytes += size
        asleep_s = self._witness.asleep_since_s
        late = asleep_s is not None and self._clock() > max(asleep_s + QUIET_S, self.deaf_until_s)
        self._witness.demand(not late, f"{size} bytes of sound reached the server while the device sleeps")

    def _begun(self, session_id: str, response: wire.Response) -> None:
        if response.conversation_id is None:
            return
        running = self._active.get(session_id)
        if running is not None and self.halves:
            self.halves -= 1
        elif running is not None:
            self._witness.demand(False, f"{response.id} runs beside {running} in {session_id}")
        self._active[session_id] = response.id
        while len(self._active) > KEPT:
            self._active.pop(next(iter(self._active)))

    def _told(self, key: str, amount: Decimal) -> None:
        self._costs.setdefault(key, []).append(amount)
        self.told += amount
        self.dearest = max(self.dearest, amount)
        while len(self._costs) > KEPT:
            self._costs.popitem(last=False)

    def device_counted(self, key: str) -> None:
        """The device has counted this response or transcript: today, by its calendar."""
        self.counted[key] += 1
        self._uncounted.append((key, self._today()))

    def compare(self, spending: Path, budget_day: float) -> None:
        """The till's file against the sums reckoned here."""
        waiting, self._uncounted = self._uncounted, []
        left = Counter(key for key, _ in waiting)
        for key, day in waiting:
            told = self._costs.get(key, [])
            if len(told) < self.counted[key]:
                self._witness.demand(False, f"{key} was counted {self.counted[key]} times, told {len(told)} times")
                continue
            left[key] -= 1
            amount = told[-1 - left[key]]  # what was told earlier and never counted was lost with its session
            self.days[day] += amount
            self.months[day.year, day.month] += amount
            self.most_overrun = max(self.most_overrun, self.days[day] - Decimal(str(budget_day)))
        if not spending.exists():
            return
        kept: dict[str, Any] = msgspec.json.decode(spending.read_bytes())
        on = date.fromisoformat(kept["on"])
        ours = (self.days[on], self.months[on.year, on.month])
        theirs = (Decimal(kept["day"]), Decimal(kept["month"]))
        self.compared += 1
        off = (on, ours[0] - theirs[0], ours[1] - theirs[1])
        if ours != theirs and off not in self._off:
            self._off.append(off)
            self._witness.demand(False, f"the books of {on} are off by {off[1]} today and by {off[2]} this month")


def _response_cost(response: dict[str, Any]) -> Decimal:
    usage = response.get("usage") or {}
    read, cached = usage.get("input_token_details") or {}, Decimal(0)
    written = usage.get("output_token_details") or {}
    of_cache = read.get("cached_tokens_details") or {}
    total = Decimal(0)
    for kind, (fresh_price, cached_price, output_price) in PRICES.items():
        tokens, cached = read.get(f"{kind}_tokens") or 0, Decimal(of_cache.get(f"{kind}_tokens") or 0)
        total += (tokens - cached) * Decimal(fresh_price) + cached * Decimal(cached_price)
        total += (written.get(f"{kind}_tokens") or 0) * Decimal(output_price)
    return total / 1_000_000


def _transcript_cost(usage: Any) -> Decimal:
    return Decimal(str(usage["seconds"])) * TRANSCRIPT_MINUTE / 60
