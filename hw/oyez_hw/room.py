"""The air of the simulated Room: what its microphones hear when people, noise and the device's own loudspeaker sound.

No clock and no device: `simulated.py` and `virtual_card.py` move sound in and out. Room time is seconds since
`epoch_s`. Methods may be called from any thread; callbacks come in whichever thread calls `hear`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from oyez_hw.acoustics import (
    SPEED_OF_SOUND_M_S,
    Floats,
    active_dbfs,
    amplitude,
    at_each_ear,
    convolved,
    dbfs,
    mono_floats,
    plane_wave_delays_s,
    resampled,
    sampled_at,
)
from oyez_hw.crossing import guard
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.room_listener import Listener, Prompter
from oyez_hw.room_script import LoadedScript
from oyez_hw.room_settings import Ear, RoomSettings, spoil
from oyez_hw.tape import Tape

__all__ = ["Ear", "Room", "RoomEvent", "RoomSettings", "Utterance"]

DRIFT_MARGIN = 20
"""Frames on either side for the interpolation between two clocks."""


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """kind: speech_begins, speech_ends, reply_begins, reply_ends or script_done."""

    kind: str
    time_s: float
    """Room time."""
    label: str = ""


@dataclass(slots=True)
class Utterance:
    """Something said in the room. Times are room time."""

    label: str
    start: int
    """Index of the microphone frame at which it begins."""
    sound: Floats = field(repr=False)
    """At the device's middle."""
    at_ears: list[Floats] = field(repr=False)
    """At each ear, where it came from a direction; empty: all hear the same."""
    level_dbfs: float
    on_done: Callable[[], None] | None = field(repr=False)
    begun: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.sound)


