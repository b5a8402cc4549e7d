"""Carries out tool calls beside the sound, wherever the tools come from; asks first where somebody must agree.

Calls begin in the order in which they came and run side by side, so that a slow one holds up no other. Who must agree
is asked by the conversation: the call waits for `approve_tool`, which comes in any case.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from oyez.config import ToolCalls
from oyez.errors import ConfigError, ServiceAway
from oyez.events import ApprovalAsked, Event, ToolAnswered
from oyez.home import tools
from oyez.home.source import Answered, Source
from oyez.home.tool_record import Recorded, ToolRecord, of_remote
from oyez_realtime.items import McpCall

log = logging.getLogger(__name__)

AT_ONCE = 8
"""More calls than this wait for one to end."""
TWICE_S = 10.0
"""A model that hears the user's "yes" may make the call again that waited for it: within this it is the same call."""
WAITS_ALREADY = "The same call waits for the user's answer already. Nothing was done twice; do not call it again."


class Toolbox:
    def __init__(
        self,
        sources: Sequence[Source],
        rules: ToolCalls,
        tell: Callable[[Event], None],
        record: ToolRecord,
        later: Source | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """later: one whose tools are not known yet. Raises ConfigError where two tools have one name."""
        self._sources = [*sources, *([later] if later else [])]
        self._rules, self._tell, self._record, self._clock = rules, tell, record, clock
        self._judge_names(sources, later is not None)
        self._calls: asyncio.Queue[tuple[str, str, Mapping[str, Any]]] = asyncio.Queue()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, asyncio.Future[str]] = {}
        """Calls that wait for a person, by id; the result is why not, empty: agreed."""
        self._confirmed: dict[str, tuple[float, Answered | None]] = {}
        """What somebody is or was asked about: since when, and what became of it."""

    def _judge_names(self, sources: Sequence[Source], more_to_come: bool) -> None:
        """A name means one tool; a rule that names none is a slip of the pen, and is said."""
        names = Counter(str(one["name"]) for source in sources for one in source.declarations())
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise ConfigError(
                [
                    f"tools: {name} is the name of two tools ([[tools]], tool_calls.python, and those that are built "
                    "in), so nobody knows which is meant: give one another name."
                    for name in twice
                ]
            )
        for pattern in self._rules.allowed:
            if not more_to_come and not any(fnmatchcase(name, pattern) for name in names):
                log.warning("tool_calls.allowed: %r allows nothing: there are %s.", pattern, ", ".join(names))

    def declarations(self) -> list[dict[str, Any]]:
        """What `session.update` carries under `tools`: only what may be called, the first of each name."""
        first: dict[str, dict[str, Any]] = {}
        for source in self._sources:
            for one in source.declarations():
                first.setdefault(str(one["name"]), one)
        return [one for name, one in first.items() if self._allows(name)]

    def call(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> None:
        """A ToolAnswered follows, whatever happens."""
        self._calls.put_nowait((call_id, name, arguments))

    def approve_tool(self, call_id: str, approve: bool, why: str = "") -> None:
        """Somebody decided whether the call that waits may be made, or nobody will any more."""
        waiting = self._asked.get(call_id)
        if waiting is not None and not waiting.done():
            waiting.set_result("" if approve else why or "it was refused")

    def used_elsewhere(self, call: McpCall) -> Recorded:
        """The service has used a remote tool: that is recorded too."""
        used = of_remote(call, _local_time())
        self._record.write(used)
        return used

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                call_id, name, arguments = await self._calls.get()
                await self._free.acquire()
                group.create_task(self._answer(call_id, name, arguments), name=f"tool {name}")

    async def _answer(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> None:
        began_s = self._clock()
        try:
            answered = await self._carry_out(call_id, name, arguments)
        finally:
            self._free.release()
        took_s = round(self._clock() - began_s, 3)
        self._record.write(
            Recorded(
                at=_local_time(),
                tool=name,
                arguments=dict(arguments),
                outcome=answered.outcome,
                output=answered.text,
                took_s=took_s,
            )
        )
        ok = answered.outcome == "ok"
        self._tell(ToolAnswered(call_id, name, tools.output(answered.text, ok), ok))

    async def _carry_out(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> Answered:
        source = next((one for one in self._sources if _has(one, name)), None)
        if source is None or not self._allows(name):
            return Answered(f"There is no tool named {name!r} on this device.", "refused")
        try:
            question = source.question(name, arguments)
            if question is None:
                return await self._use(source, name, arguments)
            asked = ApprovalAsked(call_id, question.server, name, dict(arguments), question.text, own=True)
            return await self._use_if_agreed(source, asked)
        except tools.ToolRefused as refused:
            return Answered(str(refused), "refused")

    async def _use(self, source: Source, name: str, arguments: Mapping[str, Any]) -> Answered:
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                return await source.call(name, arguments)
        except TimeoutError:
            sentence = f"{name} took longer than {self._rules.timeout_s:g} s; whether it was done is not known."
            return Answered.failed(sentence)
        except ServiceAway:
            return Answered.failed("The home's message broker is away, so nothing was done.")
        except tools.ToolRefused:
            raise
        except Exception:  # a tool, and what answers it, is not ours: it must not take the device along
            log.exception("The tool %s failed in a way that nobody thought of.", name)
            return Answered.failed(f"{name} failed; whether it was done is not known.")

    async def _use_if_agreed(self, source: Source, wish: ApprovalAsked) -> Answered:
        """Once: a second call of the same within a moment gets the answer of the first."""
        same = json.dumps([wish.name, wish.arguments], sort_keys=True)
        since_s, before = self._confirmed.get(same, (self._clock() - TWICE_S, None))
        if before is None and same in self._confirmed:
            return Answered(WAITS_ALREADY, "refused")
        if before is not None and self._clock() - since_s < TWICE_S:
            return before
        self._confirmed = {key: one for key, one in self._confirmed.items() if not self._is_old(one)}
        self._confirmed[same] = (self._clock(), None)
        try:
            why = await self._agreement(wish)
            if why:
                return Answered(f"Nothing was done: {why}.", "refused")
            done = await self._use(source, wish.name, wish.arguments)
            self._confirmed[same] = (self._clock(), done)
            return done
        finally:
            if self._confirmed[same][1] is None:
                del self._confirmed[same]

    def _is_old(self, confirmed: tuple[float, Answered | None]) -> bool:
        since_s, answered = confirmed
        return answered is not None and self._clock() - since_s >= TWICE_S

    async def _agreement(self, wish: ApprovalAsked) -> str:
        """Why not; empty: somebody agreed."""
        self._asked[wish.request_id] = asyncio.get_running_loop().create_future()
        self._tell(wish)
        try:
            return await self._asked[wish.request_id]
        finally:
            del self._asked[wish.request_id]

    def _allows(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._rules.allowed)


def _has(source: Source, name: str) -> bool:
    return any(one["name"] == name for one in source.declarations())


def _local_time() -> datetime:
    return datetime.now().astimezone()
