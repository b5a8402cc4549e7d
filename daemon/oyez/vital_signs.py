"""Proofs that the device lives, for the watchdog: sound moves both ways, the ears hear, what they hear is searched for
wake words, the conductor answers.

Of a card that is lost it is proof enough that somebody minds it: a new process would not find it either, and this one
still has MQTT, timers and a voice to say so.
"""

import asyncio
import logging
import os
from collections.abc import Callable

from oyez.cards import Cards
from oyez.conductor import Conductor
from oyez.hearing.ears import Ears
from oyez.last_words import LastWords
from oyez.liveness import Liveness
from oyez.sentinel import Sentinel
from oyez.supervision import DEFAULT_INTERVAL_S, Notifier, supervise, watchdog_interval_s
from oyez_hw.capture import Capture
from oyez_hw.playback import Playback

log = logging.getLogger(__name__)

LONGEST_SILENCE_S = 5.0
"""An organ that gives no proof of life for so long starves the watchdog."""
PROOF_S = 0.5


class VitalSigns:
    def __init__(
        self,
        capture: Capture,
        playback: Playback,
        cards: Cards,
        ears: Ears,
        conductor: Conductor,
        clock: Callable[[], float],
        words: LastWords,
    ) -> None:
        """clock: monotonic seconds. words: where it is written down who is silent."""
        self._words, self._sentinel = words, Sentinel(words, clock, LONGEST_SILENCE_S)
        self._cards = cards
        self._capture, self._playback, self._ears, self._conductor = capture, playback, ears, conductor
        self._clock = clock
        self._liveness = Liveness(dict.fromkeys(self._proofs(), LONGEST_SILENCE_S), clock())
        self._unseen = set(self._proofs())

    def of_late(self, organ: str) -> bool:
        """It gave proof itself: nobody's promise counts."""
        return self._clock() - self._proofs()[organ] <= LONGEST_SILENCE_S

    @property
    def rests(self) -> bool:
        """The microphone is off on purpose."""
        return self._cards.microphone_rests

    @property
    def complete(self) -> bool:
        """Each was seen at work: the house is up. READY comes earlier where a card is away."""
        return not self._unseen

    async def watch(self) -> None:
        """For ever: the watchdog is fed only while all of these move."""
        self._sentinel.start()
        try:
            await self._look()
        finally:
            self._sentinel.stop()

    async def _look(self) -> None:
        while True:
            self._sentinel.beat()
            up = self.complete
            self._unseen -= {organ for organ, proof_s in self._proofs().items() if proof_s > 0.0}
            for organ, proof_s in [*self._proofs().items(), *self._minded().items()]:
                if proof_s > 0.0:
                    self._liveness.beat(organ, proof_s)
            if self.complete and not up:
                log.info("Listening for %s.", ", ".join(self._conductor.view.wake_words))
            await asyncio.sleep(PROOF_S)

    async def report(self, notifier: Notifier) -> None:
        """For ever: tells the service manager."""
        interval_s = watchdog_interval_s(os.environ, os.getpid()) or DEFAULT_INTERVAL_S
        await supervise(notifier, self._liveness, self._clock, interval_s, self._status, self._words.silent)

    def _status(self) -> str:
        view = self._conductor.view
        return view.trouble.sentence if view.trouble else f"{view.state}{', muted' if view.muted else ''}"

    def _proofs(self) -> dict[str, float]:
        # Closed on purpose, the microphone gives no proof, and no ear can.
        excused_s = self._clock() if self._cards.microphone_rests else 0.0
        return {
            "capture": max(excused_s, self._capture.last_frame_s),
            "playback": self._playback.last_write_s,
            "ears": max(excused_s, self._ears.last_heard_s),
            "scoring": max(excused_s, self._ears.scored_s),
            "conductor": self._conductor.answered_s,
        }

    def _minded(self) -> dict[str, float]:
        """A promise to look again is proof until it is broken."""
        now = self._clock()
        heard_s = min(now, self._cards.microphone.minded_until_s)
        return {
            "capture": heard_s,
            "ears": heard_s,
            "scoring": heard_s,
            "playback": min(now, self._cards.loudspeaker.minded_until_s),
        }
