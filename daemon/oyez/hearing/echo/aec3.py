"""The device's own loudspeaker taken out of what its microphones hear: WebRTC's AEC3.

AEC3 finds the delay itself and bears drifting clocks and a poor loudspeaker. It costs three times the wake word, so
while nothing was played for HANGOVER_S it rests; 10 ms of crossfade hide the change.
"""

import numpy as np
from pywebrtc_audio import EchoCanceller as Aec3

from oyez.hearing.blocks import BLOCK, BLOCK_MS, RATE_HZ
from oyez.hearing.mixdown import Mono

HANGOVER_S = 1.5
"""Longer than any room's echo: after so much silence there is nothing to take out."""
DELAY = 128
"""Samples by which AEC3's output lags (measured; two of its own blocks). What passes it by is held back as long, so
that nothing is lost or said twice when it sets in."""
DELAY_S = DELAY / RATE_HZ
LEARN_S = 1.0
"""Of loudspeaker sound, since the start. Before it AEC3 leaves up to 0.65 s of echo that a VAD takes for speech
(54 synthetic rooms; none of them opens the gate after it). Not enough for every device: of two real recordings one
still opened it 1.5 s into the first reply. A chime is a fifth of it; what was learned outlives a rest."""
DITHER = 3
"""Resampled silence is not quite silent: AEC3 need not work for that."""
TAIL_S = 0.3
"""So long after the loudspeaker fell silent the room may still answer."""
AUDIBLE = 50
"""Mean magnitude of 10 ms from which it teaches anything: -56 dBFS."""
_RISE = np.linspace(0.0, 1.0, BLOCK, dtype=np.float32)


class EchoCanceller:
    """10 ms at a time, 16 kHz mono; what comes out lags by DELAY samples. Not thread-safe."""

    def __init__(self) -> None:
        self._aec3 = Aec3(sample_rate=RATE_HZ, num_channels=1)
        self._late: Mono = np.zeros(DELAY, np.int16)
        self._hangover = 0
        self._silent_blocks = 0
        self._taught_blocks = 0
        self._working = False

    @property
    def working(self) -> bool:
        """Whether something was played a moment ago."""
        return self._working

    @property
    def unsure(self) -> bool:
        """The loudspeaker sounds and the canceller does not know the room yet: what is left may be echo."""
        silent_s = self._silent_blocks * BLOCK_MS / 1000
        return self._working and silent_s < TAIL_S and self._taught_blocks * BLOCK_MS < LEARN_S * 1000

    def cancel(self, near: Mono, far: Mono) -> Mono:
        """`near` without what `far`, audible at the same time, left in it. Both (160,)."""
        waiting = np.concatenate([self._late, near])
        late, self._late = waiting[:BLOCK], waiting[BLOCK:]
        played = bool(np.any(np.abs(far.astype(np.int32)) > DITHER))
        self._hangover = round(HANGOVER_S * 1000 / BLOCK_MS) if played else max(0, self._hangover - 1)
        loud = played and float(np.abs(far.astype(np.int32)).mean()) >= AUDIBLE
        self._taught_blocks += loud
        self._silent_blocks = 0 if loud else self._silent_blocks + 1
        was, self._working = self._working, self._hangover > 0
        if not (was or self._working):
            return late
        clean: Mono = self._aec3.process(near, far)
        if was and self._working:
            return clean
        share = _RISE if self._working else _RISE[::-1]
        mixed: Mono = np.rint(clean * share + late * (1.0 - share)).astype(np.int16)
        return mixed

    def rest(self, near: Mono) -> None:
        """As cancel(near, silence) while not working, its answer left out: the block before, 32 samples on."""
        self._late = near[BLOCK - DELAY :]
        self._silent_blocks += 1
