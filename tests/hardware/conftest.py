"""The boards under contract: each fixture value is a card with its room, faults included."""

import importlib.util
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oyez_hw import virtual_card
from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import Microphone, Speaker
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.simulated import RealClock, SimulatedCard

FORMATS = {
    "16k_mono": (PcmFormat(16_000, 1), PcmFormat(16_000, 1)),
    "48k_stereo": (PcmFormat(48_000, 2), PcmFormat(48_000, 2)),
    "16k_6_microphones": (PcmFormat(16_000, 6), PcmFormat(48_000, 2)),
    "32_bit": (PcmFormat(16_000, 2, 32), PcmFormat(48_000, 2, 32)),
}
WIDTH_NAMES = {16: "S16_LE", 24: "S24_3LE", 32: "S32_LE"}


@dataclass
class Bench:
    room: Room
    microphone: Microphone
    speaker: Speaker
    second_microphone: Microphone
    """The same card, opened by somebody else."""
    unplug: Callable[[], None]
    replug: Callable[[], None]
    force_capture_xrun: Callable[[], None]
    force_playback_xrun: Callable[[], None]

    def pass_time(self, seconds: float) -> None:
        """By the open microphone's own clock: it is also what makes the room hear."""
        ends_s = time.monotonic() + seconds
        while self.microphone.read().time_s < ends_s:
            continue


def _room(formats: tuple[PcmFormat, PcmFormat]) -> Room:
    ears = tuple(Ear(gain_db=-3.0 * channel) for channel in range(formats[0].channels))
    settings = RoomSettings(noise_dbfs=-80.0, echo_gain_db=-12.0, echo_delay_s=0.02, ears=ears)
    return Room(*formats, settings, epoch_s=time.monotonic())


def _simulated(formats: tuple[PcmFormat, PcmFormat]) -> Bench:
    card = SimulatedCard(_room(formats), RealClock())
    return Bench(
        card.room,
        card.microphone,
        card.speaker,
        card.microphone,
        card.unplug,
        card.replug,
        card.microphone.force_xrun,
        card.speaker.force_xrun,
    )


def _virtual(formats: tuple[PcmFormat, PcmFormat], card: virtual_card.VirtualCard) -> Bench:
    wish = PcmFormat(44_100, 1, formats[0].width_bits)  # what the card does not offer: it must tell the truth
    return Bench(
        card.room,
        AlsaMicrophone(virtual_card.MICROPHONE, wish),
        AlsaSpeaker(virtual_card.LOUDSPEAKER, wish),
        AlsaMicrophone(virtual_card.MICROPHONE, wish),
        card.unplug,
        card.replug,
        card.force_capture_xrun,
        card.force_playback_xrun,
    )


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin is compiled once; skips with the reason where it cannot be."""
    if reason := virtual_card.missing():
        pytest.skip(f"virtual ALSA card: {reason}")
    if importlib.util.find_spec("alsaaudio") is None:
        pytest.skip("virtual ALSA card: pyalsaaudio is not installed (extra `board`)")
    folder = tmp_path_factory.mktemp("plugin")
    virtual_card.build(folder)
    return folder


@pytest.fixture
def make_virtual(
    plugin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., virtual_card.VirtualCard]]:
    made: list[virtual_card.VirtualCard] = []

    def make(formats: tuple[PcmFormat, PcmFormat], drift_ppm: float = 0.0) -> virtual_card.VirtualCard:
        card = virtual_card.VirtualCard(
            tmp_path / f"card{len(made)}",
            _room(formats),
            format_name=WIDTH_NAMES[formats[0].width_bits],
            drift_ppm=drift_ppm,
            build_folder=plugin_folder,
        )
        for name, value in card.environment.items():
            monkeypatch.setenv(name, value)
        card.start()
        made.append(card)
        return card

    yield make
    for card in made:
        card.stop()


@pytest.fixture(params=[f"{board}-{name}" for board in ("room", "alsa") for name in FORMATS])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    board, name = request.param.split("-")
    formats = FORMATS[name]
    if board == "room":
        ready = _simulated(formats)
    else:
        ready = _virtual(formats, request.getfixturevalue("make_virtual")(formats))
    yield ready
    ready.replug()
    ready.microphone.close()
    ready.speaker.close()


@pytest.fixture(params=["room", "alsa"])
def any_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """One format a board, for what does not depend on it."""
    formats = FORMATS["16k_6_microphones"]
    if request.param == "room":
        ready = _simulated(formats)
    else:
        ready = _virtual(formats, request.getfixturevalue("make_virtual")(formats))
    yield ready
    ready.replug()
    ready.microphone.close()
    ready.speaker.close()


def db(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-9))
