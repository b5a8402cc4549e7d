"""What one can ask of a session, as coroutines: each sends one event, or lets it wait for its turn."""

from abc import ABC, abstractmethod

from oyez_realtime.client_events import AnyClientEvent
from oyez_realtime.items import Item
from oyez_realtime.messages import encode
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.responses import ResponseParameters
from oyez_realtime.sending import require_sound
from oyez_realtime.transcoding import WireEncoder
from oyez_realtime.wire import BaseClientEvent


class ClientRequests(ABC):
    """Raises NotConnected before the session is open and after its end, ConnectionLost when it breaks underneath,
    ValueError for what the protocol does not allow. Every event carries an id; one that is given is taken."""

    protocol: RealtimeProtocol
    _encoder: WireEncoder | None = None

    @abstractmethod
    async def _write(self, text: str) -> None:
        """The one door to the socket."""

    async def send(self, event: str | AnyClientEvent) -> None:
        """Sends a frame as it is, past the books: for events that the methods below do not cover.

        Raises TypeError for what is neither text nor an event that a client says.
        """
        if not isinstance(event, str | BaseClientEvent):
            raise TypeError(f"a {type(event).__name__} is no frame; give JSON text or a client event of `messages`")
        await self._write(event if isinstance(event, str) else encode(event))

    async def append_audio(self, audio: bytes) -> None:
        """Audio in the session's input format; by default 16 bit little-endian mono at 24 kHz, 48 bytes a ms."""
        await self._write(self.protocol.send_audio_append(audio))

    async def append_pcm(self, pcm: bytes, last: bool = False) -> None:
        """16 bit little-endian mono at 24 kHz, whatever the session's input format: G.711 is made of it here.

        last: the stream ends; the few ms that resampling holds back go out. Then `pcm` may be empty.
        """
        require_sound(pcm, 2)
        audio_format = self.protocol.input_format
        if self._encoder is None or self._encoder.audio_format != audio_format:
            self._encoder = WireEncoder(audio_format)
        audio = self._encoder.encode(pcm, last)
        if last:
            self._encoder = None
        if audio:
            await self._write(self.protocol.send_audio_append(audio))

    async def commit_audio(self, event_id: str | None = None) -> None:
        await self._write(self.protocol.send_audio_commit(event_id))

    async def clear_audio(self, event_id: str | None = None) -> None:
        await self._write(self.protocol.send_audio_clear(event_id))

    async def item_create(self, item: Item, previous_item_id: str | None = None, event_id: str | None = None) -> None:
        await self._write(self.protocol.send_item_create(item, previous_item_id, event_id))

    async def item_retrieve(self, item_id: str, event_id: str | None = None) -> None:
        await self._write(self.protocol.send_item_retrieve(item_id, event_id))

    async def item_truncate(
        self, item_id: str, audio_end_ms: int, content_index: int = 0, event_id: str | None = None
    ) -> None:
        await self._write(self.protocol.send_item_truncate(item_id, audio_end_ms, content_index, event_id))

    async def item_delete(self, item_id: str, event_id: str | None = None) -> None:
        await self._write(self.protocol.send_item_delete(item_id, event_id))

    async def response_create(self, parameters: ResponseParameters | None = None, event_id: str | None = None) -> None:
        """Returns at once; when a response is running the request goes out after its end."""
        text = self.protocol.send_response_create(parameters, event_id)
        if text is not None:
            await self._write(text)
