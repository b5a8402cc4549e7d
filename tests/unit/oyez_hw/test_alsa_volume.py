"""The volume of a card that comes late, goes, and comes back."""

import pytest
from hypothesis import given, strategies as st

from oyez_hw.alsa_volume import (
    AlsaVolume,
    cdb_of_level,
    level_of_cdb,
    mixer_device,
    no_mixer,
    open_mixer,
    safe_range,
)
from oyez_hw.boards import BoardSettings, open_board
from oyez_hw.ports import HardwareError

NEEDED = "pyalsaaudio is not installed (extra `board`)"
ABSENT = "plughw:CARD=OyezNoSuchCard,DEV=0"


@given(st.floats(0, 1), st.integers(-12_000, -1_000), st.integers(-100, 2_400))
def test_the_mixer_curve_comes_back_and_stays_in_range(level: float, lowest: int, highest: int) -> None:
    cdb = cdb_of_level(level, (lowest, highest))
    assert lowest - 1 <= cdb <= highest
    assert level_of_cdb(cdb, (lowest, highest)) == pytest.approx(level, abs=0.01)


class Element:
    """A mixer element that remembers, with or without decibels."""

    def __init__(self, range_cdb: tuple[int, int]) -> None:
        self.range_cdb = range_cdb
        self.values = dict[int, int]()
        self.gone: Exception | None = None

    def getvolume(self, *, units: int) -> list[int]:
        return [self.values[units]]

    def setvolume(self, volume: int, *, units: int) -> None:
        if self.gone is not None:
            raise self.gone
        self.values[units] = volume

    def getrange(self, *, units: int) -> list[int]:
        return list(self.range_cdb)


@pytest.mark.parametrize("range_cdb", [(-6_000, 0), (0, 0)])
def test_a_mixer_is_set_in_decibels_or_where_it_knows_none_in_percent(range_cdb: tuple[int, int]) -> None:
    pytest.importorskip("alsaaudio", reason=NEEDED)
    element = Element(range_cdb)
    volume = AlsaVolume(lambda: element)
    volume.set(0.5)
    assert volume.get() == pytest.approx(0.5, abs=0.01)
    assert list(element.values.values()) == ([50] if range_cdb == (0, 0) else [cdb_of_level(0.5, range_cdb)])
    with pytest.raises(ValueError, match="volume"):
        volume.set(-0.1)


@pytest.mark.parametrize(
    ("pcm", "mixer"),
    [("default", "default"), ("hw:1,0", "hw:1"), ("plughw:CARD=Device,DEV=0", "hw:Device"), ("hw:", "default")],
)
def test_the_mixer_of_a_pcm(pcm: str, mixer: str) -> None:
    assert mixer_device(pcm) == mixer


class Slot:
    """Where a card is plugged in, or not."""

    def __init__(self) -> None:
        self.card: Element | None = None
        self.opened = 0

    def open(self) -> Element:
        self.opened += 1
        if self.card is None:
            raise HardwareError("the card is away")
        return self.card


def test_a_card_that_comes_after_the_daemon_is_found_at_the_next_try() -> None:
    pytest.importorskip("alsaaudio", reason=NEEDED)
    slot = Slot()
    volume = AlsaVolume(slot.open)
    assert slot.opened == 0
    with pytest.raises(HardwareError, match="away"):
        volume.set(0.5)
    slot.card = Element((0, 0))
    volume.set(0.5)
    volume.set(0.6)
    assert list(slot.card.values.values()) == [60]
    assert slot.opened == 2


def test_a_card_that_was_unplugged_and_plugged_in_again_is_opened_anew() -> None:
    alsaaudio = pytest.importorskip("alsaaudio", reason=NEEDED)
    slot = Slot()
    slot.card = first = Element((0, 0))
    volume = AlsaVolume(slot.open)
    volume.set(0.5)
    first.gone = alsaaudio.ALSAAudioError("No such device")
    with pytest.raises(HardwareError, match=r"does not answer \(No such device\).*plug it in"):
        volume.set(0.6)
    assert slot.opened == 2
    slot.card = Element((0, 0))
    volume.set(0.7)
    assert (list(first.values.values()), list(slot.card.values.values())) == ([50], [70])


def test_a_board_with_a_mixer_is_built_while_its_card_is_away_and_says_so_when_it_is_used() -> None:
    pytest.importorskip("alsaaudio", reason=NEEDED)
    board = open_board(BoardSettings(playback_device=ABSENT, mixer_control="Speaker"))
    with pytest.raises(HardwareError, match=r"mixer of the card hw:OyezNoSuchCard cannot be opened.*plug the card in"):
        board.volume.set(0.5)
    with pytest.raises(HardwareError, match="cannot be opened"):
        open_mixer("Speaker", ABSENT)


@pytest.mark.parametrize(
    ("elements", "advice"),
    [
        (None, "plug the card in"),
        ([], "set board.mixer_control to nothing for volume in software"),
        (["PCM", "Mic"], "set board.mixer_control to one of [PCM, Mic], or to nothing for volume in software"),
    ],
)
def test_the_elements_there_are_are_named_only_where_there_are_some(elements: list[str] | None, advice: str) -> None:
    sentence = str(no_mixer("Speaker", "hw:1", elements, OSError("why")))
    assert advice in sentence
    assert ("one of" in sentence) == bool(elements)


@given(st.floats(0.001, 1), st.integers(-12_000, -4_000), st.integers(-600, 2_400))
def test_the_volume_stays_within_what_is_safe(level: float, lowest: int, highest: int) -> None:
    """An amplifier that reaches +6 dB distorts there: volume 1 is what the catalogue calls the loudest."""
    safe = safe_range((lowest, highest), (-50.0, 0.0))
    cdb = cdb_of_level(level, safe)
    assert max(lowest, -5_000) - 1 <= cdb <= min(highest, 0)
    assert safe_range((lowest, highest), None) == (lowest, highest)


def test_a_safe_range_that_the_element_does_not_have_is_no_range() -> None:
    assert safe_range((-6_000, -5_100), (-50.0, 0.0)) == (-6_000, -5_100)


def test_level_zero_is_silence_and_not_the_quietest_that_is_heard() -> None:
    module = pytest.importorskip("alsaaudio", reason=NEEDED)
    element = Element((-12_700, 600))
    volume = AlsaVolume(lambda: element, (-50.0, 0.0))
    volume.set(1.0)
    assert element.values[module.VOLUME_UNITS_DB] == 0
    volume.set(0.001)
    assert element.values[module.VOLUME_UNITS_DB] >= -5_000
    volume.set(0.0)
    assert element.values[module.VOLUME_UNITS_DB] == -12_700
    assert volume.get() == 0.0
