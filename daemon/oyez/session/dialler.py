"""From nothing to an open and configured session: a token, a socket, `session.created`, `session.update`."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from oyez.config import Line as LineConfig
from oyez.session import rotation
from oyez.session.choice import Far
from oyez.session.ending import EXPECTED, wants_new_token
from oyez.session.settings import Turns, address
from oyez.session.token import Token
from oyez_realtime import messages as wire
from oyez_realtime.client import RealtimeClient
from oyez_realtime.connecting import Dialling


class Keys(Protocol):
    """What opens the door."""

    async def get(self) -> Token:
        """Raises TokenRefused or BackendAway."""

    def forget(self) -> None:
        """It was not accepted."""


@dataclass(frozen=True, slots=True)
class Dialled:
    client: RealtimeClient
    opened_s: float
    """Monotonic."""
    due_s: float
    """When it should be replaced, monotonic."""
    turns: Turns
    """Who takes them, as it was told."""
    far: Far = "service"
    """With whom."""


class Dialler:
    def __init__(
        self,
        config: LineConfig,
        tokens: Keys,
        clock: Callable[[], float],
        far: Far = "service",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """tls: for wss; None: the system's certificates."""
        self._config, self._tokens, self._clock = config, tokens, clock
        self._far, self._tls = far, tls

    async def dial(self, session: wire.RealtimeSession, turns: Turns) -> Dialled:
        """Raises one of EXPECTED. A token that the service did not accept is forgotten, so that the next try has a
        fresh one. From the socket to the configured session it takes `connect_timeout_s` at most."""
        token = await self._tokens.get()
        return self._dialled(await self._connect(token, session), token, turns)

    async def knock(self) -> None:
        """Opens a session, which costs nothing while nobody speaks, and leaves. Raises one of EXPECTED."""
        client = await self._connect(await self._tokens.get(), None)
        await client.close()

    async def _connect(self, token: Token, session: wire.RealtimeSession | None) -> RealtimeClient:
        client = RealtimeClient(
            Dialling(
                open_timeout_s=self._config.connect_timeout_s,
                ping_interval_s=self._config.ping_s,
                ping_timeout_s=self._config.ping_s,
                tls=self._tls,
            )
        )
        try:
            async with asyncio.timeout(self._config.connect_timeout_s):
                await client.connect(self._address(token), token.value, session)
        except EXPECTED as error:
            if wants_new_token(error):
                self._tokens.forget()
            raise
        return client

    def _address(self, token: Token) -> str:
        """The configuration's own is the service's."""
        named = self._config.realtime_url if self._far == "service" else ""
        return address(named or token.realtime_url, token.model)

    def forget_token(self) -> None:
        """The service accepts it no more: the next session is opened with a fresh one."""
        self._tokens.forget()

    def _dialled(self, client: RealtimeClient, token: Token, turns: Turns) -> Dialled:
        now = self._clock()
        told = client.protocol.session
        expires_at = None if told is None else wire.given(told.expires_at)
        life_s = rotation.stated_life_s(expires_at, token.issued_at, now - token.life.received_s)
        due_s = rotation.due_s(now, life_s, self._config.rotate_before_s)
        return Dialled(client, now, due_s, turns, self._far)
