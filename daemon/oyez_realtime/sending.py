"""The half of the protocol that speaks: it keeps the books of a session and makes the texts to send."""

from dataclasses import dataclass
from itertools import count

from msgspec import UNSET

from oyez_realtime import client_events as client, server_events as server
from oyez_realtime.closing import Verdict
from oyez_realtime.errors import NotConnected
from oyez_realtime.items import Item
from oyez_realtime.ledger import Oddities, ReceivedAudio, Recent
from oyez_realtime.messages import encode
from oyez_realtime.responses import ErrorDetail, ResponseParameters
from oyez_realtime.session_objects import (
    AudioFormat,
    AudioPcm,
    SemanticVad,
    ServerVad,
    Session,
    SessionAudio,
    TranscriptionAudio,
    bytes_per_ms,
)
from oyez_realtime.state import State
from oyez_realtime.turnstile import Turnstile, Waiting
from oyez_realtime.wire import given


@dataclass(frozen=True, slots=True)
class SettledUpdate:
    """What became of a `session.update`."""

    event_id: str
    refusal: ErrorDetail | None
    """None: it is in force."""


def require_sound(audio: bytes, sample_bytes: int) -> None:
    """Raises TypeError for what is no bytes, ValueError for a part of a sample."""
    if not isinstance(audio, bytes | bytearray):
        raise TypeError(f"audio is a {type(audio).__name__}; give bytes, of a numpy array `.tobytes()`")
    if len(audio) % sample_bytes:
        raise ValueError(f"{len(audio)} bytes of audio are no whole 16 bit samples; send an even number")


def require_whole(name: str, value: int) -> None:
    """Raises TypeError for a float, even a round one: where it was not rounded down more would count than was heard."""
    if not isinstance(value, int):
        raise TypeError(f"{name} is {value!r}; give whole milliseconds, rounded down")


