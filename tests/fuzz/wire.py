"""What must hold for any bytes that come over the wire, whoever sends them.

Both decoders and the protocol get the same input. They may refuse it by WireError and by nothing else; what they
understand must survive being written and read again.
"""

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from oyez_realtime import legacy, messages as m
from oyez_realtime.errors import NotConnected
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.state import State

Reader: TypeAlias = Callable[[str | bytes], tuple[m.ServerEvent | m.UnknownEvent, list[str]]]

FRAMES_MAX = 64
OPENING = m.encode(m.SessionCreated(event_id="event_1", session=m.RealtimeSession(id="sess_1")))
WISHES: list[Callable[[RealtimeProtocol], object]] = [
    lambda protocol: protocol.send_response_create(),
    lambda protocol: protocol.send_session_update(m.RealtimeSession()),
    lambda protocol: protocol.send_response_cancel(),
    lambda protocol: protocol.send_heard("item_1", 10),
    lambda protocol: protocol.send_audio_append(bytes(2)),
]
LEAVES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    2**64,
    1e308,
    1.5,
    "",
    "AAEC",
    "audio",
    "\x00",
    "\ud800",
    "é" * 3,
    [],
    {},
    [[]],
    {"type": "x"},
]


FIELDS = sorted(
    {
        name
        for struct in vars(m).values()
        if isinstance(struct, type)
        for name in getattr(struct, "__struct_fields__", ())
    }
    | {
        *legacy.FLAT_SESSION_FIELDS,
        *legacy.FLAT_RESPONSE_FIELDS,
        *legacy.FORGOTTEN_SESSION_FIELDS,
        "novelty",
        "no.v[0]el",
    }
)
"""Names that mean something somewhere, and two that mean nothing."""


def one_input(data: bytes) -> None:
    """Raises whatever should not have been raised: AssertionError when an answer is wrong."""
    server_reads(data)
    text = text_of(data)
    if text is not None:
        server_reads(text)
        client_reads(text)
    protocol_hears(data.split(b"\n")[:FRAMES_MAX])


def text_of(data: bytes) -> str | None:
    """As a text frame would hold it, lone surrogates included, which no honest socket would let through."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def server_reads(text: str | bytes, read: Reader = m.read_server_event) -> None:
    with contextlib.suppress(m.WireError):
        event, _ = read(text)
        if not isinstance(event, m.UnknownEvent):
            assert read(m.encode(event)) == (event, []), "a server event changes when it is told again"


def client_reads(text: str) -> None:
    try:
        event = m.decode_client_event(text)
    except m.WireError as error:
        answer = m.encode(error.as_event("event_2"))
        assert m.read_server_event(answer)[1] == [], "the answer to a wrong event is no event itself"
    else:
        assert m.decode_client_event(m.encode(event)) == event, "a client event changes when it is told again"


def protocol_hears(frames: list[bytes]) -> None:
    """Frames one after the other, and after each one of the things that an application may want."""
    protocol = RealtimeProtocol()
    protocol.receive(OPENING)
    for number, frame in enumerate(frames):
        assert len(protocol.receive(frame)) <= 1
        with contextlib.suppress(NotConnected):
            WISHES[number % len(WISHES)](protocol)
        protocol.data_to_send()
        protocol.take_settled()
        protocol.oddities.take_reports()
    protocol.connection_closed(1006)
    assert protocol.state is State.CLOSED
    assert protocol.active_response_id is None


def mutated(data: bytes, seed: int, max_size: int) -> bytes | None:
    """The input with a few changes to what its JSON says; None when it holds no JSON that could be changed."""
    lines = data.split(b"\n")
    dice = random.Random(seed)
    place = dice.randrange(len(lines))
    try:
        event = json.loads(lines[place])
    except (ValueError, RecursionError):
        return None
    if dice.random() < 0.2:
        lines.insert(place, lines[place])
    for _ in range(dice.choice((1, 1, 2, 4))):
        event = _changed(event, dice)
    told = json.dumps(event, ensure_ascii=dice.random() < 0.5)
    lines[place] = told.encode("utf-8", "surrogatepass")
    return b"\n".join(lines)[:max_size]


def _changed(value: Any, dice: random.Random) -> Any:
    """A copy that differs in one place, as deep as chance goes."""
    if not isinstance(value, dict | list) or not value or dice.random() < 0.15:
        return dice.choice(LEAVES)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = dice.choice(keys)
    copy: Any = value.copy()
    chance = dice.random()
    if chance < 0.2:
        del copy[key]
    elif chance < 0.3 and isinstance(copy, dict):
        copy["type"] = dice.choice((*m.SERVER_EVENT_TYPES, *m.CLIENT_EVENT_TYPES, "message", "mcp"))
    elif chance < 0.4 and isinstance(copy, dict):
        copy[dice.choice(FIELDS)] = dice.choice((copy[key], *LEAVES))
    elif chance < 0.5 and isinstance(copy, list):
        copy.append(copy[key])
    else:
        copy[key] = _changed(copy[key], dice)
    return copy


def seeds() -> Iterator[bytes]:
    """Real texts to begin with: every event that the installed SDK can say, older spellings, a whole turn."""
    import openai.types.realtime as sdk

    from tests.unit.realtime.sdk_examples import arms, examples

    for model in (*arms(sdk.RealtimeServerEvent), *arms(sdk.RealtimeClientEvent)):
        made = examples(model)
        yield from map(msgspec.json.encode, [*made[:2], *made[2::8]])
    for event in older_events():
        yield msgspec.json.encode({"event_id": "e", **event})
    turn = [
        m.ResponseCreated(event_id="e", response=m.Response(id="resp_1", conversation_id="conv_1")),
        m.ResponseOutputAudioDelta(event_id="e", response_id="resp_1", item_id="item_1", delta=bytes(480)),
        m.ResponseOutputAudioDone(event_id="e", response_id="resp_1", item_id="item_1"),
        m.ResponseDone(event_id="e", response=m.Response(id="resp_1", status="completed")),
    ]
    yield "\n".join(map(m.encode, turn)).encode()


def older_events() -> Iterator[dict[str, Any]]:
    """As the beta spelt them, alone and mixed with what is said today."""
    flat = {"voice": "ash", "modalities": ["text", "audio"], "input_audio_format": "g711_ulaw", "turn_detection": None}
    nested = {"type": "realtime", "audio": {"input": {"format": None}, "output": {"voice": "ash"}}}
    for session in (flat, flat | nested):
        yield {"type": "session.created", "session": session}
        yield {"type": "transcription_session.updated", "session": session}
    said = {"type": "message", "role": "assistant", "content": [{"type": "audio", "transcript": "a"}, {"type": "text"}]}
    spoken = {"id": "resp_1", "voice": "ash", "output_audio_format": "pcm16", "modalities": ["audio"], "output": [said]}
    yield {"type": "conversation.item.created", "item": said}
    yield {"type": "response.done", "response": spoken}
    yield {"type": "response.done", "response": spoken | {"audio": nested["audio"]}}
    yield {"type": "response.audio.delta", "response_id": "resp_1", "item_id": "item_1", "delta": "AAEC"}
    yield {"type": "response.text.done", "response_id": "resp_1", "item_id": "item_1", "text": "a"}
