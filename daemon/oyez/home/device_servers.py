"""Servers of tools (MCP) that this device calls itself, because they stand in the house: a source of tools.

Each is asked for its tools at the start, again when it fails, and now and then. One that is away costs nothing: what it
offered last stays known, and its calls say that it is away.
"""

import asyncio
import logging
import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from msgspec import UNSET

from oyez.backoff import delays
from oyez.config import Mcp
from oyez.home.source import Answered, Question
from oyez.secret import Secret, mask
from oyez_realtime.items import McpToolDescription, McpToolExecutionError
from oyez_realtime.mcp_client import McpClient, McpTrouble
from oyez_realtime.session_objects import McpTool
from oyez_realtime.tools import as_text
from oyez_realtime.wire import given

log = logging.getLogger(__name__)

ASK_AGAIN_S = 600.0
"""A server may offer something new."""
MOST_TOOLS = 64
"""Of one server."""
LARGEST_SCHEMA = 8000
"""Characters: it is read, and paid, in every conversation."""
LONGEST_DESCRIPTION = 1000
FITTING = re.compile(r"[A-Za-z0-9_-]{1,64}")

Troubled = Callable[[str, str | None], None]
"""(kind, sentence); None: it is over."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """One tool, under the name by which it is called here."""

    server: Mcp
    name: str
    """With the server."""
    declaration: dict[str, Any]


class DeviceServers:
    def __init__(
        self,
        servers: Sequence[Mcp],
        tokens: Mapping[str, Secret],
        client: McpClient,
        troubled: Troubled,
        taken: Collection[str] = (),
        rng: random.Random | None = None,
        first_delay_s: float = 5.0,
        longest_delay_s: float = 300.0,
    ) -> None:
        """tokens: by label. taken: names that other tools have."""
        self._servers = [server for server in servers if server.from_device]
        self._tokens, self._client, self._troubled, self._taken = tokens, client, troubled, taken
        self._rng, self._delay_range_s = rng or random.Random(), (first_delay_s, longest_delay_s)
        self._offers: dict[str, dict[str, _Offer]] = {}
        """By label and name here."""
        self._look = {server.label: asyncio.Event() for server in self._servers}

    # --- what they offer ----------------------------------------------------------------------

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for server in self._servers:
                group.create_task(self._keep_known(server), name=f"tools of {server.label}")

    async def _keep_known(self, server: Mcp) -> None:
        waits = delays(self._rng, *self._delay_range_s)
        while True:
            self._look[server.label].clear()
            try:
                offered = await self._client.tools(self._address(server))
            except McpTrouble as trouble:
                self._troubled(f"mcp_{server.label}", _away(server, trouble))
                await asyncio.sleep(next(waits))
                continue
            self._learn(server, offered)
            self._troubled(f"mcp_{server.label}", None)
            waits = delays(self._rng, *self._delay_range_s)
            try:
                async with asyncio.timeout(ASK_AGAIN_S):
                    await self._look[server.label].wait()
                    await asyncio.sleep(next(waits))
            except TimeoutError:
                continue

    def _learn(self, server: Mcp, offered: Sequence[McpToolDescription]) -> None:
        allowed = [one for one in offered if any(fnmatchcase(one.name, name) for name in server.allowed_tools)]
        others = [name for label, offers in self._offers.items() if label != server.label for name in offers]
        taken = {*self._taken, *others}
        offers: dict[str, _Offer] = {}
        for tool in allowed[:MOST_TOOLS]:
            here = _name_here(server.label, tool.name, {*taken, *offers})
            if here is None or len(str(tool.input_schema)) > LARGEST_SCHEMA:
                why = "its name or its schema is too long"
                log.warning("The tool %r of %s cannot be offered: %s.", tool.name[:64], server.label, why)
                continue
            offers[here] = _Offer(server, tool.name, _declaration(here, tool))
        for pattern in server.allowed_tools:
            if not any(fnmatchcase(one.name, pattern) for one in offered):
                names = ", ".join(one.name[:64] for one in offered[:MOST_TOOLS]) or "nothing"
                log.warning("mcp %s: allowed_tools names %r; the server offers %s.", server.label, pattern, names)
        self._offers[server.label] = offers

    # --- as a source of tools ----------------------------------------------------------------------

    def declarations(self) -> list[dict[str, Any]]:
        return [offer.declaration for offers in self._offers.values() for offer in offers.values()]

    def question(self, name: str, arguments: Mapping[str, Any]) -> Question | None:
        offer = self._offer(name)
        if offer is None or any(fnmatchcase(offer.name, free) for free in offer.server.without_approval):
            return None
        return Question(server=offer.server.label)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answered:
        offer = self._offer(name)
        if offer is None:  # its server has been asked anew while somebody was asked here
            return Answered(f"There is no tool named {name!r} any more, so nothing was done.", "refused")
        try:
            said = await self._client.call(self._address(offer.server), offer.name, arguments)
        except McpTrouble as trouble:
            if isinstance(trouble.error, McpToolExecutionError):
                return Answered.failed(as_text(str(trouble)))
            self._look[offer.server.label].set()
            return Answered.failed(f"The server of tools {offer.server.label!r} did not do it: {mask(str(trouble))}")
        return Answered.well(as_text(said or "Done."))

    def _offer(self, name: str) -> _Offer | None:
        return next((offers[name] for offers in self._offers.values() if name in offers), None)

    def _address(self, server: Mcp) -> McpTool:
        token = self._tokens.get(server.label)
        return McpTool(server.label, server_url=server.url, authorization=token.reveal() if token else UNSET)


def _name_here(label: str, name: str, taken: Collection[str]) -> str | None:
    """Its own where that can be a function's name and is nobody else's; else with the server's label before it."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    fitting = (one for one in (plain, f"{label}_{plain}") if FITTING.fullmatch(one) and one not in taken)
    return next(fitting, None)


def _declaration(name: str, tool: McpToolDescription) -> dict[str, Any]:
    schema = tool.input_schema if isinstance(tool.input_schema, dict) else {}
    description = (given(tool.description) or "")[:LONGEST_DESCRIPTION]
    parameters = {"type": "object", "properties": {}, **schema}
    return {"type": "function", "name": name, "description": description, "parameters": parameters}


def _away(server: Mcp, trouble: McpTrouble) -> str:
    """Also read aloud to who asks what is wrong: no addresses."""
    why = mask(str(trouble)).rstrip(".")
    return f"The tools of {server.label!r} are away ({why}): start that server, or mend its url and token in [[mcp]]."
