"""What a session orders its shell to do, and the one list on which the orders gather."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from oyez_local.mind import Request
from oyez_realtime.messages import AudioFormat, McpTool, ServerEvent


class Refusal(Exception):
    """A client event that cannot be carried out: told as a non-fatal `error`, and nothing has changed."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


@dataclass(frozen=True, slots=True)
class Send:
    """One event for the client, its event_id filled in."""

    event: ServerEvent


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Find out what was said; answer with Session.transcribed."""

    item_id: str
    pcm: bytes
    """int16 little-endian mono."""
    rate_hz: int


@dataclass(frozen=True, slots=True)
class Overhear:
    """Find out what was said so far in a turn that goes on; answer with Session.overheard. May fail in silence."""

    item_id: str
    pcm: bytes
    rate_hz: int
    pause: int | None
    """The pause that made one ask; None: for captions."""


@dataclass(frozen=True, slots=True)
class ListTools:
    """Ask an MCP server for its tools; answer with Session.tools_listed."""

    item_id: str
    server: McpTool


@dataclass(frozen=True, slots=True)
class CallTool:
    """Call a tool of an MCP server; answer with Session.tool_called."""

    response_id: str
    item_id: str
    server: McpTool
    name: str
    arguments: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Think:
    """Decide on an answer; tell it with Session.thought."""

    response_id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Speak:
    """Synthesise and stream; tell each piece with Session.spoken, the end with Session.finished."""

    response_id: str
    text: str
    audio_format: AudioFormat
    speed: float


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop thinking or speaking for this response: it is over."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket, after everything that was sent before."""

    code: int
    reason: str


Order = Send | Transcribe | Overhear | ListTools | CallTool | Think | Speak | Hush | Close


class Outgoing:
    """Orders in the order in which they arose. new_id("event") makes ids such as `event_Ab12...`."""

    def __init__(self, new_id: Callable[[str], str]) -> None:
        self.new_id = new_id
        self._orders: list[Order] = []

    def send(self, event: ServerEvent) -> None:
        self._orders.append(Send(msgspec.structs.replace(event, event_id=self.new_id("event"))))

    def order(self, order: Order) -> None:
        self._orders.append(order)

    def drain(self) -> list[Order]:
        orders, self._orders = self._orders, []
        return orders
