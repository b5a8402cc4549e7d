"""The sound cards and the two organs that live on them: each card is kept in use, and opened again when it was lost."""

import asyncio
import logging
from collections.abc import Callable

from oyez.card_keeper import LOOK_S, CardKeeper, Recovery
from oyez.errors import ConfigError
from oyez.hearing.ears import Ears
from oyez.speaking.voice import Voice
from oyez_hw.boards import Board
from oyez_hw.capture import Capture
from oyez_hw.faults import Fault
from oyez_hw.pcm import Samples
from oyez_hw.playback import Playback
from oyez_hw.ports import HardwareError
from oyez_hw.sound_watch import SoundWatch

log = logging.getLogger(__name__)


def threads(board: Board, zeros_s: float) -> tuple[Capture, Playback]:
    """Who reads and writes the cards. zeros_s: see SoundWatch."""
    return Capture(board.microphone, watch=SoundWatch(zeros_s)), Playback(board.speaker)


class Cards:
    """Connects capture to ears and voice to playback, and lets the ears know what is played."""

    def __init__(
        self,
        capture: Capture,
        playback: Playback,
        ears: Ears,
        voice: Voice,
        board: Board,
        recovery: Recovery,
    ) -> None:
        self._capture, self._playback = capture, playback
        self._ears, self._voice, self._recovery = ears, voice, recovery
        self.microphone = CardKeeper("microphone", board.reset_microphone, recovery)
        self.loudspeaker = CardKeeper("loudspeaker", board.reset_loudspeaker, recovery)
        self.on_playing: Callable[[], None] = lambda: None
        """The loudspeaker is open, for the first time or again."""
        self._wanted = asyncio.Event()
        self._wanted.set()
        playback.on_played = self._hear_ourselves
        playback.on_progress = voice.progressed

    def losses(self) -> dict[str, int]:
        """What was lost: cards since the start, sound on the way since each card was opened."""
        return {
            "microphone": self.microphone.losses,
            "loudspeaker": self.loudspeaker.losses,
            "card_resets": self._recovery.resets,
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
                self.microphone.rests()
                while not self._wanted.is_set():
                    await self._wanted.wait()
                self._capture.start(asyncio.get_running_loop())
                self.microphone.opened()
                try:
                    await self._ears.run(self._capture.frames())
                except ConfigError as error:  # another card, or another firmware, than the configuration is for
                    raise HardwareError(str(error), Fault.REFUSED) from error

        await self.microphone.keep(hear, self._capture.closed)

    async def keep_playing(self) -> None:
        """For ever."""

        async def play() -> None:
            self._playback.start(asyncio.get_running_loop())
            self.loudspeaker.opened()
            self.on_playing()
            self._voice.go_on_ringing()
            await self._playback.ended()

        async def close() -> bool:
            closed = await self._playback.closed()
            self._voice.lost()
            return closed

        await self.loudspeaker.keep(play, close)

    async def watch(self) -> None:
        """For ever: a card that stands still without a word is given up."""
        while True:
            heard, played = self._capture, self._playback
            self.microphone.look(heard.frames_read, heard.frames_sounding, heard.give_up)
            self.loudspeaker.look(played.last_write_s, played.last_write_s, played.give_up)
            await asyncio.sleep(LOOK_S)

    def _hear_ourselves(self, samples: Samples, audible_at_s: float) -> None:
        assert self._playback.format is not None
        self._ears.played(samples, self._playback.format.rate_hz, audible_at_s)
