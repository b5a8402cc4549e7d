"""What looks after the ears: the echo's way outlives a restart, faults are told, figures are shown."""

from pathlib import Path

import numpy as np

from oyez.config import Board, Hearing
from oyez.events import Event, TroubleFound, TroubleGone
from oyez.hearing.echo.wake_branch import Learned
from oyez.hearing.near_end import NearEnd
from oyez.hearing_care import FILE, KEEP_LOOKS, FirstEcho, HearingCare
from oyez.pen import at_once
from oyez.troubles import Troubles


class KnownEcho(NearEnd):
    """It learned this."""

    weights: Learned | None = None

    def learned(self) -> Learned | None:
        return self.weights


class Ears:
    """What the care looks at of the ears."""

    def __init__(self) -> None:
        self.near_end = KnownEcho(Hearing(), Board())
        self.microphone_faults: dict[int, str] = {}
        self.erle_db: float | None = None

    def report(self) -> dict[str, float | None]:
        return {"erle_db": self.erle_db}


def care(ears: Ears, folder: Path | None, told: list[Event]) -> HearingCare:
    return HearingCare(ears, lambda: {"frames": 0}, folder, at_once, Troubles(told.append), lambda: None)  # type: ignore[arg-type]


def weights(value: float) -> Learned:
    return np.full((3, 40, 161), value, np.float32)


def test_what_was_learned_of_the_echo_is_there_after_a_restart(tmp_path: Path) -> None:
    before = Ears()
    before.near_end.weights = weights(0.25)
    before.near_end.move(-320)
    care(before, tmp_path, []).look()
    after = Ears()
    care(after, tmp_path, [])
    assert after.near_end.moved == -320
    assert (tmp_path / FILE).exists()


def test_the_card_is_written_to_seldom_and_only_for_news(tmp_path: Path) -> None:
    ears = Ears()
    ears.near_end.weights = weights(0.25)
    watched = care(ears, tmp_path, [])
    watched.look()
    (tmp_path / FILE).unlink()
    for _ in range(2 * KEEP_LOOKS):
        watched.look()
    assert not (tmp_path / FILE).exists(), "nothing is new"
    ears.near_end.weights = weights(0.5)
    watched.look()
    assert (tmp_path / FILE).exists()


def test_a_file_that_is_none_is_left_alone_and_the_device_starts(tmp_path: Path) -> None:
    for rubbish in (b"", b"PK\x03\x04rubbish", np.float32(1).tobytes()):
        (tmp_path / FILE).write_bytes(rubbish)
        ears = Ears()
        care(ears, tmp_path, [])
        assert ears.near_end.moved == 0


def test_a_broken_microphone_is_told_once_and_so_is_its_return() -> None:
    ears, told = Ears(), list[Event]()
    watched = care(ears, None, told)
    ears.microphone_faults = {2: "delivers no sound"}
    watched.look()
    watched.look()
    (found,) = told
    assert isinstance(found, TroubleFound)
    assert "microphone 2 delivers no sound" in found.sentence
    ears.microphone_faults = {}
    watched.look()
    assert told[1:] == [TroubleGone("microphones")]


def test_of_calibration_and_what_was_learned_the_newer_is_begun_with(tmp_path: Path) -> None:
    before = Ears()
    before.near_end.weights = weights(0.25)
    before.near_end.move(-320)
    care(before, tmp_path, []).look()
    learned_s = (tmp_path / FILE).stat().st_mtime
    for written_s, moved in ((learned_s - 60, -320), (learned_s + 60, 480)):
        ears = Ears()
        first = FirstEcho(weights(0.5), 480, written_s)
        HearingCare(ears, dict, tmp_path, at_once, Troubles([].append), lambda: None, first)  # type: ignore[arg-type]
        assert ears.near_end.moved == moved
