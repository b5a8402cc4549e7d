"""A board's name and settings in, drivers out. Nothing is opened yet: a card may come later."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import msgspec

from oyez_hw.acoustics import resampled
from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.alsa_volume import AlsaVolume, MixerElement, open_mixer
from oyez_hw.card_reset import no_reset, reset_card
from oyez_hw.panel import NoButtons, NoLights, buttons_of, open_buttons, open_lights
from oyez_hw.panel_settings import ButtonLine, PanelSettings
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import Buttons, Lights, Microphone, Speaker, Volume
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.room_record import write_record
from oyez_hw.room_script import LoadedScript, load_script
from oyez_hw.simulated import RealClock, SimulatedCard
from oyez_hw.software_volume import ScaledSpeaker, SoftwareVolume

_log = logging.getLogger(__name__)
NO_PANEL = PanelSettings()
"""Whatever lamps and buttons come with the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettings:
    """The fields of the table [board] of the configuration."""

    name: str = "alsa"
    """`simulated` is the Room; all else is ALSA, with what the catalogue says of it filled in before."""
    capture_device: str = "default"
    playback_device: str = "default"
    capture_rate_hz: int = 16_000
    capture_channels: int = 1
    capture_width_bits: int = 16
    playback_rate_hz: int = 48_000
    playback_channels: int = 2
    playback_width_bits: int = 16
    period_ms: int = 20
    mixer_control: str = ""
    mixer_range_db: tuple[float, float] | None = None
    room_script: str = ""

    @property
    def capture_format(self) -> PcmFormat:
        return PcmFormat(self.capture_rate_hz, self.capture_channels, self.capture_width_bits)

    @property
    def playback_format(self) -> PcmFormat:
        return PcmFormat(self.playback_rate_hz, self.playback_channels, self.playback_width_bits)


@dataclass(frozen=True, slots=True)
class Board:
    microphone: Microphone
    speaker: Speaker
    volume: Volume
    card: SimulatedCard | None = None
    """Of the simulated board: unplug(), replug()."""
    lights: Lights = field(default_factory=NoLights)
    buttons: Buttons = field(default_factory=NoButtons)
    pressable: tuple[ButtonLine, ...] = ()
    """What each of the buttons is, in their order."""
    reset_microphone: Callable[[], None] = no_reset
    """On its bus. Blocks for up to a few seconds. Raises ResetRefused."""
    reset_loudspeaker: Callable[[], None] = no_reset

    @property
    def lit(self) -> bool:
        """It has lamps."""
        return not isinstance(self.lights, NoLights)

    @property
    def room(self) -> Room | None:
        """Of the simulated board: say(), heard."""
        return self.card.room if self.card else None


def open_board(settings: BoardSettings, panel: PanelSettings = NO_PANEL) -> Board:
    """Opens no card, no mixer and no lamp yet. Raises HardwareError: a wrong room script, a mixer wanted without
    pyalsaaudio."""
    simulated = settings.name == "simulated"
    return replace(
        _simulated(settings) if simulated else _alsa(settings),
        lights=open_lights(panel.lamps, simulated=simulated),
        buttons=open_buttons(panel, simulated=simulated),
        pressable=buttons_of(panel, simulated=simulated),
    )


def _alsa(settings: BoardSettings) -> Board:
    microphone = AlsaMicrophone(settings.capture_device, settings.capture_format, settings.period_ms)
    speaker = AlsaSpeaker(settings.playback_device, settings.playback_format, settings.period_ms)
    resettable = partial(
        Board,
        microphone,
        reset_microphone=lambda: reset_card(microphone.device),
        reset_loudspeaker=lambda: reset_card(speaker.device),
    )
    if settings.mixer_control:
        element = partial(_mixer_of, speaker, settings.mixer_control)
        return resettable(speaker, AlsaVolume(element, settings.mixer_range_db))
    volume = SoftwareVolume()
    return resettable(ScaledSpeaker(speaker, volume), volume)


def _mixer_of(speaker: AlsaSpeaker, control: str) -> MixerElement:
    """On the card as it is called now: it may have come back under another number."""
    return open_mixer(control, speaker.device)


def scripted_room(microphone: PcmFormat, loudspeaker: PcmFormat, loaded: LoadedScript | None, epoch_s: float) -> Room:
    """A Room as its script wants it."""
    if loaded is None:
        return Room(microphone, loudspeaker, epoch_s=epoch_s)
    script, response = loaded.script, loaded.echo_response
    settings = RoomSettings(
        noise_dbfs=script.noise_dbfs,
        seed=script.seed,
        echo_gain_db=script.echo_gain_db,
        echo_delay_s=script.echo_delay_ms / 1000,
        echo_response=resampled(response.sound, response.rate_hz, microphone.rate_hz) if response else None,
        loudspeaker_mm=script.loudspeaker_mm,
        ears=tuple(Ear(**msgspec.structs.asdict(ear)) for ear in script.ears),
        capture_drift_ppm=script.capture_drift_ppm,
        delay_error_s=script.delay_error_ms / 1000,
    )
    return Room(microphone, loudspeaker, settings, epoch_s=epoch_s, script=loaded)


def keep_record(room: Room, loaded: LoadedScript) -> None:
    """Writes the record that the script asks for. One that cannot be written is logged: the card closes anyway."""
    if not loaded.script.record_wav:
        return
    try:
        write_record(room, loaded.folder / loaded.script.record_wav)
    except OSError as error:
        _log.error("the room's record cannot be written (%s): correct record_wav in the room script", error)


def _simulated(settings: BoardSettings) -> Board:
    loaded = load_script(Path(settings.room_script)) if settings.room_script else None
    room = scripted_room(settings.capture_format, settings.playback_format, loaded, time.monotonic())
    card = SimulatedCard(room, RealClock(), settings.period_ms)
    if loaded is not None:
        card.on_closed = lambda: keep_record(room, loaded)
    volume = SoftwareVolume()
    return Board(card.microphone, ScaledSpeaker(card.speaker, volume), volume, card)
