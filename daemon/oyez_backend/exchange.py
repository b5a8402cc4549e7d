"""Orders about calls to the upstream; what goes wrong there becomes a Refusal, or a line in the audit log."""

import asyncio
import logging
from dataclasses import dataclass

from oyez_backend import audit
from oyez_backend.minting import RETRY_S, Upstream, refusal_of
from oyez_backend.refusal import Refusal
from oyez_realtime import calls
from oyez_realtime.rest import RestError
from oyez_realtime.session_objects import RealtimeSession

log = logging.getLogger(__name__)

HANG_UP_TRIES_S = (0.0, 0.5, 2.0)
"""Waits before the attempts to hang up: a call that goes on unwatched costs money."""


@dataclass(frozen=True, slots=True)
class Exchange:
    upstream: Upstream

    async def accept(self, call_id: str, session: RealtimeSession) -> bool:
        """False: it was not taken, or nobody knows: the caller gave up, the upstream says no or does not answer."""
        line = self.upstream
        try:
            await calls.accept_call(line.http, line.base_url, line.key, call_id, session)
        except RestError as error:
            audit.note("accept_failed", call=call_id, status=error.status, code=error.code)
            log.error("A call could not be accepted: %s", error.message)
            return False
        return True

    async def hang_up(self, call_id: str) -> bool:
        """Tries again when the upstream is away; a call that is over already is well. Never raises for the upstream."""
        line = self.upstream
        for wait_s in HANG_UP_TRIES_S:
            await asyncio.sleep(wait_s)
            try:
                await calls.hangup_call(line.http, line.base_url, line.key, call_id)
            except RestError as error:
                if error.status == 404:
                    return True
                audit.note("hangup_failed", call=call_id, status=error.status, code=error.code)
            else:
                return True
        log.error("The call %s could not be hung up: it may go on, and cost, until the service ends it.", call_id)
        return False

    async def reject(self, call_id: str, status_code: int) -> bool:
        """One that was accepted meanwhile is hung up instead. False: it may be live, and nobody could end it."""
        line = self.upstream
        try:
            await calls.reject_call(line.http, line.base_url, line.key, call_id, status_code)
        except RestError as error:
            audit.note("reject_failed", call=call_id, status=error.status, code=error.code)
            return error.status == 404 or await self.hang_up(call_id)
        return True

    async def refer(self, call_id: str, target_uri: str) -> None:
        """Raises Refusal."""
        line = self.upstream
        try:
            await calls.refer_call(line.http, line.base_url, line.key, call_id, target_uri)
        except RestError as error:
            if 400 <= error.status < 500 and error.status not in (401, 403, 429):
                message = f"The Realtime service did not pass the call on: {error.message}"
                raise Refusal(502, "upstream_refused", message, RETRY_S) from None
            raise refusal_of(error, line.key) from None
