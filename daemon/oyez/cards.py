"""The sound cards and the two organs that live on them: each card is kept in use, and opened again when it was lost."""

import asyncio
import logging
from collections.abc import Callable

from oyez.card_keeper import keep
from oyez.hearing.ears import Ears
from oyez.speaking.voice import Voice
from oyez.troubles import Troubles
from oyez_hw.capture import Capture
from oyez_hw.pcm import Samples
from oyez_hw.playback import Playback

log = logging.getLogger(__name__)


class Cards:
    """Connects capture to ears and voice to playback, and lets the ears know what is played."""

    def __init__(self, capture: Capture, playback: Playback, ears: Ears, voice: Voice, troubles: Troubles) -> None:
        self._capture, self._playback = capture, playback
        self._ears, self._voice, self._troubles = ears, voice, troubles
        self.on_playing: Callable[[], None] = lambda: None
        """The loudspeaker is open, for the first time or again."""
        self._wanted = asyncio.Event()
        self._wanted.set()
        playback.on_played = self._hear_ourselves
        playback.on_progress = voice.progressed

    def losses(self) -> dict[str, int]:
        """What was lost on the way, since each card was opened."""
        return {
            "capture_overruns": self._capture.xruns,
            "playback_underruns": self._playback.xruns,
            "frames": self._capture.frames_dropped,
            "frames_unscored": self._ears.counters.scoring_skipped,
        }

    def listen(self, on: bool) -> None:
        """Off: the microphone's card is closed with the period in hand, and nothing is read until it is on again."""
        if on == self._wanted.is_set():
            return
        log.info("The microphone's card is %s.", "opened" if on else "closed: muted")
        if on:
            self._wanted.set()
        else:
            self._wanted.clear()
            self._capture.finish()

    @property
    def microphone_rests(self) -> bool:
        """It is closed on purpose: nobody may miss its sound."""
        return not self._wanted.is_set()

    async def keep_hearing(self) -> None:
        """For ever."""

        async def hear() -> None:
            while True:  # the sound ends in order where the microphone is to rest
                while not self._wanted.is_set():
                    await self._wanted.wait()
                self._capture.start(asyncio.get_running_loop())
                self._troubles.gone("microphone")
                await self._ears.run(self._capture.frames())

        await keep("microphone", hear, self._capture.stop, self._troubles)

    async def keep_playing(self) -> None:
        """For ever."""

        async def play() -> None:
            self._playback.start(asyncio.get_running_loop())
            self._troubles.gone("loudspeaker")
            self.on_playing()
            self._voice.go_on_ringing()
            await self._playback.ended()

        def give_up() -> None:
            self._playback.stop()
            self._voice.lost()

        await keep("loudspeaker", play, give_up, self._troubles)

    def _hear_ourselves(self, samples: Samples, audible_at_s: float) -> None:
        assert self._playback.format is not None
        self._ears.played(samples, self._playback.format.rate_hz, audible_at_s)
