"""From nothing to an open and configured session: a token, a socket, `session.created`, `session.update`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from oyez.config import Line as LineConfig
from oyez.session import rotation
from oyez.session.ending import EXPECTED, wants_new_token
from oyez.session.settings import Turns, address
from oyez.session.token import Token
from oyez.session.token_source import TokenSource
from oyez_realtime import messages as wire
from oyez_realtime.client import RealtimeClient
from oyez_realtime.connecting import Dialling


@dataclass(frozen=True, slots=True)
class Dialled:
    client: RealtimeClient
    opened_s: float
    """Monotonic."""
    due_s: float
    """When it should be replaced, monotonic."""
    turns: Turns
    """Who takes them, as it was told."""


class Dialler:
    def __init__(self, config: LineConfig, tokens: TokenSource, clock: Callable[[], float]) -> None:
        self._config, self._tokens, self._clock = config, tokens, clock

    async def dial(self, session: wire.RealtimeSession, turns: Turns) -> Dialled:
        """Raises one of EXPECTED. A token that the service did not accept is forgotten, so that the next try has a
        fresh one. From the socket to the configured session it takes `connect_timeout_s` at most."""
        token = await self._tokens.get()
        client = RealtimeClient(
            Dialling(
                open_timeout_s=self._config.connect_timeout_s,
                ping_interval_s=self._config.ping_s,
                ping_timeout_s=self._config.ping_s,
            )
        )
        try:
            async with asyncio.timeout(self._config.connect_timeout_s):
                url = address(self._config.realtime_url or token.realtime_url, token.model)
                await client.connect(url, token.value, session)
        except EXPECTED as error:
            if wants_new_token(error):
                self._tokens.forget()
            raise
        return self._dialled(client, token, turns)

    def forget_token(self) -> None:
        """The service accepts it no more: the next session is opened with a fresh one."""
        self._tokens.forget()

    def _dialled(self, client: RealtimeClient, token: Token, turns: Turns) -> Dialled:
        now = self._clock()
        told = client.protocol.session
        expires_at = None if told is None else wire.given(told.expires_at)
        life_s = rotation.stated_life_s(expires_at, token.issued_at, now - token.life.received_s)
        return Dialled(client, now, rotation.due_s(now, life_s, self._config.rotate_before_s), turns)
