"""Mixers, by a module that answers as pyalsaaudio does."""

from typing import Any, ClassVar

import pytest

from oyez_hw.doctor import mixer_reading
from oyez_hw.doctor.mixer_reading import mixers
from oyez_hw.doctor.sound_facts import Mixer


class Element:
    def __init__(self, volumes: list[str], switches: list[str], percent: int, on: bool) -> None:
        self._volumes, self._switches, self._percent, self._on = volumes, switches, percent, on

    def volumecap(self) -> list[str]:
        return self._volumes

    def switchcap(self) -> list[str]:
        return self._switches

    def getvolume(self, direction: int) -> list[int]:
        return [self._percent, self._percent]

    def getmute(self) -> list[int]:
        return [int(not self._on)] * 2

    def getrec(self) -> list[int]:
        return [int(self._on)] * 2


class Alsa:
    """Of pyalsaaudio what is asked here."""

    PCM_PLAYBACK, PCM_CAPTURE = 0, 1

    class ALSAAudioError(Exception):
        """As there."""

    elements: ClassVar[dict[str, Any]] = {
        "Speaker": Element(["Playback Volume"], ["Playback Mute"], 0, True),
        "Left Input Mixer Boost": Element([], ["Playback Mute"], 0, False),
        "Capture": Element(["Capture Volume"], ["Capture Mute"], 40, False),
    }

    def mixers(self, device: str) -> list[str]:
        if device != "hw:seeed":
            raise self.ALSAAudioError(f"no card {device}")
        return [*self.elements, *self.elements]

    def Mixer(self, control: str, device: str) -> Any:  # noqa: N802
        return self.elements[control]


def test_mixers_that_can_silence_a_card_are_read_and_switches_of_paths_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mixer_reading, "alsa", Alsa)
    assert mixers("plughw:CARD=seeed,DEV=0", "plughw:CARD=seeed,DEV=0") == [
        Mixer(name="Speaker", playback_percent=0, playback_on=True),
        Mixer(name="Capture", capture_percent=40, capture_on=False),
    ]
    assert mixers("default", "default") == []
