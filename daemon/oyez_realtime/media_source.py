"""The model's audio out of a session's events: decoded, numbered, without what was interrupted. Pure."""

from oyez_realtime.ledger import Recent
from oyez_realtime.media_queue import Chunk
from oyez_realtime.response_events import ResponseOutputAudioDelta, ResponseOutputAudioDone
from oyez_realtime.session_objects import AudioFormat
from oyez_realtime.tolerance import ServerEvent
from oyez_realtime.transcoding import WireDecoder

PARTS_MAX = 64

Part = tuple[str, int]


class MediaSource:
    """Told of every event, so that a sink which is attached in the middle of an answer hears on from there."""

    def __init__(self) -> None:
        self._decoders: Recent[Part, WireDecoder] = Recent(PARTS_MAX)
        self._offsets: Recent[Part, int] = Recent(PARTS_MAX)
        self._latest: Recent[str, bool] = Recent(PARTS_MAX)
        self._cut_responses: Recent[str, bool] = Recent(PARTS_MAX)
        self._cut_items: Recent[str, bool] = Recent(PARTS_MAX)

    def take(self, event: ServerEvent, audio_format: AudioFormat) -> Chunk | None:
        """audio_format: that of the event's response."""
        if isinstance(event, ResponseOutputAudioDelta):
            return self._chunk(event, event.delta, False, audio_format)
        if isinstance(event, ResponseOutputAudioDone):
            return self._chunk(event, b"", True, audio_format)
        return None

    def cut(self, response_id: str | None = None, item_id: str | None = None) -> None:
        """What still comes of it is not wanted. Neither named: of all that has been heard of so far."""
        if response_id is not None:
            self._cut_responses.put(response_id, True)
        if item_id is not None:
            self._cut_items.put(item_id, True)
        if response_id is None and item_id is None:
            for known in self._latest.newest():
                self._cut_responses.put(known, True)

    def _chunk(
        self,
        event: ResponseOutputAudioDelta | ResponseOutputAudioDone,
        audio: bytes,
        last: bool,
        audio_format: AudioFormat,
    ) -> Chunk | None:
        part = (event.item_id, event.content_index)
        self._latest.put(event.response_id, True)
        decoder = self._decoders.get(part)
        if decoder is None:
            decoder = WireDecoder(audio_format)
            self._decoders.put(part, decoder)
        pcm = decoder.decode(audio, last)
        if last:
            self._decoders.pop(part)
        offset = self._offsets.get(part) or 0
        self._offsets.put(part, offset + len(pcm))
        if not pcm or event.response_id in self._cut_responses or event.item_id in self._cut_items:
            return None
        return Chunk(event.response_id, event.item_id, event.content_index, offset, pcm)
