"""Carries out faults on demand on one socket: the shell of `faults`.

What WebSocket libraries rightly hide (the TCP connection below, the pings) is reached through `Protocol`, which the
server uses only where faults were asked for.
"""

import asyncio
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from oyez_local.faults import CLOSE_OF, NO_CODE, Fault, FaultPlan, Tampering, garbage
from oyez_realtime.messages import ErrorDetail, ErrorEvent, StatusDetails, encode

LINE = "oyez.line"
CLOSE_DEFAULT = 1011


class Line:
    """The TCP connection below a WebSocket."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol

    @staticmethod
    def of(socket: WebSocket) -> "Line":
        line = socket.scope["extensions"][LINE]
        assert isinstance(line, Line), "the server runs without Protocol"
        return line

    def cut(self) -> None:
        """Both ends see it go without a close frame."""
        self._protocol.transport.abort()

    def close_without_code(self) -> None:
        """A close frame that says nothing; ASGI knows none."""
        self._protocol.conn.send_close()
        self._protocol.transport.write(b"".join(self._protocol.conn.data_to_send()))

    def deafen(self) -> None:
        """Nothing is read any more, so that no ping is answered; none is sent either."""
        self._protocol.stop_keepalive()
        self._protocol.transport.pause_reading()

    def listen_again(self) -> None:
        self._protocol.transport.resume_reading()


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which lets the application reach its connection."""

    async def run_asgi(self) -> None:
        extensions = self.scope.setdefault("extensions", {})
        assert extensions is not None, "uvicorn gives a dict"
        extensions[LINE] = Line(self)  # type: ignore[assignment]
        await super().run_asgi()


class Sabotage:
    """Of one session. `listening` is cleared while it has gone silent."""

    def __init__(self, plan: FaultPlan, session_id: str, socket: WebSocket, new_id: Callable[[str], str]) -> None:
        self._plan, self._id, self._socket, self._new_id = plan, session_id, socket, new_id
        self._tampering = Tampering()
        self.listening = asyncio.Event()
        self.listening.set()

    def at_once(self) -> list[Fault]:
        return self._plan.at_once(self._id)

    def on_event(self, event_type: str, outgoing: bool) -> list[Fault]:
        return self._plan.on_event(self._id, event_type, outgoing)

    async def passes(self, event_type: str) -> bool:
        """Holds an outgoing event back as long as was asked for; False: it is swallowed."""
        if self._tampering.swallows(event_type):
            return False
        wait_s = self._tampering.wait_s(event_type)
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        return True

    async def commit(self, fault: Fault) -> None:
        """Raises WebSocketDisconnect where it ended the connection."""
        match fault.fault:
            case "drop":
                Line.of(self._socket).cut()
                raise WebSocketDisconnect(1006)
            case "silent":
                await self._fall_silent(fault.duration_s)
            case "close":
                await self._close(fault.code or CLOSE_DEFAULT, fault.message or "")
            case "error":
                await self._complain(fault)
            case "garbage":
                for frame in garbage(self._new_id("resp"), self._new_id("item")):
                    await self._socket.send_text(frame)
            case _:
                self._tampering.begin(fault)

    async def _fall_silent(self, duration_s: float) -> None:
        line = Line.of(self._socket)
        self.listening.clear()
        line.deafen()
        await asyncio.sleep(duration_s)
        line.listen_again()
        self.listening.set()

    async def _complain(self, fault: Fault) -> None:
        error = ErrorDetail("invalid_request_error", fault.words, fault.error_code, None, None)
        await self._socket.send_text(encode(ErrorEvent(event_id=self._new_id("event"), error=error)))
        code = fault.code or CLOSE_OF.get(fault.error_code or "")
        if code is not None:
            reason = fault.words if code == 1001 else f"invalid_request_error.{fault.error_code}"
            await self._close(code, reason)

    async def _close(self, code: int, reason: str) -> None:
        if code == NO_CODE:
            Line.of(self._socket).close_without_code()
        else:
            await self._socket.close(code, reason)
        raise WebSocketDisconnect(code)


def ending(fault: Fault) -> tuple[str, StatusDetails]:
    """How a response ends that was told to fail, or to stay incomplete."""
    if fault.fault == "incomplete":
        return "incomplete", StatusDetails("incomplete", fault.error_code or "content_filter")
    code = fault.error_code or "server_error"
    kind = "server_error" if code == "server_error" else "invalid_request_error"
    return "failed", StatusDetails("failed", error=ErrorDetail(kind, fault.words, code))
