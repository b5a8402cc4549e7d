"""Who holds a card, by /proc; and mixers, by a module that answers as pyalsaaudio does."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from oyez_hw.doctor import card_reading
from oyez_hw.doctor.card_reading import holders, mixers
from oyez_hw.doctor.sound_facts import Busy, Mixer
from tests.doubles.pi import put

OPEN = "state: RUNNING\nowner_pid   : 4711\ntrigger_time: 100.5\n"


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ("/opt/oyez/bin/python3\0/opt/oyez/bin/oyez\0run\0--config\0/etc/oyez/oyez.toml\0", "oyez run"),
        ("arecord\0-D\0hw:1\0secret.wav\0", "arecord"),
        ("/usr/bin/pulseaudio\0--daemonize=no\0", "pulseaudio"),
        ("", ""),
    ],
)
def test_the_holder_is_named_without_its_arguments(tmp_path: Path, words: str, program: str) -> None:
    """They may hold secrets."""
    put(tmp_path, "proc/asound/card1/pcm0c/sub0/status", OPEN)
    put(tmp_path, "proc/asound/card1/pcm0p/sub0/status", "closed\n")
    put(tmp_path, "proc/4711/cmdline", words)
    assert holders(tmp_path, capture=True) == [Busy("card1/pcm0c", 4711, program)]
    assert holders(tmp_path, capture=False) == []


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
    monkeypatch.setattr(card_reading, "alsa", Alsa)
    assert mixers("plughw:CARD=seeed,DEV=0", "plughw:CARD=seeed,DEV=0") == [
        Mixer(name="Speaker", playback_percent=0, playback_on=True),
        Mixer(name="Capture", capture_percent=40, capture_on=False),
    ]
    assert mixers("default", "default") == []
