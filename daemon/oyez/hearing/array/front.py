"""Pure: from the card's channels to one signal in blocks of 10 ms, with the direction that speech came from.

One microphone, a clean channel, `hearing.channel` or `beam = "off"` cost what a mixdown costs. Several become one by
filters that `steering.py` renews: at most some times a second, never while the loudspeaker plays, so that the way of
the echo stays the same.
"""

from dataclasses import dataclass

import numpy as np

from oyez.config_hearing import Board, Hearing
from oyez.hearing.array.channels import Channels, channels_of
from oyez.hearing.array.field import BATCH
from oyez.hearing.array.filterbank import FilterBank
from oyez.hearing.array.geometry import places_m
from oyez.hearing.array.health import Health
from oyez.hearing.array.steering import Kind, Steering
from oyez.hearing.array.streams import Many, Streams, chosen
from oyez.hearing.array.weights import LAG
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono, mixdown
from oyez_hw.pcm import Frame

VOICED_BLOCKS = 15
"""After speech what follows counts as speech for 150 ms: a judge answers late, and between syllables not at all."""
AUTO: Kind = "mvdr"
"""What `beam = "auto"` means where the microphones' places are known; docs/arrays.md has the measurement."""


@dataclass(slots=True)
class Picked:
    sound: Mono
    """(160,) at 16 kHz."""
    far: Mono | None
    """What the board's loop-back channels carried meanwhile; None: it has none."""
    end_s: float
    """Capture time (monotonic) of the last sample."""


class Front:
    def __init__(self, board: Board, hearing: Hearing) -> None:
        self._board, self._hearing = board, hearing
        self._channels: Channels | None = None
        self._streams: Streams | None = None
        self._delivered = 0
        self._array: _Array | None = None
        self._held = False
        self._voiced_left: int | None = None

    @property
    def direction_deg(self) -> float | None:
        """Where the last speech came from, -180 to 180: 0 is the board's front, 90 its right; None: not known."""
        return self._array.steering.direction_deg if self._array else None

    @property
    def snr_gain_db(self) -> float | None:
        """By how much the beam weakens the room's sound of late against one microphone; None: no beam, or not yet."""
        return self._array.steering.snr_gain_db if self._array else None

    @property
    def dead_channels(self) -> tuple[int, ...]:
        """Channels of the card that are left out because they do not work."""
        return tuple(sorted(self.faults))

    @property
    def faults(self) -> dict[int, str]:
        """Channel: what is wrong with it, for a person, e.g. `delivers no sound`."""
        if self._array is None or self._channels is None:
            return {}
        return {self._channels.microphones[place]: why for place, why in self._array.health.faults.items()}

    @property
    def lag_s(self) -> float:
        """How much later than it was captured a block comes, waiting for whole blocks left out."""
        return LAG / RATE_HZ if self._array else 0.0

    @property
    def turns(self) -> bool:
        """Several microphones become one: it needs to be told when somebody speaks."""
        return self._array is not None

    def take(self, frame: Frame) -> list[Picked]:
        """The blocks that are whole now. Raises ConfigError for a channel that the card does not have."""
        delivered = frame.samples.shape[1]
        if self._channels is None or delivered != self._delivered:
            self._channels = channels_of(self._board, self._hearing, delivered)
            self._delivered = delivered  # only now: a card that does not fit is refused each time
            self._array = _Array(self._channels, self._hearing) if self._channels.beam else None
            self._streams = None
        wanted = self._wanted(frame, self._channels)
        if self._streams is None or self._streams.from_hz != frame.rate_hz:
            self._streams = Streams(frame.rate_hz, wanted.shape[1])
        sound, end_s = self._streams.feed(wanted, frame.time_s)
        return self._picked(sound, end_s, self._channels) if len(sound) else []

    def voiced(self, on: bool) -> None:
        """A judge of speech says this of the next block in turn. Never told: what rises above the floor is speech."""
        left = self._voiced_left or 0
        self._voiced_left = VOICED_BLOCKS if on else max(0, left - 1)

    def hold(self, on: bool) -> None:
        """While the loudspeaker plays: the beam stays, and nothing is learnt."""
        self._held = on

    def between(self, from_s: float, to_s: float) -> float | None:
        """Where the voice in that span of capture time came from; None: not clear, or longer ago than 5 s."""
        return self._array.steering.between(from_s, to_s) if self._array else None

    def clear(self) -> None:
        """Forgets sound and directions; what is known of the microphones stays."""
        self._streams = None
        self._voiced_left = None if self._voiced_left is None else 0
        if self._array is not None:
            self._array.clear()

    def _wanted(self, frame: Frame, channels: Channels) -> Many:
        """(frames, signals): the microphones or what becomes of them without a beam, then the mean reference."""
        if self._array is not None:
            own = chosen(frame.samples, channels.microphones)
        else:
            own = mixdown(chosen(frame.samples, channels.microphones))[:, None]
        if not channels.references:
            return own
        return np.concatenate([own, mixdown(chosen(frame.samples, channels.references))[:, None]], axis=1)

    def _picked(self, sound: Many, end_s: float, channels: Channels) -> list[Picked]:
        own, far = (sound[:, :-1], sound[:, -1]) if channels.references else (sound, None)
        if self._array is None:
            mono: Mono = np.ascontiguousarray(own[:, 0])
        else:
            voiced = self._voiced_left is None or self._voiced_left > 0
            mono, far = self._array.feed(own, far, end_s, learn=not self._held, voiced=voiced)
            end_s -= self.lag_s
        return [
            Picked(
                mono[at : at + BLOCK],
                None if far is None else np.ascontiguousarray(far[at : at + BLOCK]),
                end_s - (len(mono) - at - BLOCK) / RATE_HZ,
            )
            for at in range(0, len(mono), BLOCK)
        ]


