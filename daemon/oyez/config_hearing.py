"""The tables [board] and [hearing]: which card, what is on it, and how it is listened to."""

from typing import Annotated, Literal

from msgspec import Meta

from oyez.config_section import Identifier, Positive, PositiveInt, Section


class MicrophonePlace(Section, frozen=True, kw_only=True):
    """One microphone of an array: which channel of the card it is, and where it sits on the board."""

    channel: Annotated[int, Meta(ge=0, le=63)]
    """Of the card, from 0."""
    x_mm: float
    """To the right of the board's middle, seen from above."""
    y_mm: float
    """Towards the front of the board: direction 0 degrees; 90 degrees is to the right."""
    z_mm: float = 0.0
    gain_db: Annotated[float, Meta(ge=-24.0, le=24.0)] = 0.0
    """What its signal is corrected by, so that all are alike."""


Width = Literal[16, 24, 32]


class Board(Section, frozen=True, kw_only=True):
    name: str = "alsa"
    """A board of the catalogue (docs/boards.md), which says everything below that is not written here; `auto`: the one
    that this machine shows; `alsa`: any card, as written here; `simulated`: the Room."""
    capture_device: str = "default"
    """ALSA name of the microphone, as `oyez-hw list` prints it, or `usb:PORT`."""
    playback_device: str = "default"
    """ALSA name of the loudspeaker."""
    capture_rate_hz: PositiveInt = 16_000
    capture_channels: Annotated[int, Meta(ge=1, le=64)] = 1
    capture_width_bits: Width = 16
    """To ask the card for; what it gives in its place is taken."""
    playback_rate_hz: PositiveInt = 48_000
    playback_channels: Annotated[int, Meta(ge=1, le=8)] = 2
    playback_width_bits: Width = 16
    period_ms: Annotated[int, Meta(ge=5, le=100)] = 20
    """One read or write; a reply is cut within one."""
    mixer_control: str = ""
    """ALSA mixer element for the volume, e.g. `Speaker`; empty: the volume is applied in software."""
    mixer_range_db: tuple[float, float] | None = None
    """Of that element: the lowest that is heard, and the loudest that does not distort; volume 1 is the latter."""
    zeros_s: Annotated[float, Meta(ge=0.0, le=3600.0)] = 60.0
    """A microphone that gives nothing but zeros for so long is taken for lost; 0: never, for one that gates its noise
    or has a mute switch of its own."""
    room_script: str = ""
    """Simulated board only: a JSON file that tells the Room what is spoken when (see docs/room.md)."""
    microphones: list[MicrophonePlace] = []
    """`[[board.microphones]]`, one a microphone; empty: every channel that is no reference, places unknown."""
    reference_channels: list[Annotated[int, Meta(ge=0, le=63)]] = []
    """Capture channels that carry what the loudspeaker plays (loop-back)."""
    clean_channel: Annotated[int, Meta(ge=0, le=63)] | None = None
    """A board with its own signal processor delivers here what it has cancelled already: ours stands aside."""


BargeIn = Literal["speech", "wake_word", "off"]
SHIPPED_WORDS = ("hey_jarvis", "alexa", "hey_mycroft", "okay_nabu")
"""Wake words whose models come with the engine."""
Sensitivity = Literal["low", "medium", "high"]


class Word(Section, frozen=True, kw_only=True):
    """A word that the device listens for, with a model of one's own or settings of its own."""

    name: Identifier
    model: str = ""
    """File of a microWakeWord (.json beside its .tflite) or openWakeWord (.tflite) model; empty: the shipped one."""
    sensitivity: Sensitivity | None = None
    """None: hearing.sensitivity."""
    threshold: Annotated[float, Meta(gt=0.0, lt=1.0)] | None = None
    """Score at which it counts as heard; overrides the sensitivity."""


class Hearing(Section, frozen=True, kw_only=True):
    wake_words: tuple[Identifier, ...] = ("hey_jarvis",)
    """Each begins a conversation: names of shipped models or of `[[hearing.words]]`. Enrolled phrases are added."""
    wake_word: Identifier | None = None
    """Old spelling of wake_words with one word; it wins where both stand."""
    stop_words: tuple[Identifier, ...] = ("stop",)
    """Each silences the device, also in the middle of a reply, as soon as there is a model of that name in
    `[[hearing.words]]` or an enrolled phrase: none ships (docs/wake.md says why)."""
    words: list[Word] = []
    """`[[hearing.words]]`: models of one's own, and settings of single words."""
    sensitivity: Sensitivity = "medium"
    """Of every word that has none of its own. High hears more and fires falsely more often: docs/wake.md."""
    wake_threshold: Annotated[float, Meta(gt=0.0, lt=1.0)] | None = None
    """Score at which every word counts as heard; unset: by its sensitivity."""
    wake_refractory_s: Positive = 1.5
    """After a wake word the next one is not believed for so long."""
    preroll_s: Annotated[float, Meta(ge=0.5, le=10.0)] = 2.0
    """Sound kept in memory, so that what was said while the line opens is whole."""
    channel: Annotated[int, Meta(ge=0, le=63)] | None = None
    """Take this microphone alone; unset: the mean of all."""
    vad_mode: Annotated[int, Meta(ge=0, le=3)] = 1
    """WebRTC VAD, whose yes a better judge checks: 0 lets most pass, 3 the fewest."""
    onset_ms: PositiveInt = 120
    """So much speech within the window begins an utterance."""
    suspect_ms: PositiveInt = 100
    """Over a reply: so much evidence of somebody speaking pauses it, in ms of ordinary speech."""
    barge_in_ms: PositiveInt = 360
    """So much speech interrupts it for good, most of it heard once the loudspeaker is silent; less, and it goes on."""
    offset_ms: PositiveInt = 600
    """So much silence ends an utterance."""
    echo_cancellation: bool = True
    """Take the device's own loudspeaker out of what its microphones hear."""
    barge_in: BargeIn = "speech"
    """What stops a reply: speech, only a wake or stop word, or nothing but buttons and orders (off; wake words then
    wait for its end). Without an echo canceller or a clean channel, `speech` acts as `wake_word`."""
    echo_wake_branch: bool = True
    """While the loudspeaker plays, hear wake words through a second canceller that keeps the talker whole."""
    beam: Literal["auto", "off", "sum", "mvdr"] = "auto"
    """Arrays: how many microphones become one; off: their mean, or `channel` alone."""
    noise_suppression: Literal["off", "low", "medium", "high"] = "off"
    """Before what is sent; docs/noise.md says why it is off."""
    idle_gating: bool = True
    """In a quiet room the wake word's model rests until something sounds like speech."""
    locker: bool = False
    """Keep short clips of wakes and near misses on this device, to be listened to, labelled and learned from."""
    locker_mb: Annotated[int, Meta(ge=1, le=1000)] = 20
    """The oldest clips are removed beyond it."""

    @property
    def listens_for(self) -> tuple[str, ...]:
        """The wake words, whichever way they are spelt."""
        return self.wake_words if self.wake_word is None else (self.wake_word,)
