"""A client's sinks: the model's audio on its way out of the library."""

from oyez_realtime.media import MediaParameters, Played, Sink
from oyez_realtime.media_router import MediaRouter
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.response_events import ResponseOutputAudioDelta, ResponseOutputAudioDone
from oyez_realtime.server_events import InputAudioBufferSpeechStarted
from oyez_realtime.tolerance import ServerEvent


class ClientMedia:
    """Any number of sinks, attached before `connect` or after, each served at its own pace."""

    protocol: RealtimeProtocol
    _media: MediaRouter

    async def send_media_to(self, sink: Sink, parameters: MediaParameters | None = None) -> None:
        """Sends the model's audio to `sink` from now on, PCM16 mono at 24 kHz as fast as it is spoken, until
        `stop_media_to` or `close`.

        Raises what the sink's `open` raises, TypeError for what is no sink, ValueError for one that is served already.
        """
        await self._media.attach(sink, parameters or MediaParameters())

    async def stop_media_to(self, sink: Sink) -> None:
        """Detaches the sink at once, in mid-answer too, and closes it; what waits for it is forgotten."""
        await self._media.detach(sink)

    def played(self, sink: Sink) -> list[Played]:
        """How far the sink got in each part of an answer, oldest first, for `heard`. ValueError: it is not served."""
        return self._media.played(sink)

    def dropped_ms(self, sink: Sink) -> int:
        """Audio that the sink never got because too much waited for it. ValueError: it is not served."""
        return self._media.dropped_ms(sink)

    async def drain_media(self) -> None:
        """Returns when every sink has played what it was given."""
        await self._media.drain()

    def _interrupt(self, response_id: str | None = None) -> list[str]:
        """Silences the sinks; the texts that tell the server how much was heard, where a sink is to tell it."""
        cut = self._media.interrupt(response_id)
        texts = [self.protocol.send_heard(part.item_id, part.played_ms, part.content_index) for part in cut]
        return [text for text in texts if text is not None]

    def _play(self, event: ServerEvent) -> list[str]:
        """Serves the sinks with what is in the event. Speech silences them where the server stops its answer too."""
        if isinstance(event, InputAudioBufferSpeechStarted) and self.protocol.interrupts_on_speech:
            return self._interrupt()
        if isinstance(event, ResponseOutputAudioDelta | ResponseOutputAudioDone):
            self._media.take(event, self.protocol.output_format_of(event.response_id))
        return []
