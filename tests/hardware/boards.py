"""The boards under test, made: the simulated Room, the virtual ALSA card, a card of this machine or of a Pi."""

import time
from collections.abc import Callable
from dataclasses import replace

from oyez_hw import catalogue
from oyez_hw.alsa_microphone import KERNEL_BUFFER_MS, AlsaMicrophone
from oyez_hw.alsa_speaker import DEVICE_BUFFER_MS, AlsaSpeaker
from oyez_hw.board_settings import AUTO, PLAIN, settings_for
from oyez_hw.duplex import play_and_record
from oyez_hw.measuring.take import Take
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import Microphone, Speaker
from oyez_hw.probe import snapshot
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.simulated import FastClock, RealClock, SimulatedCard
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, VirtualCard
from tests.hardware.bench import Bench, Mouth, Sound, Truth
from tests.hardware.options import Wish
from tests.hardware.rig.hands import BACK_S, AlsaMouth, command, opens, until
from tests.hardware.rig.remote import Agent, Chosen, RemoteMicrophone, RemoteSpeaker, remote_take
from tests.hardware.rig.rig_file import Rig, Ssh

Formats = tuple[PcmFormat, PcmFormat]
FORMATS: dict[str, Formats] = {
    "16k_mono": (PcmFormat(16_000, 1), PcmFormat(16_000, 1)),
    "48k_stereo": (PcmFormat(48_000, 2), PcmFormat(48_000, 2)),
    "16k_6_microphones": (PcmFormat(16_000, 6), PcmFormat(48_000, 2)),
    "32_bit": (PcmFormat(16_000, 2, 32), PcmFormat(48_000, 2, 32)),
}
ECHO_DB = -12.0
EAR_STEP_DB = -3.0
"""Each microphone of the simulated room hears so much less than the one before it."""
MEASURED: Formats = (PcmFormat(16_000, 3), PcmFormat(48_000, 2))
TRUTH = Truth(path_ms=43.0, drift_ppm=31.0, gains_db=(0.0, -4.0, 2.0), echo_db=-14.0)
USUAL: Formats = (PcmFormat(16_000, 1), PcmFormat(48_000, 2))


def room_of(formats: Formats) -> Room:
    ears = tuple(Ear(gain_db=EAR_STEP_DB * channel) for channel in range(formats[0].channels))
    settings = RoomSettings(noise_dbfs=-80.0, echo_gain_db=ECHO_DB, echo_delay_s=0.02, ears=ears)
    return Room(*formats, settings, epoch_s=time.monotonic())


def simulated(formats: Formats) -> Bench:
    return _simulated(SimulatedCard(room_of(formats), RealClock()), formats)


def _simulated(card: SimulatedCard, formats: Formats) -> Bench:
    return Bench(
        name="simulated",
        formats=formats,
        microphone=card.microphone,
        speaker=card.speaker,
        second_microphone=card.microphone,
        loop="air",
        force_capture_xrun=card.microphone.force_xrun,
        force_playback_xrun=card.speaker.force_xrun,
        own_room=card.room,
        own_mouth=mouth_in(card.room),
        own_unplug=card.unplug,
        own_replug=card.replug,
    )


def measured_room(formats: Formats) -> Room:
    """One whose every figure is known, and unlike the usual."""
    ears = tuple(Ear(gain_db=gain_db) for gain_db in TRUTH.gains_db[: formats[0].channels])
    settings = RoomSettings(
        noise_dbfs=-70.0,
        echo_gain_db=TRUTH.echo_db,
        echo_delay_s=TRUTH.path_ms / 1000,
        capture_drift_ppm=TRUTH.drift_ppm,
        ears=ears,
    )
    return Room(*formats, settings, epoch_s=time.monotonic())


def without_a_clock(formats: Formats) -> Bench:
    """Its time passes when somebody waits for it, so that measuring takes none. For one thread alone."""
    room = measured_room(formats)
    card = SimulatedCard(room, FastClock(room.epoch_s))
    bench = _simulated(card, formats)

    def take(sound: Sound, after_s: float) -> Take:
        return play_and_record(card.microphone, card.speaker, sound, after_s, clock=card.clock.now_s)

    return replace(bench, own_take=take, truth=TRUTH)