class Sending:
    """Every send returns the text of one frame, or None where the request has to wait for its turn.

    Raises NotConnected before `session.created` and after the close, ValueError for what the protocol does not allow;
    neither changes anything.
    """

    def __init__(self, id_prefix: str = "evt") -> None:
        self.state = State.CONNECTING
        self.session: Session | None = None
        """As the server last told it."""
        self.verdict: Verdict | None = None
        """Why the session ended or is about to."""
        self.oddities = Oddities()
        self.dropped_deltas = 0
        self._ids = (f"{id_prefix}_{number}" for number in count(1))
        self._sent: Recent[str, str] = Recent(512)
        self._updates = Turnstile()
        self._creates = Turnstile()
        self._settled: list[SettledUpdate] = []
        self._out: list[str] = []
        self._active_id: str | None = None
        self._unseen_active = False
        """The server says that a response runs, which it has not told us of yet; its end will be told in any case."""
        self._cancelled: Recent[str, bool] = Recent(64)
        self._cancel_ahead: str | None = None
        """Event id of a cancel that went out after a create and before its response was told."""
        self._formats: Recent[str, AudioFormat] = Recent(64)
        self._audio = ReceivedAudio()
        self._uncommitted_bytes = 0

    @property
    def active_response_id(self) -> str | None:
        """The response that runs in the conversation; out-of-band ones do not count."""
        return self._active_id

    @property
    def input_format(self) -> AudioFormat:
        """What the server last said; 24 kHz PCM is its default."""
        audio = self.session.audio if self.session is not None else None
        source = given(audio.input) if isinstance(audio, SessionAudio | TranscriptionAudio) else None
        return (given(source.format) if source is not None else None) or AudioPcm()

    @property
    def interrupts_on_speech(self) -> bool:
        """Whether the server cancels its response when it hears speech; its default where it was not told."""
        audio = self.session.audio if self.session is not None else None
        source = given(audio.input) if isinstance(audio, SessionAudio) else None
        detection = source.turn_detection if source is not None else None
        return not isinstance(detection, ServerVad | SemanticVad) or given(detection.interrupt_response) is not False

    @property
    def input_bytes_per_ms(self) -> int:
        return bytes_per_ms(self.input_format)

    @property
    def output_bytes_per_ms(self) -> int:
        return bytes_per_ms(self._output_format())

    @property
    def uncommitted_ms(self) -> int:
        """Audio sent since the last commit or clear; the server refuses to commit less than 100 ms."""
        return self._uncommitted_bytes // self.input_bytes_per_ms

    def received_ms(self, item_id: str, content_index: int = 0) -> int:
        """Audio of that part that arrived and was not dropped."""
        return self._audio.ms(item_id, content_index)

    def output_format_of(self, response_id: str) -> AudioFormat:
        """Of that response's audio: a `response.create` may ask for another than the session's."""
        return self._formats.get(response_id) or self._output_format()

    @property
    def waiting_creates(self) -> int:
        """Requests for a response that wait for the end of one."""
        return len(self._creates)

    def cause_of(self, error: server.ErrorEvent) -> str | None:
        """The wire name of our event that caused the error, while we remember it."""
        return self._sent.get(given(error.error.event_id) or "")

    def data_to_send(self) -> list[str]:
        """Texts whose turn has come, each to be sent as one frame; empty most of the time."""
        texts, self._out = self._out, []
        return texts

    def take_settled(self) -> list[SettledUpdate]:
        """The updates that were answered since the last call."""
        settled, self._settled = self._settled, []
        return settled

    # -- the session ----------------------------------------------------------------------------------------------

    def send_session_update(self, session: Session, event_id: str | None = None) -> str | None:
        """None: another update is in flight; the text comes out of `data_to_send` once that one is answered."""
        waiting = self._waiting(client.SessionUpdate(session=session, event_id=self._id(event_id)))
        self._updates.enter(waiting)
        return self._updates.next()

    # -- the microphone -------------------------------------------------------------------------------------------

    def send_audio_append(self, audio: bytes) -> str:
        """`audio` is in the session's input format. Carries no event id: it is the hot path and is never answered."""
        self._require_open()
        require_sound(audio, 1 if self.input_bytes_per_ms == 8 else 2)
        if not 0 < len(audio) <= client.APPEND_MAX_BYTES:
            raise ValueError(f"{len(audio)} bytes of audio; one append takes 1 to {client.APPEND_MAX_BYTES}")
        self._uncommitted_bytes += len(audio)
        return encode(client.InputAudioBufferAppend(audio=audio))

    def send_audio_commit(self, event_id: str | None = None) -> str:
        text = self._text(client.InputAudioBufferCommit(event_id=self._id(event_id)))
        self._uncommitted_bytes = 0
        return text

    def send_audio_clear(self, event_id: str | None = None) -> str:
        text = self._text(client.InputAudioBufferClear(event_id=self._id(event_id)))
        self._uncommitted_bytes = 0
        return text

    # -- the conversation -----------------------------------------------------------------------------------------

    def send_item_create(self, item: Item, previous_item_id: str | None = None, event_id: str | None = None) -> str:
        """previous_item_id: None for the end, `root` for the front."""
        after_item = UNSET if previous_item_id is None else previous_item_id
        return self._text(
            client.ConversationItemCreate(item=item, previous_item_id=after_item, event_id=self._id(event_id))
        )

    def send_item_retrieve(self, item_id: str, event_id: str | None = None) -> str:
        return self._text(client.ConversationItemRetrieve(item_id=item_id, event_id=self._id(event_id)))

    def send_item_truncate(
        self, item_id: str, audio_end_ms: int, content_index: int = 0, event_id: str | None = None
    ) -> str:
        """`audio_end_ms` is clamped to what arrived: the server refuses more than it sent."""
        require_whole("audio_end_ms", audio_end_ms)
        end_ms = min(audio_end_ms, self.received_ms(item_id, content_index))
        return self._text(
            client.ConversationItemTruncate(
                item_id=item_id, content_index=content_index, audio_end_ms=end_ms, event_id=self._id(event_id)
            )
        )

    def send_item_delete(self, item_id: str, event_id: str | None = None) -> str:
        return self._text(client.ConversationItemDelete(item_id=item_id, event_id=self._id(event_id)))

    def send_heard(self, item_id: str, heard_ms: int, content_index: int = 0) -> str | None:
        """Tells the server how much of an answer was heard: a truncation, a deletion when nothing was, None when all.

        A truncation at 0 ms is refused by the service, and a needless one changes what the model does next. Of a part
        that never came nothing is said unless nothing was heard. A later part of an item of which something was heard
        is truncated at 0 ms: deleting would take the heard part along.
        """
        require_whole("heard_ms", heard_ms)
        if heard_ms <= 0 and content_index == 0:
            return self.send_item_delete(item_id)
        if not self._audio.is_known(item_id, content_index):
            self._require_open()
            return None
        heard_ms = max(0, heard_ms)
        whole = heard_ms >= self.received_ms(item_id, content_index)
        if whole and self._audio.is_complete(item_id, content_index):
            self._require_open()
            return None
        return self.send_item_truncate(item_id, heard_ms, content_index)

    # -- responses ------------------------------------------------------------------------------------------------

    def send_response_create(
        self, parameters: ResponseParameters | None = None, event_id: str | None = None
    ) -> str | None:
        """None: a response is running or asked for; the text comes out of `data_to_send` after its end.

        One that is out of band (conversation `none`) never waits.
        """
        wanted = UNSET if parameters is None else parameters
        waiting = self._waiting(client.ResponseCreate(response=wanted, event_id=self._id(event_id)))
        if parameters is not None and parameters.conversation == "none":
            return waiting.text
        self._creates.enter(waiting)
        return self._creates.next(blocked=self._busy)

    def send_response_cancel(self, response_id: str | None = None, event_id: str | None = None) -> str:
        """Deltas of the response (None: of the active one) are dropped from now on."""
        named = UNSET if response_id is None else response_id
        event_id = self._id(event_id)
        text = self._text(client.ResponseCancel(response_id=named, event_id=event_id))
        if response_id is None and self._active_id is None and self._creates.inside is not None:
            self._cancel_ahead = event_id
        self.forget_response(response_id or self._active_id)
        return text

    def forget_response(self, response_id: str | None) -> None:
        """Drops the deltas of a response without asking the server to cancel it: it does so itself on speech."""
        if response_id is not None:
            self._cancelled.put(response_id, True)

    # -- inside ---------------------------------------------------------------------------------------------------

    @property
    def _busy(self) -> bool:
        return self._active_id is not None or self._unseen_active

    def _id(self, wanted: str | None) -> str:
        return wanted or next(self._ids)

    def _require_open(self) -> None:
        if self.state is State.CONNECTING:
            raise NotConnected("the server has not said session.created yet: nothing may be sent; wait for connect()")
        if self.state is State.CLOSED:
            raise NotConnected("the session is closed: nothing can be sent; connect again")

    def _text(self, event: client.AnyClientEvent) -> str:
        self._require_open()
        self._sent.put(given(event.event_id) or "", event.type)
        return encode(event)

    def _waiting(self, event: client.SessionUpdate | client.ResponseCreate) -> Waiting:
        return Waiting(given(event.event_id) or "", self._text(event))

    def _output_format(self) -> AudioFormat:
        audio = self.session.audio if self.session is not None else None
        sink = given(audio.output) if isinstance(audio, SessionAudio) else None
        return (given(sink.format) if sink is not None else None) or AudioPcm()