class _Array:
    """The part of the front that exists only where microphones are added up."""

    def __init__(self, channels: Channels, hearing: Hearing) -> None:
        self._channels = channels
        self._kind: Kind = "sum" if hearing.beam == "sum" else "mvdr" if hearing.beam == "mvdr" else AUTO
        self.health = Health(len(channels.microphones))
        self._build()
        self._waiting: list[Many] = []
        self._far_tail = np.zeros(LAG, np.int16)

    def _build(self) -> None:
        """Steering and filters for the microphones that work."""
        channels = self._channels
        self._kept = [place for place in range(len(channels.microphones)) if place not in self.health.faults]
        places = [channels.places[place] for place in self._kept] if channels.places else []
        gains_db = np.array([place.gain_db for place in places]) if places else np.zeros(len(self._kept))
        known = places_m(places) if places else None
        self.steering = Steering(known, len(self._kept), gains_db, self._kind if places else "sum")
        self._bank = FilterBank(self.steering.start())

    def feed(
        self, sound: Many, far: Mono | None, end_s: float, *, learn: bool, voiced: bool
    ) -> tuple[Mono, Mono | None]:
        """sound: (n, microphones). As many come out, LAG samples late, and the reference as late as they."""
        kept = sound[:, self._kept] if len(self._kept) < sound.shape[1] else sound
        out = self._bank.feed(kept)
        if learn:
            self._learn(sound, end_s, voiced=voiced)
        else:
            self._waiting.clear()
        if far is not None:
            both = np.concatenate([self._far_tail, far])
            far, self._far_tail = both[: len(far)], both[len(far) :]
        return out, far

    def _learn(self, sound: Many, end_s: float, *, voiced: bool) -> None:
        self._waiting.append(sound)
        held = sum(map(len, self._waiting))
        if held < BATCH:
            return
        batch = np.concatenate(self._waiting)
        self._waiting = [batch[BATCH:]]
        if self.health.hear(batch[:BATCH]) and len(self.health.faults) < batch.shape[1]:
            self._build()
        if len(self._kept) < 2:
            return
        batch_end_s = end_s - (held - BATCH) / RATE_HZ
        filters = self.steering.hear(batch[:BATCH, self._kept], batch_end_s, voiced=voiced)
        if filters is not None:
            self._bank.change(filters)

    def clear(self) -> None:
        self._waiting.clear()
        self._far_tail = np.zeros(LAG, np.int16)
        self._bank.clear()
        self.steering.forget()