class Room:
    def __init__(
        self,
        microphone: PcmFormat,
        loudspeaker: PcmFormat,
        settings: RoomSettings | None = None,
        *,
        epoch_s: float,
        script: LoadedScript | None = None,
    ) -> None:
        """Raises ValueError when `settings.ears` are not one a channel."""
        self.microphone, self.loudspeaker, self.epoch_s = microphone, loudspeaker, epoch_s
        self.settings = settings or RoomSettings()
        if self.settings.ears and len(self.settings.ears) != microphone.channels:
            raise ValueError(f"the room has {len(self.settings.ears)} ears for {microphone.channels} channel(s)")
        self.heard = Tape(loudspeaker.rate_hz, loudspeaker.channels)
        """What the loudspeaker really made audible, by its frame index in room time."""
        self.first_microphone = Tape(microphone.rate_hz, 1)
        """What microphone 0 heard, by its frame index in room time."""
        self.said: list[Utterance] = []
        self.events: list[RoomEvent] = []
        self.on_event: Callable[[RoomEvent], None] | None = None
        self.guard = guard()
        self.capture_hz = microphone.rate_hz * (1 + self.settings.capture_drift_ppm * 1e-6)
        """Microphone frames in a second of room time."""
        self._rng = np.random.default_rng(self.settings.seed)
        self._now = 0
        """Microphone frames heard so far: room time in them."""
        self._speaking: list[Utterance] = []
        self._script = script
        steps, gap_s = (script.script.steps, script.script.reply_gap_s) if script else ([], 0.7)
        self._listener = Listener(script.script.reply_min_s if script else 0.6, gap_s)
        self._prompter = Prompter(steps, gap_s)
        self._script_done = not steps

    @property
    def now_s(self) -> float:
        """Room time up to which the microphones have heard, or could have."""
        return self._now / self.capture_hz

    def monotonic_s(self, room_s: float) -> float:
        return self.epoch_s + room_s

    def say(
        self,
        samples: npt.NDArray[np.int16] | npt.NDArray[np.floating],
        rate_hz: int,
        level_dbfs: float = -26.0,
        *,
        at_s: float | None = None,
        distance_m: float = 0.0,
        direction_deg: float | None = None,
        impulse_response: Floats | None = None,
        label: str = "",
        on_done: Callable[[], None] | None = None,
    ) -> float:
        """Speaks a recording into the room; returns the room time at which it reaches the microphone.

        samples:    (n,) or (n, channels), int16 or float of full scale 1.0, at any rate.
        level_dbfs: RMS of its spoken part at a microphone of gain 0 dB, 0 dBFS being a full-scale square wave.
        at_s:       room time; None or past: now.
        direction_deg: where it comes from as a plane wave, 0 the front, 90 the right: each ear hears it by its place,
                    the nearest one first. None: all at once.
        impulse_response: of the way to the microphone, at the microphone's rate.
        on_done:    called once when it has been heard to its end, in the microphone's thread.
        """
        sound = resampled(mono_floats(samples), rate_hz, self.microphone.rate_hz)
        if impulse_response is not None:
            sound = convolved(sound, impulse_response)
        level = active_dbfs(sound, self.microphone.rate_hz)
        if math.isfinite(level):
            sound = sound * np.float32(amplitude(level_dbfs - level))
        at_ears: list[Floats] = []
        if direction_deg is not None:
            places = [(ear.x_mm, ear.y_mm) for ear in self._ears()]
            at_ears = at_each_ear(sound, plane_wave_delays_s(places, direction_deg), self.microphone.rate_hz)
        with self.guard:
            wanted = self._now if at_s is None else max(self._now, round(at_s * self.capture_hz))
            start = wanted + round(distance_m / SPEED_OF_SOUND_M_S * self.microphone.rate_hz)
            utterance = Utterance(label, start, sound, at_ears, level_dbfs, on_done)
            self.said.append(utterance)
            self._speaking.append(utterance)
        return start / self.capture_hz

    def play(self, at: int, samples: Samples) -> None:
        """The loudspeaker made (frames, channels) audible, from this frame index of room time on."""
        with self.guard:
            self.heard.write(at, samples)

    def hear(self, start: int, frames: int) -> Samples:
        """What the microphones hear in these frames of room time: int16 (frames, channels). Time only goes forward."""
        with self.guard:
            self._follow_script(start, frames)
            mix = self._noise(frames)
            ears = [(round(ear.delay_s * self.microphone.rate_hz), amplitude(ear.gain_db)) for ear in self._ears()]
            earliest, latest = min(late for late, _ in ears), max(late for late, _ in ears)
            span = frames + latest - earliest
            air = self._voices(start - latest, span)
            if self.settings.loudspeaker_mm is None:
                air += self._echo(start - latest, span)
            for channel, (late, gain) in enumerate(ears):
                directed = self._voices(start - late, frames, channel) + self._echo_of(start - late, frames, channel)
                mix[:, channel] += (air[latest - late : latest - late + frames] + directed) * np.float32(gain)
            spoil(mix, self.settings.ears)
            samples = np.clip(np.rint(mix * 32768), -32768, 32767).astype(np.int16)
            self.first_microphone.write(start, samples[:, :1])
            self._now = start + frames
            self._finish_utterances()
        return samples

    def pass_by(self, until: int) -> None:
        """Nobody hears, as while the card is unplugged, but time passes: to this microphone frame of room time."""
        with self.guard:
            self._now = max(self._now, until)

    def _ears(self) -> tuple[Ear, ...]:
        return self.settings.ears or (Ear(),) * self.microphone.channels

    def _noise(self, frames: int) -> Floats:
        shape = (frames, self.microphone.channels)
        if self.settings.noise_dbfs is None:
            return np.zeros(shape, np.float32)
        noise = self._rng.standard_normal(shape, dtype=np.float32)
        return noise * np.float32(amplitude(self.settings.noise_dbfs))

    def _voices(self, start: int, frames: int, ear: int | None = None) -> Floats:
        """What all hear alike, or what that ear hears of those who speak from a direction."""
        mix = np.zeros(frames, np.float32)
        for utterance in self._speaking:
            if bool(utterance.at_ears) == (ear is None):
                continue
            sound = utterance.sound if ear is None else utterance.at_ears[ear]
            first, last = max(start, utterance.start), min(start + frames, utterance.start + len(sound))
            if first < last:
                mix[first - start : last - start] += sound[first - utterance.start : last - utterance.start]
        return mix

    def _echo_of(self, start: int, frames: int, channel: int) -> Floats:
        """The echo at that ear, where each hears it by its own distance."""
        if self.settings.loudspeaker_mm is None:
            return np.zeros(frames, np.float32)
        return self._echo(start, frames, self.settings.echo_later_s(self._ears()[channel]))

    def _echo(self, start: int, frames: int, later_s: float = 0.0) -> Floats:
        """The echo in these frames of the microphones' own clock."""
        if self.settings.echo_gain_db is None:
            return np.zeros(frames, np.float32)
        if not self.settings.capture_drift_ppm and not later_s:
            return self._steady_echo(start, frames)
        at = np.arange(start, start + frames) * (self.microphone.rate_hz / self.capture_hz)
        at -= later_s * self.microphone.rate_hz
        first, last = math.floor(at[0]) - DRIFT_MARGIN, math.ceil(at[-1]) + DRIFT_MARGIN
        echo = self._steady_echo(first, last - first)
        return sampled_at(echo, at - first) if echo.any() else np.zeros(frames, np.float32)

    def _steady_echo(self, start: int, frames: int) -> Floats:
        """The loudspeaker's recent past at the microphones' nominal rate, delayed, through the room's response."""
        settings = self.settings
        response = settings.echo_response
        before = len(response) - 1 if response is not None else 0
        first = start - round(settings.echo_delay_s * self.microphone.rate_hz) - before
        sound = self._loudspeaker(first, before + frames)
        if response is not None and sound.any():
            sound = convolved(sound, response)[before : before + frames]
        return sound[-frames:] * np.float32(amplitude(settings.echo_gain_db or 0.0))

    def _loudspeaker(self, first: int, frames: int) -> Floats:
        """These frames, counted at the microphones' rate. Resampled in whole steps of both rates, with a margin."""
        mic_hz, speaker_hz = self.microphone.rate_hz, self.loudspeaker.rate_hz
        common = math.gcd(mic_hz, speaker_hz)
        mic_step, speaker_step = mic_hz // common, speaker_hz // common
        margin = math.ceil(mic_hz / 100 / mic_step) if mic_hz != speaker_hz else 0
        low, high = first // mic_step - margin, -(-(first + frames) // mic_step) + margin
        raw = self.heard.read(low * speaker_step, (high - low) * speaker_step)
        if not raw.any():
            return np.zeros(frames, np.float32)
        offset = first - low * mic_step
        return resampled(mono_floats(raw), speaker_hz, mic_hz)[offset : offset + frames]

    def _follow_script(self, start: int, frames: int) -> None:
        mic_hz, speaker_hz = self.capture_hz, self.loudspeaker.rate_hz
        begin_s, end_s = start / mic_hz, (start + frames) / mic_hz
        raw = self.heard.read(round(begin_s * speaker_hz), max(1, round((end_s - begin_s) * speaker_hz)))
        reply = self._listener.heard(begin_s, end_s, dbfs(mono_floats(raw)))
        if reply is not None:
            self._prompter.replied(reply)
            self._tell(RoomEvent(reply.kind, reply.at_s))
        self._now = start
        due = self._prompter.due(begin_s, self._listener.last_sound_s)
        if due is not None and self._script is not None:
            self._speak_step(self._script, *due)

    def _speak_step(self, loaded: LoadedScript, number: int, at_s: float) -> None:
        step, recording, response = loaded.script.steps[number], loaded.recordings[number], loaded.responses[number]
        self.say(
            recording.sound,
            recording.rate_hz,
            step.level_dbfs,
            at_s=at_s,
            distance_m=step.distance_m,
            direction_deg=step.direction_deg,
            impulse_response=resampled(response.sound, response.rate_hz, self.microphone.rate_hz) if response else None,
            label=step.label or step.wav,
        )
        self._prompter.spoken(self.said[-1].end / self.capture_hz)

    def _finish_utterances(self) -> None:
        for utterance in list(self._speaking):
            if not utterance.begun and utterance.start < self._now:
                utterance.begun = True
                self._tell(RoomEvent("speech_begins", utterance.start / self.capture_hz, utterance.label))
            if utterance.end + self.microphone.rate_hz // 10 <= self._now:  # the latest ear has had it too
                self._speaking.remove(utterance)
                self._tell(RoomEvent("speech_ends", utterance.end / self.capture_hz, utterance.label))
                if utterance.on_done is not None:
                    utterance.on_done()
        if not self._script_done and self._prompter.done and not self._speaking:
            self._script_done = True
            self._tell(RoomEvent("script_done", self.now_s))

    def _tell(self, event: RoomEvent) -> None:
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)
