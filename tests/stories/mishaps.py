"""One house and a service whose mishaps fall on the moment that is named: the stage for the table of ends.

Which row is played at which moments stands in SCENES; test_error_table.py holds that no row is without.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from oyez import actions as do, events as ev
from oyez_realtime.closing import CLOSE_CODES, ERROR_CODES, Remedy, Verdict
from tests.doubles.cutting_proxy import CuttingProxy, cutting_proxy
from tests.doubles.onlooker import Onlooker, onlooker
from tests.stories.theatre import UPSTREAM_KEY, Theatre, patient, theatre

T = TypeVar("T")
Row = int | str
TABLE: dict[Row, Verdict] = dict([*CLOSE_CODES.items(), *ERROR_CODES.items()])

MOMENTS: dict[str, dict[str, Any]] = {
    "opening": {"at": "session.created"},
    "between turns": {},
    "in mid-request": {"at": "input_audio_buffer.speech_started"},
    "while thinking": {"at": "response.created"},
    "in mid-reply": {"at": "response.output_audio.delta", "after_events": 3},
    "beside a reply": {"at": "response.output_audio.delta", "after_events": 3},
}
"""When a fault strikes, as the local server is told; beside a reply: without ending it."""

_ANY_TIME = ("in mid-request", "in mid-reply")
_FAILED = ("while thinking",)
SCENES: dict[Row, tuple[str, ...]] = {
    1000: ("between turns", "while thinking"),
    1001: ("while thinking", "in mid-reply"),
    1002: ("in mid-request",),
    1003: ("in mid-request",),
    1005: ("in mid-request",),
    1006: ("opening", "in mid-request"),
    1007: ("opening",),
    1008: ("opening",),
    1009: ("while thinking",),
    1011: ("opening", "while thinking"),
    1012: ("between turns",),
    1013: ("opening",),
    1015: ("while thinking",),
    3000: ("opening", "between turns"),
    4000: ("opening", "in mid-request"),
    "invalid_value": _ANY_TIME,
    "invalid_type": _ANY_TIME,
    "invalid_json": _ANY_TIME,
    "invalid_event": _ANY_TIME,
    "unknown_parameter": _ANY_TIME,
    "missing_required_parameter": _ANY_TIME,
    "integer_below_min_value": _ANY_TIME,
    "integer_above_max_value": _ANY_TIME,
    "decimal_below_min_value": _ANY_TIME,
    "decimal_above_max_value": _ANY_TIME,
    "string_above_max_length": _ANY_TIME,
    "item_not_found": _ANY_TIME,
    "input_audio_buffer_commit_empty": _ANY_TIME,
    "conversation_already_has_active_response": _ANY_TIME,
    "response_cancel_not_active": _ANY_TIME,
    "cannot_update_voice": _ANY_TIME,
    "rate_limit_exceeded": ("while thinking", "beside a reply"),
    "server_error": ("while thinking", "in mid-reply", "beside a reply"),
    "insufficient_quota": ("while thinking", "beside a reply"),
    "billing_hard_limit_reached": _FAILED,
    "billing_not_active": _FAILED,
    "max_output_tokens": ("in mid-reply",),
    "content_filter": ("in mid-reply",),
    "session_expired": ("while thinking", "in mid-reply"),
    "invalid_api_key": ("opening", "while thinking"),
    "token_expired": ("opening",),
    "missing_model": ("opening",),
    "invalid_model": ("opening",),
    "model_not_found": ("in mid-request",),
    "beta_api_shape_disabled": ("opening",),
}
CLOSES_WITH = {Remedy.NEW_TOKEN: 3000, Remedy.REFUSED: 4000, Remedy.ROTATE: 1001}
"""How the service closes after an error that ends the session."""


def scenes(*remedies: Remedy) -> list[tuple[Row, str]]:
    """(row, moment): all that is played of the rows with these remedies."""
    rows = [row for row, verdict in TABLE.items() if verdict.remedy in remedies]
    return [(row, moment) for row in rows for moment in SCENES.get(row, ())]


def ending(row: Row, moment: str) -> dict[str, Any]:
    """The fault by which this row comes over a session, or over the next that opens."""
    if row == 1006:
        return {"fault": "drop", **MOMENTS[moment]}
    if row in (3000, 4000) and moment == "opening":
        return {"fault": "refuse", "code": row}
    if isinstance(row, int):
        return {"fault": "close", "code": row, **MOMENTS[moment]}
    code = CLOSES_WITH[TABLE[row].remedy]
    if moment == "opening":
        return {"fault": "refuse", "code": code, "error_code": row}
    return {"fault": "error", "error_code": row, "code": code, **MOMENTS[moment]}


@dataclass
class Stage:
    play: Theatre
    looker: Onlooker
    front: CuttingProxy
    """All connections to the service pass here."""

    async def fault(self, **what: Any) -> None:
        await self._faults("POST", what)

    async def pending(self) -> list[str]:
        """Error codes that have not struck yet."""
        return [fault["error_code"] for fault in (await self._faults("GET"))["pending"]]

    async def _faults(self, method: str, what: dict[str, Any] | None = None) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False) as http:
            url = f"http://127.0.0.1:{self.front.target_port}/faults"
            answer = await http.request(method, url, json=what, headers={"Authorization": f"Bearer {UPSTREAM_KEY}"})
            assert answer.is_success, answer.text
            told: dict[str, Any] = answer.json()
            return told

    async def curtain(self) -> None:
        """Whatever the last scene left: no fault waits, and the house sleeps."""
        await self._faults("DELETE")
        self.front.handshakes_to_fail = 0
        if self.play.house.conductor.view.state != "idle":
            await self.stop()

    async def stop(self) -> None:
        place = self.play.now
        await self.looker.send("oyez/story/do/stop", "PRESS")
        await self.play.shown("idle", after=place)

    async def order_to_listen(self) -> None:
        await self.looker.send("oyez/story/do/listen", "PRESS")

    async def listen(self) -> None:
        """As after the wake word, once the line is open, from sleep."""
        place = self.play.now
        await self.order_to_listen()
        await self.play.told(ev.SessionReady, after=place)

    async def shows(self, trouble: ev.SessionLost | do.Complain | None, after: int) -> None:
        """On MQTT, from message `after` on: the state tells this and no other; None: that nothing is wrong."""
        if trouble is None:
            expected = None
        else:
            kind = trouble.kind if isinstance(trouble, do.Complain) else trouble.reason
            expected = {"kind": kind, "sentence": trouble.sentence}
            await self.looker.json("oyez/story/event/error", after=after, kind=kind, why=trouble.sentence)
        await self.looker.json("oyez/story/state", after=after, trouble=expected)

    def facts(self, kind: type[T], after: int) -> list[T]:
        return [fact for _, fact in self.play.facts[after:] if isinstance(fact, kind)]

    def heard(self, after: int) -> list[str]:
        """What the service understood, without the recogniser's punctuation."""
        return [fact.text.lower().rstrip(".,") for fact in self.facts(ev.TextHeard, after)]

    def nothing_was_noticed(self, after: int) -> None:
        """Neither seen, nor heard, nor told."""
        assert self.facts(ev.SessionLost, after) == []
        assert self.facts(do.Complain, after) == []
        assert [chime for chime in self.facts(do.PlayChime, after) if chime.name == "error"] == []
        assert len(self.facts(ev.SessionReady, after)) == len(self.facts(do.OpenSession, after))

    def tokens(self) -> int:
        """How many the backend has handed out."""
        return sum('"path":"/v1/token"' in line for line in self.play.backend.lines)


@asynccontextmanager
async def stage(folder: Path, tls: ssl.SSLContext | None = None) -> AsyncIterator[Stage]:
    """tls: the service is reached by wss:// and shows this certificate."""
    async with cutting_proxy(tls) as front:
        url = f"{'wss' if tls else 'ws'}://127.0.0.1:{front.port}/v1/realtime"
        # Whoever speaks as soon as it listens is not to be talked into by the wake chime, however busy the machine is.
        talk = patient(chime_pause_s=2.0)
        line = {"realtime_url": url, "silence_ms": 250}  # nobody here pauses in mid-sentence
        async with theatre(folder, conversation=talk, local_options=("--faults",), line=line) as play:
            command = play.local.command
            front.target_port = int(command[command.index("--port") + 1])
            async with onlooker(play.broker.port) as looker:
                yield Stage(play, looker, front)