def virtual(formats: Formats, card: VirtualCard) -> Bench:
    wish = PcmFormat(44_100, 1, formats[0].width_bits)  # what the card does not offer: it must tell the truth
    return Bench(
        name="virtual",
        formats=formats,
        microphone=AlsaMicrophone(MICROPHONE, wish),
        speaker=AlsaSpeaker(LOUDSPEAKER, wish),
        second_microphone=AlsaMicrophone(MICROPHONE, wish),
        loop="air",
        force_capture_xrun=card.force_capture_xrun,
        force_playback_xrun=card.force_playback_xrun,
        own_room=card.room,
        own_mouth=mouth_in(card.room),
        own_unplug=card.unplug,
        own_replug=card.replug,
    )


def given(wish: Wish) -> Bench:
    """A card of this machine. Raises HardwareError: `auto` finds none. Raises ValueError: no such board."""
    known = wish.board in (*PLAIN, AUTO) or wish.board in catalogue.known()
    said = settings_for(wish.board, snapshot()) if known else {}
    capture = wish.capture_device or str(said.get("capture_device", ""))
    playback = wish.playback_device or str(said.get("playback_device", ""))
    if not capture or not playback:
        raise ValueError(f"--board {wish.board} is not in the catalogue: give --capture-device and --playback-device")
    formats = (
        wish.capture_format or _said(said, "capture") or USUAL[0],
        wish.playback_format or _said(said, "playback") or USUAL[1],
    )
    parts = (AlsaMicrophone(capture, formats[0]), AlsaSpeaker(playback, formats[1]))
    return _real(wish, formats, *parts, AlsaMicrophone(capture, formats[0]))


def remote(wish: Wish, ssh: Ssh) -> Bench:
    """A card of a Pi. Raises HardwareError."""
    wishes = [
        pcm and [pcm.rate_hz, pcm.channels, pcm.width_bits] for pcm in (wish.capture_format, wish.playback_format)
    ]
    agent = Agent(ssh)
    try:
        used = agent.ask("choose", wish.board, [wish.capture_device, wish.playback_device], wishes)
    finally:
        agent.end()
    chosen: Chosen = (wish.board, [device for device, _ in used], [pcm for _, pcm in used])
    formats = (PcmFormat(*used[0][1]), PcmFormat(*used[1][1]))
    parts = (RemoteMicrophone(ssh, chosen), RemoteSpeaker(ssh, chosen), RemoteMicrophone(ssh, chosen))

    def take(sound: Sound, after_s: float) -> Take:
        return remote_take(ssh, chosen, sound(formats[1]), after_s)

    return replace(_real(wish, formats, *parts), own_take=take, own_ends=[part.end for part in parts])


def furnished(bench: Bench, rig: Rig) -> Bench:
    """With what stands around it."""
    mouth = AlsaMouth(rig.mouth) if rig.mouth is not None else None
    usb = rig.usb

    def plug_in() -> None:
        assert usb is not None
        command(usb.on)
        until(lambda: opens(bench.microphone.open, bench.microphone.close), BACK_S, "the card that was plugged in")

    return replace(
        bench,
        own_mouth=mouth,
        own_ends=[*bench.own_ends, *([mouth.quiet] if mouth is not None else [])],
        own_unplug=(lambda: command(usb.off)) if usb is not None else None,
        own_replug=plug_in if usb is not None else None,
        mouth_dbfs=rig.mouth.level_65_dbfs if rig.mouth is not None else bench.mouth_dbfs,
        mouth_distance_m=rig.mouth.distance_m if rig.mouth is not None else bench.mouth_distance_m,
        loudspeaker_mm=rig.board.loudspeaker_mm,
        most_round_trip_ms=rig.board.most_round_trip_ms,
    )


def _real(
    wish: Wish, formats: Formats, microphone: Microphone, speaker: Speaker, second_microphone: Microphone
) -> Bench:
    return Bench(
        name=wish.board,
        formats=formats,
        microphone=microphone,
        speaker=speaker,
        second_microphone=second_microphone,
        loop=wish.loop,
        force_capture_xrun=_starve(KERNEL_BUFFER_MS),
        force_playback_xrun=_starve(DEVICE_BUFFER_MS),
    )


def _said(settings: dict[str, object], part: str) -> PcmFormat | None:
    figures = [settings.get(f"{part}_{what}") for what in ("rate_hz", "channels", "width_bits")]
    return PcmFormat(*(int(str(one)) for one in figures)) if None not in figures else None


def _starve(buffer_ms: float) -> Callable[[], None]:
    """Nobody comes for as long as the buffer lasts, and longer."""
    return lambda: time.sleep(3 * buffer_ms / 1000)


def mouth_in(room: Room) -> Mouth:
    def say(sound: object, rate_hz: int, level_dbfs: float) -> None:
        room.say(sound, rate_hz, level_dbfs)  # type: ignore[arg-type]

    return say
