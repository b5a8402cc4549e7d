"""All tools of this device put together: where they come from, who carries them out. Composition, as `house.py` is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from oyez.config import Config
from oyez.events import Event
from oyez.home import remote_tools
from oyez.home.builtin import Insight, builtin
from oyez.home.declared import Declared
from oyez.home.device_servers import DeviceServers
from oyez.home.fetching import Fetcher
from oyez.home.functions import Functions
from oyez.home.inquiry import Mail
from oyez.home.plugins import load
from oyez.home.source import Source
from oyez.home.tool_record import ToolRecord
from oyez.home.toolbox import Toolbox
from oyez.last_heard import LastHeard
from oyez.secret import Secret
from oyez.troubles import Troubles
from oyez.view import View
from oyez_realtime.mcp_client import McpClient
from oyez_realtime.tools import ToolRegistry

SecretHeaders = Mapping[str, Mapping[str, Secret]]
"""Values of HTTP headers by their names, by the tool that they belong to, or `tools.HOME_ASSISTANT`."""


class Tooling:
    """Raises ConfigError where the owner's tools cannot be used."""

    def __init__(
        self,
        config: Config,
        mail: Mail,
        http: httpx.AsyncClient,
        tell: Callable[[Event], None],
        troubles: Troubles,
        record: ToolRecord,
        why_awake: Callable[[], str],
        view: Callable[[], View],
        mcp_tokens: Mapping[str, Secret],
        secret_headers: SecretHeaders,
        of_the_device: Sequence[ToolRegistry] = (),
    ) -> None:
        """why_awake: why the device woke, in sentences to be read aloud. mcp_tokens: by label. of_the_device: its tools
        beside those that it always has."""
        last_heard = LastHeard(_local_time)
        self.heard = last_heard.heard
        """Is told what was understood last."""
        insight = Insight(
            why_awake=why_awake,
            heard=last_heard.told,
            troubles=lambda: [trouble.sentence for trouble in view().troubles],
            volume=lambda: view().volume,
        )
        self._fetcher = Fetcher(http, secret_headers, config.home_assistant)
        own = [builtin(tell, _local_time, insight), *of_the_device, *load(config.tool_calls.python)]
        declared = Declared(
            config.tools,
            mail,
            self._fetcher,
            device_id=config.device.id,
            home_assistant_url=config.home_assistant.url,
        )
        known: list[Source] = [*(Functions(registry) for registry in own), declared]
        taken = [str(tool["name"]) for source in known for tool in source.declarations()]
        self._servers = DeviceServers(config.mcp, mcp_tokens, McpClient(http, "oyez"), troubles.set, taken)
        self.toolbox = Toolbox(known, config.tool_calls, tell, record, self._servers)
        self._elsewhere = remote_tools.declarations(config.mcp, mcp_tokens)

    def declarations(self) -> list[dict[str, Any]]:
        """What a session is told of tools, of this device and elsewhere."""
        return [*self.toolbox.declarations(), *self._elsewhere]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.toolbox.run(), name="toolbox")
            group.create_task(self._servers.run(), name="servers of tools")

    async def aclose(self) -> None:
        await self._fetcher.aclose()


def _local_time() -> datetime:
    return datetime.now().astimezone()
