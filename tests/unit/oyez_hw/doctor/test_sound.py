"""Listening to a board, in a Room whose clock runs fast: what is measured is what was planted."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from oyez_hw.doctor import board_checks
from oyez_hw.doctor.board_checks import SoundLook, judge_heard
from oyez_hw.doctor.finding import CannotLook
from oyez_hw.doctor.sound_facts import Recording, SoundFigures
from oyez_hw.doctor.sound_figures import CLEAR_DB, echo_of, rate_error_ppm
from oyez_hw.doctor.sound_measuring import SWEEP, Plan, listen
from oyez_hw.doctor.sound_rules import card_failed, judge_sound
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError, Microphone, Speaker
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.simulated import FastClock, SimulatedCard
from tests.doubles.pi import put

MICROPHONE, LOUDSPEAKER = PcmFormat(16_000, 2), PcmFormat(48_000, 2)


def heard_in(
    room: RoomSettings, *, audible: bool = True, microphone: PcmFormat = MICROPHONE
) -> tuple[SoundFigures, Recording]:
    card = SimulatedCard(Room(microphone, LOUDSPEAKER, room, epoch_s=0.0), FastClock())
    plan = Plan("simulated", microphone, audible=audible)
    return listen(plan, card.microphone, card.speaker, card.clock.now_s)


def names(figures: SoundFigures) -> list[str]:
    return [finding.name for finding in judge_sound(figures)]


@settings(max_examples=8)
@given(
    delay_ms=st.floats(5.0, 300.0),
    noise_dbfs=st.floats(-75.0, -50.0),
    echo_db=st.floats(-30.0, -6.0),
    drift_ppm=st.floats(-200.0, 200.0),
)
def test_a_healthy_board_in_any_ordinary_room_has_no_findings_and_its_delay_is_found(
    delay_ms: float, noise_dbfs: float, echo_db: float, drift_ppm: float
) -> None:
    room = RoomSettings(
        noise_dbfs=noise_dbfs, echo_gain_db=echo_db, echo_delay_s=delay_ms / 1000, capture_drift_ppm=drift_ppm
    )
    figures, _ = heard_in(room)
    assert names(figures) == []
    assert figures.echo_delay_ms == pytest.approx(delay_ms, abs=2.0)
    assert figures.rate_error_ppm == pytest.approx(drift_ppm, abs=300.0)


def test_without_a_sweep_the_loudspeaker_is_not_judged() -> None:
    figures, recording = heard_in(RoomSettings(echo_gain_db=None), audible=False)
    assert (names(figures), figures.swept, recording.response) == ([], False, None)


def test_of_two_microphones_nobody_says_which_is_inverted_and_of_four_the_odd_one_is() -> None:
    (two,) = judge_sound(heard_in(RoomSettings(ears=(Ear(), Ear(inverted=True))))[0])
    assert two.what == "Microphones 0 and 1 have opposite polarity; one of them is inverted."
    ears = (Ear(inverted=True), Ear(), Ear(), Ear())
    (four,) = judge_sound(heard_in(RoomSettings(ears=ears), microphone=PcmFormat(16_000, 4))[0])
    assert four.what == "Microphone 0 is inverted against the others."


def test_only_zeros_are_one_finding_and_not_one_a_microphone() -> None:
    assert names(heard_in(RoomSettings(ears=(Ear(dead=True), Ear(dead=True))))[0]) == ["microphone_silent"]


def test_dc_does_not_pass_for_sound() -> None:
    """A dead microphone with a constant voltage delivers samples, and no sound."""
    figures, _ = heard_in(RoomSettings(ears=(Ear(), Ear(dead=True))))
    silent = replace_channel(figures, 1, noise_dbfs=-120.0, sweep_dbfs=-119.0, dc=0.1)
    assert names(silent) == ["microphone_dead"]


def replace_channel(figures: SoundFigures, number: int, **what: float) -> SoundFigures:
    channels = tuple(replace(one, **what) if one.number == number else one for one in figures.channels)
    return replace(figures, channels=channels)


class NoSpeaker:
    """A loudspeaker that is not there."""

    xruns = 0

    def open(self) -> PcmFormat:
        raise HardwareError("there is no loudspeaker hw:9: plug the card in")

    def write(self, samples: Samples) -> None:
        raise AssertionError("it was never open")

    def delay_frames(self) -> int:
        return 0

    def drop(self) -> int:
        return 0

    def close(self) -> None:
        """It was never open."""


def test_a_missing_loudspeaker_is_told_and_the_microphone_is_judged_all_the_same() -> None:
    card = SimulatedCard(Room(MICROPHONE, LOUDSPEAKER, RoomSettings(noise_dbfs=-36.0), epoch_s=0.0), FastClock())
    figures, _ = listen(Plan("simulated", MICROPHONE), card.microphone, NoSpeaker(), card.clock.now_s)
    assert sorted(names(figures)) == ["no_loudspeaker", "noisy"]


def test_a_microphone_that_fails_is_no_measurement() -> None:
    card = SimulatedCard(Room(MICROPHONE, LOUDSPEAKER, RoomSettings(), epoch_s=0.0), FastClock())
    card.unplug()
    with pytest.raises(HardwareError, match="gone"):
        listen(Plan("simulated", MICROPHONE), card.microphone, card.speaker, card.clock.now_s)


def test_fewer_channels_than_configured_and_another_rate_are_told() -> None:
    card = SimulatedCard(Room(MICROPHONE, LOUDSPEAKER, RoomSettings(), epoch_s=0.0), FastClock())
    places = ((0, 0.0, 0.0), (1, 10.0, 0.0), (5, 0.0, 10.0))
    plan = Plan("simulated", PcmFormat(48_000, 6), places)
    figures, _ = listen(plan, card.microphone, card.speaker, card.clock.now_s)
    assert names(figures) == ["channels_missing", "rate_refused"]


def test_reference_channels_are_no_microphones() -> None:
    card = SimulatedCard(
        Room(MICROPHONE, LOUDSPEAKER, RoomSettings(ears=(Ear(), Ear(dead=True))), epoch_s=0.0), FastClock()
    )
    plan = Plan("simulated", MICROPHONE, reference_channels=(1,))
    figures, _ = listen(plan, card.microphone, card.speaker, card.clock.now_s)
    assert [channel.number for channel in figures.channels] == [0]
    assert names(figures) == []


@pytest.mark.parametrize("seed", range(20))
def test_noise_alone_is_no_echo(seed: int) -> None:
    noise = np.rint(np.random.default_rng(seed).standard_normal((32_000, 1)) * 60).astype(np.int16)
    assert echo_of(noise, 0, 16_000, SWEEP).clarity_db < CLEAR_DB - 4


@given(error_ppm=st.floats(-60_000.0, 60_000.0), seed=st.integers(0, 99))
def test_the_cards_rate_is_found_though_reads_are_late_now_and_then(error_ppm: float, seed: int) -> None:
    frames = np.arange(1, 251) * 320.0
    late_s = np.random.default_rng(seed).exponential(0.002, 250)
    captured = np.stack((frames, frames / (16_000 * (1 + error_ppm * 1e-6)) + late_s), axis=1)
    found = rate_error_ppm(captured, (), 16_000)
    assert found is not None
    assert found[0] == pytest.approx(error_ppm, abs=300.0 + 3 * found[1])
    assert found[1] < 1000.0


def test_a_short_look_says_nothing_of_the_clock() -> None:
    frames = np.arange(1, 91) * 320.0
    assert rate_error_ppm(np.stack((frames, frames / 16_000), axis=1), (), 16_000) is None


@given(seed=st.integers(0, 99), lost=st.lists(st.integers(0, 80_000), max_size=3), late_s=st.floats(0.0, 0.08))
def test_a_busy_machine_that_reads_late_and_loses_sound_invents_no_wrong_clock(
    seed: int, lost: list[int], late_s: float
) -> None:
    """Reads are late by up to 80 ms for whole stretches, and sound is lost; the clock itself is right."""
    rng = np.random.default_rng(seed)
    frames = np.arange(1, 251) * 320.0
    gone_s = sum(np.where(frames > at, 0.3, 0.0) for at in lost)
    stretches = np.repeat(rng.uniform(0.0, late_s, 25), 10)
    captured = np.stack((frames, frames / 16_000 + gone_s + stretches + rng.exponential(0.002, 250)), axis=1)
    found = rate_error_ppm(captured, sorted(lost), 16_000)
    figures = SoundFigures(
        rate_hz=16_000,
        rate_error_ppm=None if found is None else found[0],
        rate_unsure_ppm=None if found is None else found[1],
    )
    assert "rate_mismatch" not in names(figures)


@pytest.mark.parametrize(
    ("sentence", "name", "remedy"),
    [
        ("the microphone hw:1 is in use by arecord (process 47): stop it, or set x", "card_busy", "Stop it, or set x."),
        ("there is no microphone hw:9 (No such file or directory): plug it in", "no_card", "Plug it in."),
        ("the microphone hw:1 failed (I/O error): check the card", "card_failed", "Check the card."),
    ],
)
def test_a_card_that_cannot_be_used_is_told_by_its_kind(sentence: str, name: str, remedy: str) -> None:
    found = card_failed(sentence)
    assert (found.name, found.remedy) == (name, remedy)


async def test_the_daemons_card_is_left_to_it(tmp_path: Path) -> None:
    """The kernel tells who holds it; nobody opens it, and that is no finding."""
    put(tmp_path, "proc/asound/card1/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 4711\n")
    put(tmp_path, "proc/4711/comm", "oyez\n")

    def opened() -> tuple[Microphone, Speaker]:
        raise AssertionError("the card was taken from the daemon")

    look = SoundLook(Plan("alsa", MICROPHONE), opened, tmp_path, device="hw:1,0")
    with pytest.raises(CannotLook, match="systemctl stop oyez"):
        await look.look()


class Hung:
    """A microphone whose driver does not come back until the test is over."""

    xruns = 0

    def __init__(self, until: asyncio.Event) -> None:
        self._loop, self._until = asyncio.get_running_loop(), until

    def open(self) -> PcmFormat:
        asyncio.run_coroutine_threadsafe(self._until.wait(), self._loop).result()
        raise HardwareError("it was over")

    def close(self) -> None: ...


async def test_a_card_that_hangs_is_trouble_and_not_a_check_that_was_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_checks, "HANGS_S", 0.0)
    over = asyncio.Event()
    hung = Hung(over)
    look = SoundLook(Plan("alsa", MICROPHONE), lambda: (hung, hung), tmp_path)  # type: ignore[arg-type,return-value]
    (found,) = judge_heard(await look.look())
    over.set()
    assert (found.name, found.severity, look.hung) == ("card_hangs", "trouble", True)
