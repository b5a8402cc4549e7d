"""A session machine with ids that count, for the tests of this folder."""

from collections import Counter
from typing import Any

import msgspec

from oyez_local.mind import Decision
from oyez_local.orders import Order, Send, Think
from oyez_local.responding import Bounds
from oyez_local.session import Limit, Session
from oyez_local.settings import new_session, new_transcription_session
from oyez_realtime import messages as wire
from oyez_realtime.messages import InputAudioBufferAppend, ServerEvent, decode_client_event
from tests.doubles.speech import say, silence

MANUAL = {"audio": {"input": {"turn_detection": None}}}
SPEECH = b"".join(part.tobytes() for part in (silence(0.4), say("What time is it?")[0], silence(0.8)))


class Ids:
    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def __call__(self, prefix: str) -> str:
        self._count[prefix] += 1
        return f"{prefix}_{self._count[prefix]}"


def captions_machine(**audio_in: Any) -> Session:
    """A transcription session opened at 0 s; `audio_in` is an update of its input that is applied at once."""
    session = Session(new_transcription_session("sess_1", 1), Limit(3600.0, 60.0), Ids())
    session.open()
    if audio_in:
        tell(session, type="session.update", session={"type": "transcription", "audio": {"input": audio_in}})
    return session


def machine(limit_s: float = 3600.0, bounds: Bounds | None = None, **config: Any) -> Session:
    """A session opened at 0 s; `config` is a session.update that is applied at once."""
    session = Session(new_session("oyez-local", "sess_1", 1), Limit(limit_s, limit_s / 60), Ids(), bounds)
    session.open()
    if config:
        tell(session, type="session.update", session={"type": "realtime", **config})
    return session


def tell(session: Session, now_s: float = 0.0, /, **event: Any) -> list[Order]:
    return session.receive(decode_client_event(msgspec.json.encode(event).decode()), now_s)


def events(orders: list[Order]) -> list[ServerEvent]:
    return [order.event for order in orders if isinstance(order, Send)]


def types(orders: list[Order]) -> list[str]:
    """Wire names of what is sent; other orders by their class."""
    return [order.event.type if isinstance(order, Send) else type(order).__name__ for order in orders]


def only(orders: list[Order], kind: type[Any]) -> Any:
    """The one order, or sent event, of that class."""
    found = [order for order in orders if isinstance(order, kind)]
    found += [event for event in events(orders) if isinstance(event, kind)]
    assert len(found) == 1, f"{len(found)} of {kind.__name__} in {types(orders)}"
    return found[0]


def append(session: Session, pcm: bytes, now_s: float = 0.0) -> list[Order]:
    return session.receive(InputAudioBufferAppend(audio=pcm), now_s)


def user_says(session: Session, text: str) -> None:
    content = [{"type": "input_text", "text": text}]
    tell(session, type="conversation.item.create", item={"type": "message", "role": "user", "content": content})


def speaking(session: Session, text: str = "Hello.", ms: float = 500.0) -> tuple[str, str]:
    """A response that has said `text`, lasting ms; (response_id, item_id)."""
    think = only(tell(session, type="response.create"), Think)
    session.thought(think.response_id, Decision(text), 0.0)
    said = session.spoken(think.response_id, text, bytes(int(ms) * 48), ms, 0.0)
    return think.response_id, only(said, wire.ResponseOutputAudioDelta).item_id


def error_code(orders: list[Order]) -> Any:
    return only(orders, wire.ErrorEvent).error.code
