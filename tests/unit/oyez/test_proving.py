"""What the daemon claims of itself follows from what was seen, and from nobody's promise."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oyez.pen import at_once
from oyez.proof import FILE, Proof, read
from oyez.proving import Proving
from oyez.state import Phase
from oyez.view import Trouble, View


@dataclass
class Device:
    """Signs, capture, conductor, broker, tokens and timekeeper in one, as the test sets them."""

    now: float = 100.0
    rests: bool = False
    moving: set[str] = field(default_factory=lambda: {"scoring", "playback", "conductor"})
    frames_sounding: int = 0
    view: View = field(default_factory=View)
    phase: Phase = Phase.ASLEEP
    reached: bool | None = None
    gave: bool = False
    next_s: float | None = None

    def of_late(self, organ: str) -> bool:
        return organ in self.moving

    @property
    def state(self) -> Any:
        return SimpleNamespace(phase=self.phase)

    def proving(self, folder: Path | None = None) -> Proving:
        parts: Any = (self, self, self, self, self, self)
        return Proving(*parts, folder, at_once, lambda: self.now, lambda: self.now)


def test_the_microphone_is_proved_by_sound_that_is_no_zeros_within_five_seconds() -> None:
    device = Device()
    proving = device.proving()
    assert proving.proof().microphone is False
    device.frames_sounding = 1
    assert proving.proof().microphone is True
    device.now += 5.5
    assert proving.proof().microphone is False


def test_a_microphone_that_rests_has_nothing_to_prove() -> None:
    proof = Device(rests=True).proving().proof()
    assert (proof.microphone, proof.scoring) == (None, None)


def test_a_loudspeaker_in_trouble_is_not_proved_by_what_it_once_took() -> None:
    assert Device().proving().proof().loudspeaker
    assert not Device(view=View(troubles=(Trouble("loudspeaker", "It is gone."),))).proving().proof().loudspeaker


@pytest.mark.parametrize(
    ("phase", "ringing", "busy"),
    [
        (Phase.ASLEEP, False, ""),
        (Phase.BIDDING, False, ""),
        (Phase.ASLEEP, True, "ringing"),
        *((phase, False, phase.value) for phase in Phase if phase not in (Phase.ASLEEP, Phase.BIDDING)),
    ],
)
def test_it_is_busy_with_whatever_a_restart_would_cut_off(phase: Phase, ringing: bool, busy: str) -> None:
    assert Device(phase=phase, view=View(ringing=ringing)).proving().proof().busy == busy


async def test_it_is_written_into_the_run_folder(tmp_path: Path) -> None:
    device = Device(reached=True, gave=True, next_s=12.5)
    running = asyncio.create_task(device.proving(tmp_path).run())
    await asyncio.sleep(0)
    running.cancel()
    proof = read(tmp_path / FILE.name)
    assert isinstance(proof, Proof)
    assert (proof.since_boot_s, proof.broker, proof.token, proof.next_timer_s) == (100.0, True, True, 12.5)


async def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    proving = Device().proving(tmp_path / "nowhere")
    for _ in range(2):
        proving._write(tmp_path / "nowhere" / FILE.name, proving.proof())
    assert caplog.text.count("cannot be written") == 1
