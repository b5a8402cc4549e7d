"""Always a fresh token in the drawer: fetched ahead of need, by one request at a time."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import httpx

from oyez.backoff import delays
from oyez.session.token import BackendAway, Token, TokenRefused, parse_answer

log = logging.getLogger(__name__)

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
REFUSED_RETRY_S = 300.0
"""A refused key is not asked about again soon, but a keeper who mends it should not have to restart the device."""

Trouble = TokenRefused | BackendAway


class TokenSource:
    """Loop only. `get()` by the line, `prefetch()` as one long-lived task of the house.

    session: wishes over the backend's session defaults, as the Realtime API spells them.
    margin_s: a token with less than this left is renewed.
    on_trouble: told the error when it begins or changes, and None when a token came again.
    clock: monotonic seconds.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        backend_url: str,
        device_key: str,
        session: Mapping[str, Any] | None = None,
        margin_s: float = 60.0,
        *,
        timeout_s: float = 8.0,
        on_trouble: Callable[[Trouble | None], None] = lambda trouble: None,
        clock: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
    ) -> None:
        self._http = http
        self._url = backend_url.rstrip("/") + "/v1/token"
        self._headers = {"Authorization": f"Bearer {device_key}"}
        self._session = dict(session or {})
        self._margin_s = margin_s
        self._timeout_s = timeout_s
        self._on_trouble = on_trouble
        self._clock = clock
        self._rng = rng or Random()
        self._token: Token | None = None
        self._flight: asyncio.Task[Token] | None = None
        self._not_before_s = float("-inf")
        self._trouble: Trouble | None = None
        self._changed = asyncio.Event()
        self.gave = False
        """A token came, in this life of the process."""

    def __repr__(self) -> str:
        return f"TokenSource({self._url})"

    @property
    def trouble(self) -> Trouble | None:
        """Why the latest attempt failed; None when it did not."""
        return self._trouble

    async def get(self) -> Token:
        """A usable token: at once where one was prefetched. Raises TokenRefused or BackendAway.

        Concurrent callers share one request; a caller that is cancelled leaves it to the others.
        """
        if self._token is not None and self._token.life.usable(self._clock()):
            return self._token
        wait_s = self._not_before_s - self._clock()
        if self._flight is None and wait_s > 0 and isinstance(self._trouble, BackendAway):
            raise BackendAway(str(self._trouble), wait_s)
        return await self._shared_fetch()

    def forget(self) -> None:
        """The service refused the token: the next one comes from the backend, and is fetched at once."""
        self._token = None
        self._changed.set()

    async def prefetch(self) -> None:
        """Keeps a fresh token until cancelled; never raises for a backend's sins."""
        waits = delays(self._rng, FIRST_RETRY_S, LONGEST_RETRY_S)
        try:
            while True:
                self._changed.clear()
                if self._token is not None and not self._token.life.is_due(self._clock()):
                    await self._wait(self._token.life.renew_at_s - self._clock())
                    continue
                try:
                    await self._shared_fetch()
                except TokenRefused:
                    wait_s = REFUSED_RETRY_S * self._rng.uniform(0.5, 1.0)
                except BackendAway as error:
                    wait_s = next(waits) + (error.retry_after_s or 0.0)
                else:
                    waits = delays(self._rng, FIRST_RETRY_S, LONGEST_RETRY_S)
                    continue
                await self._wait(wait_s)
        finally:
            await self.close()

    async def close(self) -> None:
        """Ends a request in flight. Idempotent."""
        flight, self._flight = self._flight, None
        if flight is not None:
            flight.cancel()
            await asyncio.wait([flight])

    async def _wait(self, wait_s: float) -> None:
        """Until then, or until something changed: a token was forgotten, or came by another caller's request."""
        try:
            async with asyncio.timeout(wait_s):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _shared_fetch(self) -> Token:
        if self._flight is None:
            self._flight = asyncio.create_task(self._fetch(), name="token request")
            self._flight.add_done_callback(_heard)
        return await asyncio.shield(self._flight)

    async def _fetch(self) -> Token:
        """What came is noted before anyone hears of it: a token that a caller forgets must not come back after that."""
        try:
            token = await self._request()
        except BackendAway as error:
            if error.retry_after_s is not None:
                self._not_before_s = self._clock() + error.retry_after_s
            self._note(error)
            raise
        except TokenRefused as error:
            self._note(error)
            raise
        else:
            self._token, self.gave = token, True
            self._changed.set()
            self._note(None)
            return token
        finally:
            self._flight = None

    def _note(self, trouble: Trouble | None) -> None:
        if str(trouble) == str(self._trouble):
            return
        self._trouble = trouble
        if trouble is None:
            log.info("The backend hands out tokens again.")
        else:
            log.warning("No token: %s", trouble)
        self._on_trouble(trouble)

    async def _request(self) -> Token:
        sent_s = self._clock()
        try:
            response = await self._http.post(
                self._url, headers=self._headers, json={"session": self._session}, timeout=self._timeout_s
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The exception's own text may quote the request; its kind says enough.
            raise BackendAway(
                f"The backend at {self._url} does not answer ({type(error).__name__}): "
                "check that it runs and that line.backend_url is right."
            ) from None
        received_s = self._clock()
        return parse_answer(
            response.status_code,
            response.headers.get("retry-after"),
            response.content,
            received_s=received_s,
            round_trip_s=received_s - sent_s,
            margin_s=self._margin_s,
        )


def _heard(flight: asyncio.Task[Token]) -> None:
    """Every caller may have gone before an error came; it was noted all the same."""
    if not flight.cancelled():
        flight.exception()
